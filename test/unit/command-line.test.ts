import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { folders } from '../../lib/plan/catalogue/catalogue.ts'
import type { Check } from '../../scripts/session/host.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { choiceFiles, downbeat as run, idsOf, repository, write } from './fixtures.ts'

// These tests wait for other processes most of the time, and so run side by side; each has folders
// of its own in this one.
const all = mkdtempSync(join(tmpdir(), 'downbeat-command-line-'))
afterAll(() => rmSync(all, { recursive: true, force: true }))
let made = 0
function temporaryFolder(): string {
  const folder = join(all, String(++made))
  mkdirSync(folder)
  return folder
}

const downbeat = (args: string[], { cwd = repository, out = temporaryFolder(), env = {} } = {}) =>
  run(args, { cwd, out, env })

const verbs = readdirSync(join(repository, 'scripts/verbs'))
  .filter((file) => file.endsWith('.ts')) // a folder holds what belongs to one of them
  .map((file) => file.slice(0, -'.ts'.length))
  .sort()

describe.concurrent('help', () => {
  test('lists every verb: each file of scripts/verbs/ is one', async () => {
    const { status, stdout } = await downbeat(['help'])
    expect(status).toBe(0)
    const listed = stdout
      .split('Commands:\n')[1]!
      .match(/^ {2}[\w-]+/gm)!
      .map((verb) => verb.trim())
    expect(listed.toSorted()).toEqual([...verbs, 'help'].sort())
  })

  test('is what somebody sees who types nothing else', async () => {
    const { status, stdout } = await downbeat([])
    expect([status, stdout]).toEqual([0, (await downbeat(['help'])).stdout])
  })

  test('on a verb gives an example of it, and says the same of what is typed behind it as the list of verbs', async () => {
    const list = (await downbeat(['help'])).stdout
    const said = await Promise.all(verbs.map((verb) => downbeat(['help', verb])))
    for (const [i, { status, stdout }] of said.entries()) {
      expect(status, verbs[i]).toBe(0)
      expect(stdout).toMatch(new RegExp(`\\nExamples?:\\n {2}\\./downbeat ${verbs[i]}\\b`))
      const [, words] = /^Usage: downbeat [\w-]+ \[options\]( .*)?$/m.exec(stdout)!
      const typed = `${verbs[i]}${/^ {2}-(?!h,)/m.test(stdout) ? ' [options]' : ''}${words ?? ''}`
      expect(list).toMatch(new RegExp(`^ {2}${typed.replaceAll(/[.[\]]/g, '\\$&')} {2}`, 'm'))
    }
  })

  test('needs no folder for what is compiled: one that cannot be written, or has nonsense in it, is as good', async () => {
    const { stdout } = await downbeat(['help'])
    const cache = join(temporaryFolder(), 'cache')
    const env = { DOWNBEAT_CACHE: cache }
    write(cache, { compile: 'a file in its place' })
    expect(await downbeat(['help'], { env })).toMatchObject({ status: 0, stdout, stderr: '' })
    rmSync(join(cache, 'compile'))
    expect(await downbeat(['help'], { env })).toMatchObject({ status: 0, stdout, stderr: '' })
    const compiled = readdirSync(join(cache, 'compile'), {
      recursive: true,
      withFileTypes: true,
    }).filter((found) => found.isFile())
    expect(compiled.length).toBeGreaterThan(0)
    for (const { parentPath, name } of compiled) writeFileSync(join(parentPath, name), 'nonsense')
    expect(await downbeat(['help'], { env })).toMatchObject({ status: 0, stdout, stderr: '' })
  })
})

describe.concurrent('what is typed wrong ends with 2 and one message, without a stack:', () => {
  const four = 'board: pi4b\nsoundcard: usb\nhostname: stage\n'
  const wrong: [string, string[], string][] = [
    [
      'a verb',
      ['biuld'],
      '✖ there is no verb "biuld" (did you mean "build"?); ./downbeat help lists them\n',
    ],
    [
      'a verb to be helped with',
      ['help', 'biuld'],
      '✖ there is no verb "biuld" (did you mean "build"?); ./downbeat help lists them\n',
    ],
    [
      'an option',
      ['plan', '--jsn'],
      "error: unknown option '--jsn'\n(Did you mean --json?)\n(./downbeat help plan says more)\n",
    ],
    [
      'a word too many',
      ['doctor', 'now'],
      "error: too many arguments for 'doctor'. Expected 0 arguments but got 1: now.\n(./downbeat help doctor says more)\n",
    ],
    [
      '--set without a value',
      ['plan', 'four.yaml', '--set', 'jack.period'],
      '✖ --set jack.period: expected key=value, such as --set jack.period=64\n',
    ],
    [
      'a key of --set',
      ['plan', 'four.yaml', '--set', 'jack.perod=64'],
      '✖ --set jack.perod=64 jack.perod: unknown key (did you mean "period"?)\n',
    ],
    [
      'the first word of a key of --set',
      ['plan', 'four.yaml', '--set', 'jak.period=64'],
      '✖ --set jak.period=64 jak: unknown key (did you mean "jack"?)\n',
    ],
    [
      'a board',
      ['plan', 'four.yaml', '--set', 'board=pi4c'],
      '✖ --set board=pi4c: there is no boards/pi4c.yaml (did you mean "pi4b"?)\n',
    ],
    [
      'a board and a card by options',
      ['plan', 'four.yaml', '--board', 'pi4c', '--soundcard', 'ubs'],
      '✖ --board pi4c: there is no boards/pi4c.yaml (did you mean "pi4b"?)\n--soundcard ubs: there is no soundcards/ubs.yaml (did you mean "usb"?)\n',
    ],
    [
      'a board that is asked for by two options',
      ['plan', 'four.yaml', '--board', 'pi5', '--board', 'pi4b,pi5'],
      '✖ --board pi5,pi4b,pi5 board: a board is in the list twice: name it once\n',
    ],
    [
      'a list of boards that begins with a comma',
      ['plan', 'four.yaml', '--board', ',pi5'],
      '✖ --board ,pi5 board.0: expected a name of lower-case letters, digits, ".", "+" and "-" (./downbeat list boards shows what there is)\n',
    ],
    [
      'no board',
      ['plan', 'four.yaml', '--board', ''],
      `✖ --board '' board: expected a name of lower-case letters, digits, ".", "+" and "-" (./downbeat list boards shows what there is)\n`,
    ],
    [
      'a base that is nowhere',
      ['plan', 'four.yaml', '--base', './none.img'],
      expect.stringMatching(
        /^✖ --base \.\/none\.img base: \/[^\n]*none\.img: there is no such file\n$/,
      ),
    ],
    [
      'a board in the place of a file',
      ['plan', 'pi5'],
      '✖ pi5: expected a YAML file of choices, such as variants/pi4b-usb.yaml (did you mean --board pi5?)\n',
    ],
    [
      'a variant without its folder',
      ['plan', 'pi5-usb'],
      '✖ pi5-usb: expected a YAML file of choices, such as variants/pi4b-usb.yaml (did you mean variants/pi5-usb.yaml?)\n',
    ],
    [
      'a stage',
      ['build', 'four.yaml', '--until', 'kernle'],
      '✖ there is no stage "kernle" (did you mean "kernel"?)\n',
    ],
    [
      'a row of figures',
      ['bench', 'memry'],
      '✖ there is no row "memry" (did you mean "memory"?)\n',
    ],
    [
      'a release of half an image',
      ['build', 'four.yaml', '--release', '--until', 'kernel'],
      '✖ --release: only a complete build can be released; leave out --until kernel\n',
    ],
    [
      'an address to release at',
      ['build', 'four.yaml', '--release-url', 'here'],
      '✖ --release-url here: expected where the files will be served, such as --release-url https://example.org/images/\n',
    ],
    [
      'files of which one is not there, and one is named twice',
      ['build', 'four.yaml', 'four.yaml', 'none.yaml'],
      expect.stringMatching(
        /^✖ [^\n]*four\.yaml: is named twice: name it once\n[^\n]*none\.yaml: there is no such file\n$/,
      ),
    ],
    ['a folder that is not there', ['build', 'varians/'], '✖ varians/: there is no such folder\n'],
    [
      'an image of a folder',
      ['build', '.', '--only', 'fuor'],
      '✖ --only fuor: there is no such image (did you mean "four"?)\n',
    ],
    ['a list', ['list', 'bords'], '✖ there is no list of "bords" (did you mean "boards"?)\n'],
    [
      'a file that is no YAML',
      ['plan', 'four.txt'],
      '✖ four.txt: expected a YAML file of choices, such as variants/pi4b-usb.yaml\n',
    ],
  ]

  test.each(wrong)('%s', async (_, args, message) => {
    const cwd = temporaryFolder()
    write(cwd, { 'four.yaml': four })
    const { status, stdout, stderr, out } = await downbeat(args, { cwd })
    expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: message })
    expect(readdirSync(out)).toEqual([])
  })

  test('matrices, files and folders, of which all mistakes are said at once, each with its place', async () => {
    const cwd = temporaryFolder()
    write(cwd, {
      'wrong.yaml': 'matrix:\n  bord: [pi4b]\n  jack: [jack1]\nsame: { hostnam: x }\n',
      'none-left.yaml': 'matrix: { board: [pi4b], soundcard: [usb] }\nexclude: [{ board: pi4b }]\n',
      'unfit.yaml': 'matrix:\n  board: [pi4b, pi0]\n  soundcard: [usb]\n  jack: [{ period: 64 }]\n',
      'files/a.yaml': 'board: pi4c\nsoundcard: usb\n',
      'files/b.yaml': 'name: a\nboard: pi4b\nsoundcard: usb\n',
      'files/broken.yaml': 'board: [\n',
    })
    const { status, stdout, stderr, out } = await downbeat(
      ['build', 'wrong.yaml', 'none-left.yaml', 'unfit.yaml', 'files'],
      { cwd },
    )
    expect([status, stdout]).toEqual([2, ''])
    const lines = stderr
      .split('\n')
      .filter((line) => !/^ {2}[ \d]+ \|/.test(line))
      .map((line) => line.replace(/^(✖ )?\S*\/(?=\w+[-.\w]*\.yaml)/, ''))
    expect(lines).toEqual([
      'wrong.yaml:2:3 matrix.bord: unknown key (did you mean "board"?)',
      'wrong.yaml:4:9 same.hostnam: unknown key (did you mean "hostname"?)',
      'none-left.yaml:2:11 exclude.0: with it, no image is left of 1: take it away, or say more in it',
      expect.stringMatching(/^broken\.yaml:2:1 /),
      expect.stringMatching(
        /^b\.yaml: its image is called a, and so is that of \S+a\.yaml: say name: in one of them$/,
      ),
      expect.stringMatching(/^unfit\.yaml:2:17 board: pi0 does not run arm64, /),
      'a.yaml:1:8: there is no boards/pi4c.yaml (did you mean "pi4b"?)',
      'unfit.yaml: leave out what does not go together, such as exclude: [{ board: pi0, soundcard: usb, jack: { period: 64 } }]',
      '',
    ])
    expect(readdirSync(out)).toEqual([])
  })

  test('one name for several images', async () => {
    const cwd = temporaryFolder()
    write(cwd, { 'm.yaml': 'matrix: { board: [pi3b, pi4b], soundcard: [usb] }\n' })
    const { status, stderr } = await downbeat(['build', 'm.yaml', '--set', 'name=x'], { cwd })
    expect([status, stderr]).toEqual([
      2,
      '✖ --set name=x: several images cannot have one name: leave it out\n',
    ])
  })

  test('a matrix where one image is asked about', async () => {
    const cwd = temporaryFolder()
    write(cwd, { 'm.yaml': 'matrix: { board: [pi4b], soundcard: [usb] }\n' })
    const { status, stderr } = await downbeat(['plan', 'm.yaml'], { cwd })
    expect(status).toBe(2)
    expect(stderr).toMatch(
      /^✖ \S*m\.yaml: is a matrix, and here one image is asked about: name a file of choices \(\.\/downbeat list variants m\.yaml shows what the matrix stands for\)\n$/,
    )
  })

  test('a key of --set below a plain value', async () => {
    const { status, stderr } = await downbeat([
      'plan',
      'variants/pi4b-usb.yaml',
      '--set',
      'soundcard.name=x',
    ])
    expect(status).toBe(2)
    expect(stderr).toMatch(/^✖ --set soundcard\.name=x [^\n]*\n$/)
  })

  test('a mirror that is none', async () => {
    const { status, stderr } = await downbeat(['plan'], {
      env: { DOWNBEAT_MIRRORS: 'https://a.example' },
    })
    expect([status, stderr]).toEqual([
      2,
      '✖ DOWNBEAT_MIRRORS: "https://a.example": expected https://<server>=https://<another> (or several of these, with spaces between them)\n',
    ])
  })

  test('a file that is not there', async () => {
    const { status, stderr } = await downbeat(['plan', 'variants/none.yaml'])
    expect([status, stderr]).toEqual([2, '✖ variants/none.yaml: there is no such file\n'])
  })
})

describe.concurrent('plan', () => {
  test.each(choiceFiles)('of %s shows its values, JACK and the tunings', async (file) => {
    const { status, stdout, stderr } = await downbeat(['plan', file])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^ {2}board +\S.* {4}\S+\.yaml:\d+:\d+$/m)
    expect(stdout).toMatch(
      /^JACK: \d+ x \d+ \/ \d+ Hz = [\d.]+ ms( from the server to the card)?$/m,
    )
    for (const id of idsOf('tunings'))
      expect(stdout).toMatch(new RegExp(`^ {2}(on |off) ${id}: `, 'm'))
  })

  test('says where a value comes from and why a tuning is off', async () => {
    const { stdout } = await downbeat([
      'plan',
      'variants/pi4b-usb.yaml',
      '--set',
      'jack.period=64',
      '--set',
      'tunings.no-swap=off',
    ])
    expect(stdout).toMatch(/^pi4b-usb\n/)
    expect(stdout).toMatch(/^ {2}jack\.period +64 {4}--set jack\.period=64$/m)
    expect(stdout).toMatch(/^ {2}jack\.rate +48000 {4}soundcards\/usb\.yaml$/m)
    expect(stdout).toMatch(
      /^ {2}off no-swap: .*\n {8}off because: switched off at --set tunings\.no-swap=off$/m,
    )
    expect(stdout).toMatch(
      /^ {2}off i2s-card-first: .*\n {8}off because: soundcard\.bus is usb, not i2s$/m,
    )
  })

  test('is the same when it was asked for before, and another when a file of choices has changed', async () => {
    const [cwd, cache] = [temporaryFolder(), temporaryFolder()]
    const plans = (): string[] => globSync(join(cache, 'compile/*/plans/*'))
    const ask = async (): Promise<string> =>
      (await downbeat(['plan', 'mine.yaml', '--json'], { cwd, env: { DOWNBEAT_CACHE: cache } }))
        .stdout
    write(cwd, { 'mine.yaml': 'board: pi4b\nsoundcard: usb\n' })
    const first = await ask()
    expect(plans()).toHaveLength(1)
    expect(await ask()).toBe(first)
    write(cwd, { 'mine.yaml': 'board: pi3b\nsoundcard: usb\n' })
    expect((JSON.parse(await ask()) as Plan).boards.map(({ id }) => id)).toEqual(['pi3b'])
    for (const file of plans()) writeFileSync(file, first.slice(0, 1000))
    write(cwd, { 'mine.yaml': 'board: pi4b\nsoundcard: usb\n' })
    expect(await ask()).toBe(first)
  })

  test('--json is the whole plan, and nothing is made for it', async () => {
    const { status, stdout, out } = await downbeat(['plan', '--json', '--set', 'hostname=stage'])
    expect(status).toBe(0)
    const plan = JSON.parse(stdout) as Plan
    expect(plan.configure.view.hostname).toBe('stage')
    expect(plan.kernel!.fragments[0]?.text).toMatch(/CONFIG_/)
    expect(readdirSync(out)).toEqual([])
  })

  test('finds its files from wherever it is typed', async () => {
    const cwd = temporaryFolder()
    write(cwd, { 'my-stage.yaml': 'board: pi4b\nsoundcard: usb\n' })
    const { status, stdout } = await downbeat(['plan', 'my-stage.yaml'], { cwd })
    expect(status).toBe(0)
    expect(stdout).toMatch(/^my-stage\n/)
    expect((await downbeat(['plan', '--json'], { cwd })).status).toBe(0)
  })
})

describe.concurrent('list', () => {
  test('--json has every id of every folder', async () => {
    const { status, stdout } = await downbeat(['list', '--json'])
    expect(status).toBe(0)
    const found = JSON.parse(stdout) as Record<string, Record<string, string>>
    for (const folder of [...Object.keys(folders), 'variants'])
      expect(Object.keys(found[folder]!), folder).toEqual(idsOf(folder))
  })

  test('of one kind says what each of it is', async () => {
    const { stdout } = await downbeat(['list', 'boards'])
    expect(stdout).toMatch(/^ {2}pi4b +4 Model B +bcm2711 +64, 32 +raspi4b$/m)
    expect(stdout.match(/^ {2}\w/gm)).toHaveLength(idsOf('boards').length + 1)
    expect(stdout).toMatch(/^ {2}pi0 +Zero +bcm2835 +32 +raspi0$/m)
    expect(stdout).toMatch(
      /^ {2}cm5 .* virt\n +bases: .*\n +kernels: raspberrypi, packaged \(only/m,
    )
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  test('of variants says what builds each, of a matrix and of a folder, too', async () => {
    const cwd = temporaryFolder()
    write(cwd, {
      'm.yaml':
        'matrix: { board: [pi3b, pi4b], soundcard: [usb] }\nsame: { base: debian-trixie-armhf }\n',
      'mine/stage.yaml': 'board: pi5\nsoundcard: usb\n',
    })
    expect((await downbeat(['list', 'variants', 'm.yaml'], { cwd })).stdout).toBe(
      '  pi3b-usb  ./downbeat build m.yaml --only pi3b-usb\n  pi4b-usb  ./downbeat build m.yaml --only pi4b-usb\n',
    )
    const { stdout } = await downbeat(['list', 'variants', 'mine/', '--json'], { cwd })
    expect(JSON.parse(stdout)).toEqual({
      variants: {
        stage: {
          about: './downbeat build mine/stage.yaml',
          choices: 'mine/stage.yaml',
          board: ['pi5'],
          soundcard: 'usb',
          base: 'debian-trixie-arm64',
        },
      },
    })
    const own = await downbeat(['list', 'variants'])
    expect(own.stdout).toContain('./downbeat build variants/pi5-usb.yaml\n')
  })

  test('of sound cards says their channels, other names and faults, and finds one by a name of it', async () => {
    const all = await downbeat(['list', 'soundcards'])
    expect(all.stdout).toMatch(/^ {2}audioinjector-octo +6 in, 8 out +AudioInjector Octo$/m)
    expect(all.stdout).toMatch(
      /^ +\(with Raspberry Pi's own kernel from 6\.1 on: .*issues\/65\); on /m,
    )
    expect(all.stdout.match(/^ {2}\w/gm)).toHaveLength(idsOf('soundcards').length)
    const found = async (...words: string[]): Promise<string[]> => {
      const { stdout } = await downbeat(['list', 'soundcards', ...words, '--json'])
      return Object.keys((JSON.parse(stdout) as { soundcards: object }).soundcards)
    }
    expect(await found('terra-berry')).toEqual(['i-sabre-q2m'])
    expect(await found('hifiberry-dacplus-std')).toEqual(['hifiberry-dacplus'])
    const { status, stderr } = await downbeat(['list', 'soundcards', 'accordion'])
    expect([status, stderr]).toEqual([
      2,
      '✖ no sound card here has "accordion" in its name, its overlay or its ALSA id; ./downbeat list soundcards shows all of them\n',
    ])
  })
})

test.concurrent('doctor --json is the answer of this machine to every question, and the exit status sums it up', async () => {
  const { status, stdout } = await downbeat(['doctor', '--json'])
  const checks = JSON.parse(stdout) as Check[]
  expect(checks.map(({ what }) => what)).toEqual(
    expect.arrayContaining(['program bash', 'free disk space']),
  )
  expect(status).toBe(checks.every(({ ok }) => ok) ? 0 : 3)
})

test.concurrent('generate --check finds schemas/ and the pages of docs/ that are made of data up to date', async () => {
  expect(await downbeat(['generate', '--check'])).toMatchObject({
    status: 0,
    stdout: 'everything generated is up to date\n',
    stderr: '',
  })
})

test.concurrent('a folder that the tools cannot work in is refused before anything runs', async () => {
  const out = join(temporaryFolder(), 'my images')
  const said = await downbeat(['build'], { out })
  expect(said.status).toBe(3)
  expect(said.stderr).toContain('has a " " in it')
})

test.concurrent('a folder that holds other things is not taken over for results', async () => {
  const out = temporaryFolder()
  write(out, { 'images/mine.png': '', 'letter.txt': '' })
  const said = await downbeat(['build'], { out })
  expect(said.status).toBe(3)
  expect(said.stderr).toBe(
    `✖ ${out} holds other things (letter.txt)\n  to mend it: set DOWNBEAT_OUT to a folder that is empty or not there yet\n`,
  )
  expect(existsSync(join(out, '.downbeat'))).toBe(false)
})
