import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { Interrupted, UserError } from '../../lib/common/words/errors.ts'
import { readChoices } from '../../lib/plan/choices/choices.ts'
import { askAt } from '../../scripts/new/ask.ts'
import type { Question } from '../../scripts/new/ask.ts'
import { downbeat as run, repository, temporaryFolder, write } from './fixtures.ts'

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample ada@laptop'

/** `./downbeat new` in a folder, for somebody with this home; nobody is there to be asked. */
const making = (cwd: string, args: string[]) =>
  run(['new', ...args], { cwd, out: cwd, env: { HOME: cwd } })

describe('without a terminal', () => {
  test('the options make a folder whose choices are good, and the two commands to type', async () => {
    const folder = temporaryFolder()
    write(folder, { 'key.pub': `${key}\n` })
    const args = ['mine', '--board', 'pi4b, pi400', '--soundcard', 'usb', '--profile', 'balanced']
    const { status, stdout } = await making(folder, [
      ...args,
      '--ssh-key',
      'key.pub',
      '--wifi-country',
      'de',
      '--workflow',
      '--owner',
      'somebody',
    ])
    expect(status).toBe(0)
    expect(stdout.trimEnd().split('\n').slice(-3)).toEqual([
      'wrote mine',
      '  ./downbeat plan -C mine',
      '  ./downbeat build -C mine',
    ])
    const made = join(folder, 'mine')
    expect(readChoices(repository, join(made, 'image.yaml'), []).value).toMatchObject({
      name: 'mine',
      board: ['pi4b', 'pi400'],
      soundcard: 'usb',
      profile: 'balanced',
      hostname: 'mine',
      user: { name: 'musician', ssh_keys: [key] },
    })
    const at = (path: string): string => readFileSync(join(made, path), 'utf8')
    expect(at('files/etc/modprobe.d/downbeat-wifi-country.conf')).toBe(
      'options cfg80211 ieee80211_regdom=DE\n',
    )
    expect(at('.github/workflows/image.yml')).toContain('uses: somebody/downbeat@v1')
    expect(at('schemas/image.json')).toBe(
      readFileSync(join(repository, 'schemas/image.json'), 'utf8'),
    )
    expect(readdirSync(folder).sort()).toEqual(['key.pub', 'mine'])
    const plan = await run(['plan', '-C', 'mine'], { cwd: folder, out: folder, env: {} })
    expect(plan.stdout).toContain('files/etc/modprobe.d/downbeat-wifi-country.conf')
  })

  test('the base is one that the boards run, and nobody’s key is taken unasked', async () => {
    const folder = temporaryFolder()
    write(folder, { '.ssh/id_ed25519.pub': `${key}\n` })
    mkdirSync(join(folder, 'here'))
    expect(await making(folder, ['here', '--board', 'pi2b', '--soundcard', 'usb'])).toMatchObject({
      status: 0,
    })
    const { value } = readChoices(repository, join(folder, 'here/image.yaml'), [])
    expect(value.base).toBe('debian-trixie-armhf')
    expect(value.user.ssh_keys).toEqual([])
    expect(existsSync(join(folder, 'here/.github'))).toBe(false)
  })

  test('what is missing, or wrong, is told at once, and nothing is written', async () => {
    const folder = temporaryFolder()
    expect(await making(folder, ['x'])).toMatchObject({
      status: 2,
      stderr:
        '✖ there is no terminal to ask at: say --board and --soundcard (./downbeat list shows what there is)\n',
    })
    const wrong = ['--board', 'pi4', '--soundcard', 'no such', '--name', 'A b', '--ssh-key', 'k']
    const { status, stderr } = await making(folder, ['x', ...wrong, '--wifi-country', 'xx'])
    expect(status).toBe(2)
    expect(stderr.trimEnd().split('\n')).toEqual([
      '✖ --board pi4: there is no boards/pi4.yaml (did you mean "pi4b"?)',
      '--soundcard no such: no sound card here has "no such" in its name; ? lists them, and usb is any class-compliant interface',
      expect.stringMatching(/^--name A b: expected a name of lower-case letters/),
      '--ssh-key k: k: there is no such file (ssh-keygen -t ed25519 makes a key)',
      expect.stringMatching(/^--wifi-country xx: expected a country/),
    ])
    expect(readdirSync(folder)).toEqual([])
  })

  test.each([
    [
      'with files in it',
      'full',
      'full: has files in it already (a): name a folder that is not there yet',
    ],
    ['that is a file', 'full/a', 'full/a: is a file: name a folder that is not there yet'],
  ])('a folder %s stays as it is', async (_, name, why) => {
    const folder = temporaryFolder()
    write(folder, { 'full/a': '' })
    const { status, stderr } = await making(folder, [name, '--board', 'pi4b', '--soundcard', 'usb'])
    expect([status, stderr]).toEqual([2, `✖ ${why}\n`])
    expect(readdirSync(join(folder, 'full'))).toEqual(['a'])
  })
})

describe('a question', () => {
  const pet: Question<string> = {
    ask: 'Pet',
    usual: 'cat',
    help: () => ['cat', 'dog'],
    read: (typed) => {
      if (typed === 'cow') throw new UserError('a cow is too large')
      return typed.toUpperCase()
    },
  }
  const answered = async (typed: string, questions: Question<string>[]) => {
    const [input, output] = [new PassThrough(), new PassThrough()]
    const { ask, close } = askAt(input, output, false)
    input.end(typed)
    try {
      const answers: string[] = []
      for (const one of questions) answers.push(await ask(one))
      return { answers, shown: '' }
    } finally {
      close()
      output.end()
    }
  }

  test('takes what was typed, or what is usual; lines that are typed ahead answer the next', async () => {
    expect((await answered('dog\n\n  eel \n', [pet, pet, pet])).answers).toEqual([
      'DOG',
      'CAT',
      'EEL',
    ])
  })

  test('is asked again until the answer is good, with why it is not, and with what there is', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()]
    const { ask, close } = askAt(input, output, false)
    input.end('?\ncow\n\n')
    expect(await ask(pet)).toBe('CAT')
    close()
    output.end()
    expect(await text(output)).toBe(
      'Pet [cat]:   cat\n  dog\nPet [cat]:   a cow is too large\nPet [cat]: ',
    )
  })

  test('without a usual answer wants one', async () => {
    const { usual: _, ...name } = pet
    expect((await answered('\n\nx\n', [name])).answers).toEqual(['X'])
  })

  test('ends with the input: nothing was written', async () => {
    await expect(answered('dog\n', [pet, pet])).rejects.toThrow(Interrupted)
  })
})

test('at a terminal it asks, line by line', () => {
  const folder = temporaryFolder()
  const command = `${join(repository, 'downbeat')} new mine`
  const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
    cwd: folder,
    encoding: 'utf8',
    input: 'pi4\npi4b\nssl\n\n\n\n\nde\n',
    env: { ...process.env, HOME: folder, TERM: 'dumb' },
  })
  expect(stdout).toContain('there is no boards/pi4.yaml (did you mean "pi4b"?)')
  expect(stdout).toContain('./downbeat build -C mine')
  const { value } = readChoices(repository, join(folder, 'mine/image.yaml'), [])
  expect(value).toMatchObject({ board: ['pi4b'], soundcard: 'ssl-2', name: 'mine' })
  expect(execFileSync('ls', ['-A', folder], { encoding: 'utf8' })).toBe('mine\n')
})
