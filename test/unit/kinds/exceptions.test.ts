import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseBmap, readBmap } from '../../../lib/common/disk/read-bmap.ts'
import { readChoices } from '../../../lib/plan/choices/choices.ts'
import { findBase } from '../../../lib/plan/choices/find-base.ts'
import { findImage } from '../../../lib/card/image-file/find-image.ts'
import { checkPersonal } from '../../../scripts/ask/personal.ts'
import { drivesOfLsblk } from '../../../lib/card/drives/lsblk.ts'
import { editSettings } from '../../../lib/plan/settings/edit.ts'
import { resolve } from '../../../lib/plan/resolve/resolve.ts'
import { catalogueAt, downbeat, refusal, repository, temporaryFolder, write } from '../fixtures.ts'

// Inputs that once ended in a stack, in a hang or in a wrong word: each has an answer, at once.

const good = 'board: pi3b\nsoundcard: usb\n'

/** What is said to choices, and to what stands behind each --set. */
function said(text: string, ...sets: string[]): string {
  const folder = temporaryFolder()
  write(folder, { 'x.yaml': text })
  return refusal(() => readChoices(folder, join(folder, 'x.yaml'), sets))
}

/** The same where the choices are looked up, too. */
function saidOf(...sets: string[]): string {
  const folder = temporaryFolder()
  write(folder, { 'x.yaml': good })
  return refusal(() =>
    resolve(catalogueAt(repository), join(folder, 'x.yaml'), sets, { alone: true }),
  )
}

const caseOf = (name: string): string =>
  readFileSync(join(repository, 'test/cases/exceptions', name), 'utf8')

/** Seconds of the processor. */
function work(run: () => void): number {
  const { user, system } = process.cpuUsage()
  run()
  const after = process.cpuUsage({ user, system })
  return (after.user + after.system) / 1e6
}

describe('--set', () => {
  test.each([
    ['board.pi4b=on', 'board.pi4b: board is one value and has no parts'],
    ['jack.period=64=', 'jack.period: expected a number, got "64="'],
    ['packages=[*a]', '*a: there is no &a before it'],
    ['packages=[&a [*a]]', '*a stands for itself'],
    ['packages={a: 1, a: 2}', 'a: is there twice'],
    ['__proto__.hostname=evil', '__proto__.hostname: unknown key'],
    ['user={__proto__: {name: evil}}', '__proto__: unknown key'],
    ['jack.period.x.y=1', 'jack.period: expected a number, got {"x":{"y":1}}'],
    [`${'a.'.repeat(5000)}b=1`, 'lies deeper than 20 levels'],
    [`packages=${'['.repeat(5000)}`, 'its lists and maps lie deeper than 20 levels'],
    ['name=\u001B[2J\u202E', '--set name=\\u001b[2J\\u202e name: expected a name'],
  ])('%.40s is refused where it was typed', (set, why) => {
    const told = said(good, set)
    expect(told).toMatch(/^--set /)
    expect(told).toContain(why)
  })

  test.each(['board.pi4b=on', 'board.9999999=x', 'board.-1=x', 'board.1e3=x'])(
    '%s names no part of a list, and says how the list is written',
    (set) => {
      expect(said('board: [pi3b, pi4b]\nsoundcard: usb\n', set)).toBe(
        `--set ${set} ${set.split('=')[0]}: board is a list of 2: say the whole list, such as board=[…]`,
      )
    },
  )

  test('below an alias of the file says so, for it would change another place, too', () => {
    const text = 'board: pi3b\nsoundcard: usb\njack: &j { period: 64 }\nuser: *j\n'
    expect(said(text, 'user.name=x', 'user.ssh_keys=[]')).toBe(
      '--set user.name=x user.name: user is an alias (*j): say the whole value, such as user=…\n' +
        '--set user.ssh_keys=[] user.ssh_keys: user is an alias (*j): say the whole value, such as user=…',
    )
  })

  test('in the place of what an alias of the file stands for says so', () => {
    const text = 'board: &x [pi3b]\nsoundcard: usb\npackages: *x\n'
    expect(said(text, 'board=pi4b')).toBe(
      'x.yaml: an alias (such as *x) stands for a value that --set has replaced: say its value, too',
    )
  })

  test('with the password of an address is repeated without it', () => {
    expect(said(good, 'base_sha256=https://me:secret@images.example/x')).not.toContain('secret')
  })

  test('of a file that is no map is a mistake of the file', () => {
    expect(said('just words\n', 'hostname=a')).toContain('the file is one value and has no parts')
    expect(said('[a, b]\n', 'hostname=a')).toContain('the file is a list of 2')
  })

  test.each([
    'overclock=constructor',
    'overclock=toString',
    'soundcard=constructor',
    'board=constructor',
    'board=valueOf',
    'profile=constructor',
    'jack.server=constructor',
    'kernel.source=constructor',
    'base=constructor',
    'tunings.constructor=on',
    'tunings.toString=off',
  ])('%s is a name that there is not', (set) => {
    expect(saidOf(set)).toMatch(/has no preset|there is no|expected|has no presets/)
  })
})

describe('a file of choices', () => {
  test('whose aliases run in a circle says where', () => {
    expect(said(caseOf('circular-root.yaml'))).toBe('x.yaml:2:8 *a stands for itself')
  })

  test('with a key that JavaScript would take for something else says where', () => {
    expect(said(caseOf('proto.yaml'))).toBe('x.yaml:3:1 __proto__: unknown key')
  })

  test('whose aliases stand for billions of words is refused', () => {
    const levels = Array.from({ length: 10 }, (_, i) => {
      const [own, other] = [`a${i + 1}`, `*a${i}`]
      return `${own}: &${own} [${Array.from({ length: 9 }, () => other).join(', ')}]`
    })
    expect(said(`a0: &a0 [x, x, x]\n${levels.join('\n')}\n`)).toMatch(
      /aliases .* stand for too much/,
    )
  })

  test('that is two documents is refused', () => {
    expect(said('---\nboard: pi3b\n---\nsoundcard: usb\n')).toBe(
      'x.yaml:3:1 a second document begins here: write one',
    )
  })

  test('that is nested without an end is refused', () => {
    expect(said(`board: ${'['.repeat(20_000)}`)).toContain('lie deeper than 20 levels')
    expect(said(`board: ${'{ a: '.repeat(10_000)}`)).toContain('lie deeper than 20 levels')
    expect(said(`board: ${'['.repeat(30)}${']'.repeat(30)}`)).toMatch(
      /^x\.yaml:1:\d+ lies deeper than 20 levels$/,
    )
  })

  test('that has thousands of unknown keys shows twenty and a count, with work that grows as they do', () => {
    const keys = (count: number): string =>
      good + Array.from({ length: count }, (_, i) => `k${i}: 1\n`).join('')
    const told = said(keys(20_000)).split('\n')
    expect(told).toHaveLength(21)
    expect(told[0]).toMatch(/^x\.yaml:3:1 k0: unknown key/)
    expect(told.at(-1)).toBe('… and 19980 more like these')
    const [few, many] = [2000, 20_000].map((count) => work(() => said(keys(count))))
    expect(many! / few!).toBeLessThan(40) // 10 times as many; 100 where each is compared with all
  })

  test.each([
    ['tunings: {', (i: number) => `k${i}: on, `, 'expected at most 200 tunings'],
    ['packages: [', (i: number) => `k${i}, `, 'expected at most 1000 entries'],
    ['board: [', (i: number) => `k${i}, `, 'expected at most 64 entries'],
  ])('that says %s thousands of times is refused', (begin, one, why) => {
    const words = Array.from({ length: 20_000 }, (_, i) => one(i)).join('')
    const end = begin.endsWith('{') ? '}' : ']'
    expect(
      said(
        `${good.replace(/board.*\n/, begin.startsWith('board') ? '' : '$&')}${begin}${words}${end}\n`,
      ),
    ).toContain(why)
  })

  test('with a control character says where it is', () => {
    expect(said('board: pi3b\u0000\nsoundcard: \u001B[2Jusb\n')).toBe(
      'x.yaml:1:12 has a control character (U+0000): take it away\n' +
        'x.yaml:2:12 has a control character (U+001B): take it away',
    )
  })

  test('that is no text, too long, or no file at all is told as what it is', () => {
    const folder = temporaryFolder()
    const at = (name: string): string => join(folder, name)
    mkdirSync(at('folder.yaml'))
    execFileSync('mkfifo', [at('pipe.yaml')])
    symlinkSync('/dev/zero', at('device.yaml'))
    symlinkSync('loop.yaml', at('loop.yaml'))
    writeFileSync(at('latin.yaml'), Buffer.from('board: pi3b\nname: \xFC\n', 'latin1'))
    writeFileSync(at('huge.yaml'), '')
    truncateSync(at('huge.yaml'), 2 ** 30)
    const told = (name: string): string => refusal(() => readChoices(folder, at(name), []))
    expect(told('folder.yaml')).toBe('folder.yaml: is a folder: name a file')
    const noFile = 'is no regular file: name a file, not a pipe or a device'
    expect(told('pipe.yaml')).toBe(`pipe.yaml: ${noFile}`)
    expect(told('device.yaml')).toBe(`device.yaml: ${noFile}`)
    expect(told('loop.yaml')).toBe('loop.yaml: is a link that leads to itself')
    expect(told('latin.yaml')).toBe('latin.yaml: is no text in UTF-8: look at line 2')
    expect(told('huge.yaml')).toBe(
      'huge.yaml: has more than 262144 bytes (1073741824): such a file is never so large',
    )
    expect(told('none.yaml')).toBe('none.yaml: there is no such file')
    expect(told(`${'a'.repeat(300)}.yaml`)).toContain('there is no such file: its name is too long')
  })

  test('that may not be read is not one that is missing', () => {
    const folder = temporaryFolder()
    const file = join(folder, 'x.yaml')
    writeFileSync(file, good, { mode: 0 })
    const nobody = 65_534
    const root = process.geteuid!() === 0 // who may read everything
    if (root) chmodSync(folder, 0o755)
    if (root) process.seteuid!(nobody)
    try {
      expect(refusal(() => readChoices(folder, file, []))).toBe(
        'x.yaml: you may not read it (EACCES)',
      )
    } finally {
      if (root) process.seteuid!(0)
    }
  })
})

describe('what is named beside a file of choices', () => {
  const refused = async (read: () => unknown): Promise<string> =>
    await Promise.resolve()
      .then(read)
      .then(
        () => 'nothing',
        (error: Error) => error.message,
      )
  const question = { place: 'x.yaml:1:1', folder: '/', sha256: undefined, like: undefined }
  const readers: [what: string, read: (path: string) => unknown, noFolder: boolean][] = [
    ['an image', findImage, false],
    ['a block map', readBmap, true],
    ['a public key', (path) => checkPersonal({ sshKey: [path] }), true],
    [
      'the image of a base',
      (base) => findBase(catalogueAt(repository), { ...question, base }, () => Promise.reject()),
      true,
    ],
  ]

  test.each(readers)('%s that is no file is told as what it is', async (_, read, noFolder) => {
    const folder = temporaryFolder()
    const at = (name: string): string => join(folder, name)
    execFileSync('mkfifo', [at('pipe.img')])
    symlinkSync('/dev/zero', at('device.img'))
    symlinkSync('loop.img', at('loop.img'))
    symlinkSync('nowhere', at('dangling.img'))
    mkdirSync(at('folder.img'))
    const told = (name: string): Promise<string> => refused(() => read(at(name)))
    expect(await told('pipe.img')).toMatch(/this is no file|is no regular file/)
    expect(await told('device.img')).toMatch(/this is no file|is no regular file/)
    expect(await told('loop.img')).toContain('is a link that leads to itself')
    expect(await told('dangling.img')).toContain('there is no such file')
    expect(await told(`dangling.img/x.img`)).toMatch(/there is no such file/)
    if (noFolder) expect(await told('folder.img')).toContain('is a folder: name a file')
  })

  test.each(readers)('%s that may not be read is not one that is missing', async (_, read) => {
    const folder = temporaryFolder()
    const closed = join(folder, 'closed')
    mkdirSync(closed)
    for (const file of [join(folder, 'x.img'), join(closed, 'x.img')])
      writeFileSync(file, '', { mode: 0 })
    chmodSync(closed, 0)
    const root = process.geteuid!() === 0 // who may read everything
    if (root) chmodSync(folder, 0o755)
    if (root) process.seteuid!(65_534)
    try {
      for (const file of [join(folder, 'x.img'), join(closed, 'x.img')])
        expect(await refused(() => read(file))).toContain('you may not read it (EACCES)')
    } finally {
      if (root) process.seteuid!(0)
      chmodSync(closed, 0o700)
    }
  })

  test('a file of public keys that never ends is not read to its end', () => {
    const file = join(temporaryFolder(), 'keys.pub')
    writeFileSync(file, '')
    truncateSync(file, 2 ** 30)
    expect(refusal(() => checkPersonal({ sshKey: [file] }))).toBe(
      `--ssh-key ${file}: has more bytes than public keys ever have`,
    )
  })

  test.each([
    ['a pipe', (path: string) => execFileSync('mkfifo', [path])],
    ['a folder', (path: string) => mkdirSync(path)],
    [
      'a file that is too large',
      (path: string) => {
        writeFileSync(path, '')
        truncateSync(path, 2 ** 40)
      },
    ],
  ])('%s in the place of the settings of a card is no file of settings', async (_, make) => {
    const folder = temporaryFolder()
    make(join(folder, 'downbeat.toml'))
    const { status, stderr } = await downbeat(['personalize', folder, '--hostname', 'x'], {
      out: join(folder, 'out'),
    })
    expect(stderr).toMatch(/downbeat\.toml: this is no file of settings/)
    expect(status).toBe(2)
  })
})

describe('a block map', () => {
  test.each([
    ['comments that do not end', '<!--'],
    ['ranges that do not end', '<Range '],
    ['heads', '<BlockMap>'],
    ['numbers that do not end', '<ImageSize> '],
    ['spaces', ' '],
  ])('of nothing but %s is refused, with work that grows as it does', (_, piece) => {
    const read = (count: number) => (): string =>
      refusal(() => parseBmap(`<bmap version="2.0">${piece.repeat(count)}</bmap>`, 'x.bmap'))
    expect(read(1000)()).toMatch(/^x\.bmap: /)
    read(100_000)()
    const [few, many] = [100_000, 800_000].map((count) => work(read(count)))
    expect(many!).toBeLessThan(Math.max(few! * 30, 0.5)) // 8 times as many; 64 where it starts again
  })

  test('that is larger than any is not read', () => {
    const file = join(temporaryFolder(), 'x.bmap')
    writeFileSync(file, '')
    truncateSync(file, 2 ** 30)
    expect(refusal(() => readBmap(file))).toContain('has 1073741824 bytes')
  })
})

describe('the name and password of a mirror', () => {
  const address = 'http://me:secret@mirror.example/debian'

  test('are refused before anything records them, and not said', async () => {
    const out = temporaryFolder()
    const { status, stdout, stderr } = await downbeat(['plan', '--json'], {
      out,
      env: { DOWNBEAT_MIRROR: address },
    })
    expect(status).toBe(2)
    expect(stderr).toMatch(
      /^✖ DOWNBEAT_MIRROR: http:\/\/mirror\.example\/debian has a name or a password/,
    )
    expect(stdout + stderr).not.toContain('secret')
  })

  test.each(['deb', 'http://a b/', 'http://a/\ndeb http://evil/ x y', 'ssh://host/x'])(
    'that is no address of a mirror (%j) is refused',
    async (wrong) => {
      const env = { DOWNBEAT_MIRROR: wrong }
      const { status, stderr } = await downbeat(['plan'], { out: temporaryFolder(), env })
      expect([status, stderr.split(':')[0]]).toEqual([2, '✖ DOWNBEAT_MIRROR'])
    },
  )

  test('are refused in the address of a base, too, which the plan would tell', async () => {
    const question = {
      base: 'https://me:secret@images.example/raspios-trixie-arm64.img.xz',
      sha256: '0'.repeat(64),
      place: 'x.yaml:1:1',
      folder: '/',
    }
    const error = await findBase(catalogueAt(repository), question, () =>
      Promise.reject(new Error('nothing is fetched')),
    ).catch((thrown: unknown) => thrown)
    expect(String(error)).toContain('the address has a name or a password in it')
    expect(String(error)).not.toContain('secret')
  })
})

describe('what ./downbeat fuzz has found', () => {
  test('a change of downbeat.toml keeps a text of several lines that end in another way than its file', () => {
    const text = 'user.name = """\na\n"""\r\n#hostname = "x"\r\n'
    expect(editSettings(text, { hostname: 'synth' }, 'downbeat.toml')).toBe(
      'user.name = """\na\n"""\r\nhostname = "synth"\r\n',
    )
    expect(editSettings('a = 1\r\nb = 2', { hostname: 'synth' }, 'downbeat.toml')).toBe(
      'a = 1\r\nb = 2\r\nhostname = "synth"',
    )
  })

  test('a line of nothing but spaces in downbeat.toml takes no more work than any other', () => {
    const edit = (count: number) => (): string =>
      editSettings(`${' '.repeat(count)}\n`, { hostname: 'synth' }, 'downbeat.toml')
    edit(1000)()
    const [few, many] = [20_000, 160_000].map((count) => work(edit(count)))
    expect(many!).toBeLessThan(Math.max(few! * 30, 0.5)) // 8 times as many; 64 where it starts again
  })

  test.each(['-1', '-5e-324', '0.5', '1e400'])('a disk of %s bytes is no disk', (size) => {
    const said = `{ "blockdevices": [{ "name": "/dev/sda", "size": ${size} }] }`
    expect(() => drivesOfLsblk(said)).toThrow(/size/)
  })
})
