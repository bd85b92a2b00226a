import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { array, assert, property, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { filesLaid } from '../../../lib/plan/own/layers.ts'
import { escapes } from '../../../stages/configure/escape.ts'
import {
  filesOf,
  planOf,
  refusalOf,
  repository,
  temporaryFolder,
  wholePlanOf,
  write,
} from '../fixtures.ts'

// What comes from a file of data, a base or a card is text wherever it goes: into a unit, into
// config.txt, into shell. What no legal value has is refused by its schema.

const odd = 'Bob\'s "DAC" 100% $HOME ${x} $(id) `id` \\ \\n %i ;#&|<> {{x}} é'

/** The image of this repository's choices with a sound card and a board of such names. */
const made = (): Map<string, string> =>
  filesOf(
    planOf({
      'soundcards/usb.yaml': (text) => text.replace(/^name: .*$/m, `name: ${JSON.stringify(odd)}`),
      'boards/pi3b.yaml': (text) => text.replace(/^name: .*$/m, `name: ${JSON.stringify(odd)}`),
    }),
  )
const usual = (): Map<string, string> => filesOf(planOf())

describe('the name of a sound card or a board', () => {
  test('is what the journal says that JACK waits for, whatever letters it has', () => {
    const folder = temporaryFolder()
    const own = '/usr/share/downbeat/soundcard'
    const program = readFileSync(
      join(repository, 'templates/root/usr/lib/downbeat/jack-state'),
      'utf8',
    )
    expect(program).toContain(own)
    write(folder, {
      'jack-state': program.replaceAll(own, join(folder, 'soundcard')),
      soundcard: made().get(own)!,
      systemctl: '#!/bin/sh\nexit 0\n',
    })
    chmodSync(join(folder, 'systemctl'), 0o755)
    const said = execFileSync('sh', [join(folder, 'jack-state')], {
      encoding: 'utf8',
      env: { PATH: `${folder}:${process.env['PATH']!}` },
    })
    expect(said).toContain(`JACK waits for its sound card (${odd}): it starts`)
  })

  test('is what the doctor says first', () => {
    const folder = temporaryFolder()
    const texts = ['doctor.sh', 'doctor-card.sh']
    write(
      folder,
      Object.fromEntries(texts.map((name) => [name, made().get(`/usr/share/downbeat/${name}`)!])),
    )
    const said = execFileSync('sh', ['-eu', '-c', '. ./doctor.sh; . ./doctor-card.sh; headline'], {
      cwd: folder,
      encoding: 'utf8',
    })
    expect(said).toMatch(/^downbeat: Bob's "DAC" .*, JACK with 3 periods of 128 frames/)
    expect(said).toContain(`: ${odd}, JACK`)
  })

  test('stands in comments of config.txt only', () => {
    const lines = (all: Map<string, string>): string[] =>
      all
        .get('/boot/firmware/config.txt')!
        .split('\n')
        .filter((line) => !line.startsWith('#'))
    expect(lines(made())).toEqual(lines(usual()))
  })

  test('stands in no other file', () => {
    const named = [...made()].filter(([, text]) => text.includes('Bob'))
    expect(named.map(([path]) => path).sort()).toEqual([
      '/boot/firmware/config.txt',
      '/usr/share/downbeat/doctor-card.sh',
      '/usr/share/downbeat/soundcard',
    ])
  })
})

test('what a HAT calls itself is compared letter by letter', () => {
  const product = "it's $(touch pwned) *"
  const script = filesOf(
    wholePlanOf({
      'soundcards/hifiberry-dac.yaml': (text) =>
        text.replace(/hat: \[.*?\]/, () => `hat: [${JSON.stringify(product)}]`),
    }),
  ).get('/usr/lib/downbeat/find-soundcard')!
  const found = (said: string): string => {
    const folder = temporaryFolder()
    write(folder, { product: `${said}\0` })
    const text = script
      .replaceAll('/proc/device-tree/hat/product', join(folder, 'product'))
      .replaceAll(/^ *sleep\b.*\n/gm, '')
    const printed = execFileSync('sh', ['-c', text], { cwd: folder, encoding: 'utf8' }).trim()
    expect(existsSync(join(folder, 'pwned'))).toBe(false)
    return printed
  }
  expect(found(product)).toBe('hifiberry-dac')
  expect(found("it's $(touch pwned) else")).toBe('usb')
})

test('an escape gives back just the text that was put into it, whatever it is', () => {
  const line = string({ unit: 'grapheme', maxLength: 30 }).map((text) =>
    text.replaceAll(/[\p{Cc}\p{Cs}]/gu, ''),
  )
  const texts = array(line, { minLength: 1, maxLength: 20 })
  assert(
    property(texts, (all) => {
      const script = `printf '%s\\n' ${all.map(escapes['shell']!).join(' ')}`
      expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(`${all.join('\n')}\n`)
    }),
    { seed: 1, numRuns: 60 },
  )
})

describe('a data file is refused, with the place, where', () => {
  const set = (key: string, value: string) => (text: string) =>
    text.replace(new RegExp(`^( *)${key}: .*$`, 'm'), (_, indent) => `${indent}${key}: ${value}`)

  test.each([
    ['a name has a second line', 'soundcards/usb.yaml', set('name', '"DAC\\ndtoverlay=evil"')],
    ['a name has an escape sequence', 'soundcards/usb.yaml', set('name', '"\\e[2J"')],
    ['a name has a C1 control', 'boards/pi3b.yaml', set('name', '"\\x9b2J"')],
    ['a name turns its direction', 'boards/pi3b.yaml', set('name', '"a\\u202Eb"')],
    ['a name is longer than a line of config.txt', 'boards/pi3b.yaml', set('name', 'n'.repeat(81))],
    ['a driver is a command', 'soundcards/usb.yaml', set('driver', '"snd$(id)"')],
    ['a processor is an option', 'boards/pi3b.yaml', set('cpu', '"-machine x"')],
    ['a device tree has a second line', 'boards/pi3b.yaml', set('downstream', '"a\\nb"')],
    [
      'a line for the console is two',
      'boards/pi4b.yaml',
      (text: string) => `${text}\nserial_console: { mainline: { line: "a=1\\nb=2" } }\n`,
    ],
    [
      'a release is a line of sources.list',
      'bases/debian-trixie-arm64.yaml',
      set('suite', '"x main\\ndeb y"'),
    ],
    ['a kernel is a path', 'kernel/debian.yaml', set('file_name', '../evil')],
    ['the name of a tuning has two lines', 'tunings/no-swap.yaml', set('about', '"a\\nb"')],
    [
      'a sysctl has two lines',
      'tunings/no-swap.yaml',
      set('sysctl', '{ "vm.swappiness": "1\\nkernel.core_pattern = x" }'),
    ],
    [
      'a fstab has two lines',
      'tunings/no-swap.yaml',
      (text: string) => text.replace('change:', 'change:\n  fstab: ["a\\rb"]'),
    ],
    [
      'an interrupt is a pattern of shell',
      'priorities.yaml',
      (text: string) => text.replace('VCHIQ doorbell', "x' /; id; '"),
    ],
  ])('%s', (_, file, edit) => {
    const lines = refusalOf({ [file]: edit }).split('\n')
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) expect(line).toMatch(new RegExp(`^${file}:\\d+:\\d+ `))
  })

  test('its own name could not be written into a script', () => {
    expect(
      refusalOf({
        "soundcards/Bob's DAC.yaml": 'name: x\n',
        'soundcards/usb.yaml': (text) => text,
      }),
    ).toBe(
      'soundcards/Bob\'s DAC.yaml: the name of the file is its id: expected a name of lower-case letters, digits, ".", "+" and "-"',
    )
  })

  test('a command or a line of the image names a fact that may be any text', () => {
    const why =
      /^tunings\/no-swap\.yaml: \{\{soundcard\.name\}\} is "Bob's DAC": it may stand in words/
    const card = { 'soundcards/usb.yaml': set('name', '"Bob\'s DAC"') }
    expect(
      refusalOf({
        ...card,
        'tunings/no-swap.yaml': (text) =>
          text.replace('proof:', 'proof:\n  - { run: "echo {{soundcard.name}}", prints: x }'),
      }),
    ).toMatch(why)
    expect(
      refusalOf({
        ...card,
        'tunings/no-swap.yaml': (text) =>
          text.replace('change:', 'change:\n  config_txt: ["a={{soundcard.name}}"]'),
      }),
    ).toMatch(why)
  })
})

test('a name of no file is told with what cannot be seen of it', () => {
  expect(refusalOf({}, ['base=\uFEFF'])).toMatch(
    /^--set base=\\ufeff base: there is no bases\/\\ufeff\.yaml /,
  )
})

describe('the first account of a published base', () => {
  /** What add-user.sh says to a base with this line for the number 1000. */
  function said(account: string): string {
    const tree = temporaryFolder()
    mkdirSync(join(tree, 'etc'))
    write(tree, { 'etc/passwd': `root:x:0:0:root:/root:/bin/bash\n${account}\n` })
    const script = join(repository, 'stages/image/add-user.sh')
    const { status, stderr } = spawnSync('bash', [script, tree, 'musician'], {
      cwd: tree,
      encoding: 'utf8',
    })
    expect(status).not.toBe(0)
    expect(existsSync(join(tree, 'pwned'))).toBe(false)
    return stderr
  }

  test.each(['x/e;touch pwned;', '$(touch pwned)', '-rf', '../../etc', 'a b'])(
    'whose name is %s is refused: it would be a part of a program',
    (name) => {
      expect(said(`${name}:x:1000:1000::/home/pi:/bin/bash`)).toMatch(
        /^the account with the number 1000 of the base has a name that cannot be one: /,
      )
    },
  )
})

test('a key or a value with a line end or an escape sequence has no line of its own in a message', () => {
  const image =
    'board: pi3b\nsoundcard: usb\n"a\\n✖ all is well\\e[2J": 1\nhostname: "x\\u202Ey\\n"\n'
  const lines = refusalOf({ 'image.yaml': image }).split('\n')
  expect(lines).toHaveLength(2)
  expect(lines.join()).toContain(String.raw`a\n✖ all is well\u001b[2J: unknown key`)
  for (const line of lines) expect(line).toMatch(/^image\.yaml:\d+:\d+ [^\p{Cc}\u202E]*$/u)
})

describe('in the files of this repository', () => {
  const below = (folder: string): { path: string; text: string }[] =>
    filesLaid({ root: repository }, folder).map(({ path, file }) => ({
      path,
      text: readFileSync(file, 'utf8'),
    }))

  test('no shell evaluates a text', () => {
    const shell = ['stages', 'scripts', 'templates', 'lib'].flatMap(below)
    const found = shell.flatMap(({ path, text }) =>
      text
        .split('\n')
        .filter((line) => /(^|[;&|]\s*|\$\()\s*eval\b/.test(line))
        .map((line) => `${path}: ${line}`),
    )
    expect(shell.length).toBeGreaterThan(100)
    expect(found).toEqual([])
  })

  test('a name stands in a template with an escape around it, or in a comment', () => {
    const lines = below('templates').flatMap(({ path, text }) =>
      text.split('\n').map((line) => ({ path, line })),
    )
    // a file that is nothing but a name is no program
    const names = lines.filter(
      ({ path, line }) =>
        /\{\{[^}]*\bname\}\}/.test(line) &&
        path !== 'templates/root/usr/share/downbeat/soundcard.hbs',
    )
    // those of an account, of an image and of a file have no such letters
    const plain = /\{\{(user\.name|image\.name|kernel\.file_name)\}\}/
    const bare = names.filter(({ line }) => !/^#|\{\{shell /.test(line) && !plain.test(line))
    expect(names.length).toBeGreaterThan(5)
    expect(bare).toEqual([])
  })
})
