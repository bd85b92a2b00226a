import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { keyOf } from '../../lib/engine/run/key.ts'
import { keptPlan } from '../../lib/plan/kept-plan.ts'
import type { OwnContent } from '../../lib/plan/own/folder.ts'
import { ownInWords } from '../../scripts/session/own-words.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { ownFolder } from '../../scripts/session/own-folder.ts'
import { render } from '../../stages/configure/render.ts'
import { image } from '../../stages/image.ts'
import { ownFiles } from '../../stages/own-files.ts'
import { rootfs } from '../../stages/rootfs.ts'
import { entryOf } from '../../stages/packages/own-deb.ts'
import { catalogueAt, refusal, repository, temporaryFolder, write } from './fixtures.ts'

const choices = 'name: mine\nboard: pi4b\nsoundcard: usb\n'
const pressure = (value: number): string => `about: a test
source: a test
change: { sysctl: { vm.vfs_cache_pressure: ${value} } }
proof: [{ run: cat /proc/sys/vm/vfs_cache_pressure, prints: '${value}' }]
`

/** A folder of somebody's own, with these files beside its choices. */
function folderWith(files: Record<string, string>): string {
  const folder = temporaryFolder()
  write(folder, { 'image.yaml': choices, ...files })
  return folder
}

const planIn = (folder: string, sets: string[] = []): Plan =>
  resolve(openCatalogue(repository, new Map(), folder), join(folder, 'image.yaml'), sets)

/** The refusal of it, with the folder called `.`. */
const refused = (folder: string): string => refusal(() => planIn(folder)).replaceAll(folder, '.')

const contentOf = (folder: string): OwnContent => planIn(folder).own!.content!

describe('data of a folder of one’s own', () => {
  test('is beside that of the repository, and in the place of what has the same name', () => {
    const folder = folderWith({
      'tunings/pressure-of-mine.yaml': pressure(3),
      'boards/pi4b.yaml': boardCalled('My Pi'),
      'templates/root/etc/motd.hbs': 'on {{hostname}}\n',
    })
    const plan = planIn(folder)
    expect(plan.boards.map(({ name }) => name)).toEqual(['My Pi'])
    expect(plan.tunings.find(({ id }) => id === 'pressure-of-mine')?.off).toBeUndefined()
    expect(plan.configure.view.sysctl).toContainEqual({
      text: 'vm.vfs_cache_pressure = 3',
      by: 'pressure-of-mine',
    })
    expect(render(plan.configure).find(({ path }) => path === 'etc/motd')?.text).toBe(
      'on downbeat\n',
    )
    expect(ownInWords(plan)).toEqual([
      'yours: boards/pi4b.yaml (in the place of ours), tunings/pressure-of-mine.yaml, templates/root/etc/motd.hbs',
    ])
    expect(catalogueAt(repository).entry('boards', 'pi4b', '').value.name).not.toBe('My Pi')
  })

  test('a text takes the place of the template that is rendered to the same file', () => {
    const folder = folderWith({ 'templates/boot/config.txt': 'arm_64bit=1\n' })
    const files = render(planIn(folder).configure).filter(({ path }) => path === 'config.txt')
    expect(files.map(({ text }) => text)).toEqual(['arm_64bit=1\n'])
  })

  test('decides nothing but what it says: its place is no part of the disk', () => {
    const files = { 'tunings/mine.yaml': pressure(3), 'files/etc/x': 'x\n' }
    const [one, other] = [folderWith(files), folderWith(files)]
    expect(planIn(one).image.disk).toEqual(planIn(other).image.disk)
    // wherever it lies, what is made of it is found again
    for (const stage of [ownFiles, rootfs, image])
      expect(keyOf(stage, planIn(one)), stage.name).toBe(keyOf(stage, planIn(other)))
    expect(keyOf(rootfs, planIn(one))).toBe(
      keyOf(rootfs, planIn(folderWith({ ...files, 'files/etc/x': 'y\n' }))),
    )
    expect(planIn(one).image.disk).not.toEqual(
      planIn(folderWith({ ...files, 'files/etc/x': 'y\n' })).image.disk,
    )
  })

  test.each([
    [
      'a tuning without a proof',
      { 'tunings/x.yaml': pressure(1).replace(/proof:.*\n/, '') },
      './tunings/x.yaml:1:1 proof: is missing (expected a list)',
    ],
    [
      'a name that differs from one of ours in case only',
      { 'templates/root/etc/Modprobe.d/alsa-base.conf.hbs': '' },
      './templates/root/etc/Modprobe.d/alsa-base.conf.hbs: its name differs from that of templates/root/etc/modprobe.d/alsa-base.conf.hbs in case only: take the same name to put it in the place of that one, or another name',
    ],
    [
      'what nothing reads',
      { 'boards/mine.yml': '', 'templates/etc/x': '', 'kernel/mine.config': '' },
      './boards/mine.yml: nothing reads such a file: expected boards/ID.yaml\n./kernel/mine.config: nothing reads such a file: expected kernel/ID.yaml, kernel/fragments/NAME.config, kernel/overlays/NAME.dts, kernel/overlays/NAME.dtsi or kernel/patches/NAME.patch\n./templates/etc/x: nothing reads such a file: expected templates/boot/PATH or templates/root/PATH',
    ],
    [
      'an id that is none',
      { 'tunings/My Tuning.yaml': pressure(1) },
      './tunings/My Tuning.yaml: the name of the file is its id: expected a name of lower-case letters, digits, ".", "+" and "-"',
    ],
    [
      'a tuning for a template that is not there',
      { 'tunings/x.yaml': pressure(1).replace('change: {', 'change: { files: [root/etc/y],') },
      './tunings/x.yaml change.files: there is no templates/root/etc/y',
    ],
    [
      'two tunings that set one value',
      { 'tunings/x.yaml': pressure(1), 'tunings/y.yaml': pressure(2) },
      './tunings/y.yaml tunings.y: sets vm.vfs_cache_pressure to another value than the tuning x does: one of the two has to go, such as --set tunings.x=off',
    ],
    [
      'two tunings on one pin',
      {
        'tunings/x.yaml': `${pressure(1)}pins: [4]\n`,
        'tunings/y.yaml': `${pressure(1)}pins: [4]\n`,
      },
      './tunings/y.yaml tunings.y: GPIO 4 is taken by the tuning x, too: one of the two has to go, such as --set tunings.x=off',
    ],
  ])('%s is refused at its place', (_, files, why) => {
    expect(refused(folderWith(files))).toBe(why)
  })

  test.each([
    [
      'a link to nothing',
      (file: string) => symlinkSync('/there/is/nothing', file),
      'there is no such file',
    ],
    ['a folder', (file: string) => mkdirSync(file), 'is a folder: name a file'],
    [
      'a pipe',
      (file: string) => void execFileSync('mkfifo', [file]),
      'is no regular file: name a file, not a pipe or a device',
    ],
  ])('%s instead of a file is refused at its place', (_, make, why) => {
    const folder = folderWith({})
    mkdirSync(join(folder, 'tunings'))
    make(join(folder, 'tunings/x.yaml'))
    expect(refused(folder)).toBe(`./tunings/x.yaml: ${why}`)
  })

  test('a README may lie anywhere', () => {
    const folder = folderWith({
      'tunings/README.md': '# mine\n',
      'packages/README': '',
      'hooks/README.md': '',
    })
    expect(planIn(folder).own).toBeUndefined()
  })

  test('a plan is made anew when any of it has changed, or another link lies there', () => {
    const [compiled, own] = [temporaryFolder(), folderWith({ 'files/etc/x': 'x\n' })]
    const kept = () => keptPlan(compiled, { root: repository, own }, 'choices')
    const plan = planIn(own)
    const again = (change: () => void): void => {
      kept().keep(plan)
      expect(kept().find()).toBeDefined()
      change()
      expect(kept().find()).toBeUndefined()
    }
    again(() => write(own, { 'files/etc/x': 'y\n' }))
    again(() => write(own, { 'hooks/root': '#!/bin/sh\n' }))
    again(() => symlinkSync('/nowhere/a', join(own, 'files/etc/link')))
    again(() => {
      rmSync(join(own, 'files/etc/link'))
      symlinkSync('/nowhere/b', join(own, 'files/etc/link'))
    })
  })
})

const boardCalled = (name: string): string =>
  catalogueAt(repository)
    .texts('boards')
    .find(({ path }) => path === 'pi4b.yaml')!
    .text.replace(/^name: .*$/m, `name: ${name}`)

describe('which folder is one’s own:', () => {
  test('the one that is named, or that of the choices, or the one above with an image.yaml', () => {
    const folder = folderWith({ 'variants/a.yaml': choices, 'more/b.yaml': choices })
    expect(ownFolder(join(folder, 'image.yaml'), undefined)).toBe(folder)
    expect(ownFolder(join(folder, 'variants/a.yaml'), undefined)).toBe(folder)
    expect(ownFolder('/somewhere/else/x.yaml', folder)).toBe(folder)
    rmSync(join(folder, 'image.yaml'))
    expect(ownFolder(join(folder, 'more/b.yaml'), undefined)).toBe(join(folder, 'more'))
  })

  test('none for choices of this repository, and for those in a folder full of other things', () => {
    expect(ownFolder(join(repository, 'image.yaml'), undefined)).toBeUndefined()
    expect(ownFolder(join(repository, 'variants/pi4b-usb.yaml'), undefined)).toBeUndefined()
    expect(ownFolder(join(homedir(), 'image.yaml'), undefined)).toBeUndefined()
    expect(ownFolder('/tmp/image.yaml', undefined)).toBeUndefined()
    const example = join(repository, 'examples/my-image')
    expect(ownFolder(join(example, 'image.yaml'), undefined)).toBe(example)
    expect(ownFolder(join(repository, 'test/golden/choices/x.yaml'), undefined)).toBeUndefined()
  })

  test('one that is not there is refused', () => {
    expect(refusal(() => ownFolder('x.yaml', './no such'))).toBe(
      '-C ./no such: there is no such folder',
    )
  })
})

describe('files/', () => {
  test('has files and links as they are, by their paths in the image', () => {
    const folder = folderWith({ 'files/usr/local/bin/x': '#!/bin/sh\n', 'files/etc/é y': '' })
    chmodSync(join(folder, 'files/usr/local/bin/x'), 0o750)
    symlinkSync('/etc/é y', join(folder, 'files/etc/link'))
    chmodSync(join(folder, 'files/usr/local/bin'), 0o700)
    symlinkSync('/usr', join(folder, 'files/etc/folder-of-the-host'))
    expect(contentOf(folder).files).toEqual([
      { kind: 'folder', path: 'etc', mode: 0o755 },
      { kind: 'link', path: 'etc/folder-of-the-host', target: '/usr' },
      { kind: 'link', path: 'etc/link', target: '/etc/é y' },
      {
        kind: 'file',
        path: 'etc/é y',
        mode: 0o644,
        bytes: 0,
        sha256: expect.stringMatching(/^e3b0c442/) as string,
      },
      { kind: 'folder', path: 'usr', mode: 0o755 },
      { kind: 'folder', path: 'usr/local', mode: 0o755 },
      { kind: 'folder', path: 'usr/local/bin', mode: 0o700 },
      {
        kind: 'file',
        path: 'usr/local/bin/x',
        mode: 0o750,
        bytes: 10,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
    ])
  })

  test('what the image makes of a template, a link on the boot partition, a pipe: each is refused', () => {
    const folder = folderWith({
      'files/boot/firmware/config.txt': '',
      'files/etc/modprobe.d/alsa-base.conf': '',
    })
    symlinkSync('config.txt', join(folder, 'files/boot/firmware/other.txt'))
    execFileSync('mkfifo', [join(folder, 'files/etc/pipe')])
    expect(refused(folder).split('\n').sort()).toEqual([
      './files/boot/firmware/config.txt: the image makes this file from a template: put yours into templates/boot/config.txt',
      './files/boot/firmware/other.txt: is a link, which the boot partition cannot have: put the file itself there',
      './files/etc/modprobe.d/alsa-base.conf: the image makes this file from a template: put yours into templates/root/etc/modprobe.d/alsa-base.conf',
      './files/etc/pipe: is no regular file: name a file, not a pipe or a device',
    ])
  })
})

test.each([
  ['CONFIG.TXT', 'FAT takes its name for that of boot/firmware/config.txt: take another name'],
  [
    'a:b',
    'FAT has no such names: without "*:<>?| in them, and without a dot or a space at their end',
  ],
  [
    'ends.',
    'FAT has no such names: without "*:<>?| in them, and without a dot or a space at their end',
  ],
  ['Overlays/x.dtbo', 'FAT takes Overlays for overlays: call it so'],
])('files/boot/firmware/%s is refused', (name, why) => {
  const said = refused(folderWith({ [`files/boot/firmware/${name}`]: '' })).split('\n')
  expect(said.map((line) => line.replace(/^\S+ /, ''))).toContain(why)
})

test.each([
  ['a file that would run as root', () => 0o4755, /would run with the rights of its owner/],
])('%s is refused', (_, mode, why) => {
  const folder = folderWith({ 'files/bin/x': '' })
  chmodSync(join(folder, 'files/bin/x'), mode())
  expect(refused(folder)).toMatch(why)
})

test.each(['files', 'hooks', 'packages', 'boards', 'templates'])(
  '%s that is a file is refused',
  (name) => {
    expect(refused(folderWith({ [name]: '' }))).toBe(`./${name}: is no folder`)
  },
)

test.each([
  ['Files', 'files'],
  ['hook', 'hooks'],
  ['tuning', 'tunings'],
])('a folder %s is refused', (name, meant) => {
  expect(refused(folderWith({ [`${name}/x`]: '' }))).toBe(
    `./${name}: nothing reads it: call it ${meant}`,
  )
})

test('a link to a folder is a link: what it leads to is neither taken nor looked at', () => {
  const folder = folderWith({})
  mkdirSync(join(folder, 'files'))
  symlinkSync('..', join(folder, 'files/loop'))
  symlinkSync('/proc', join(folder, 'files/proc'))
  expect(contentOf(folder).files.map(({ path }) => path)).toEqual(['loop', 'proc'])
  keptPlan(temporaryFolder(), { root: repository, own: folder }, 'choices')
})

describe('hooks/', () => {
  test('are run as they are', () => {
    const folder = folderWith({ 'hooks/root': '#!/bin/sh\ntrue\n' })
    chmodSync(join(folder, 'hooks/root'), 0o755)
    expect(planIn(folder).image.hooks).toEqual([{ on: 'root', text: '#!/bin/sh\ntrue\n' }])
  })

  test('that nothing runs, or nobody may run, are refused', () => {
    const folder = folderWith({
      'hooks/boot': 'true\n',
      'hooks/root': '#!/bin/sh\n',
      'hooks/x': '',
    })
    expect(refused(folder).split('\n')).toEqual([
      './hooks/boot:1:1 expected #!/bin/bash or the like in the first line',
      './hooks/root: may not be run: chmod +x ./hooks/root',
      './hooks/x: there is no such hook: expected hooks/root or hooks/boot',
    ])
  })
})

describe('packages/', () => {
  test('are installed by their names', () => {
    const plan = planIn(folderWith({ 'packages/my-synth_1%3a2.0-1_arm64.deb': 'x' }))
    expect(plan.rootfs.packages).toContain('my-synth')
    expect(plan.packages.debs?.map(({ file }) => file)).toEqual(['my-synth_1%3a2.0-1_arm64.deb'])
    expect(plan.packages.asked.map(({ name }) => name)).toContain('my-synth')
  })

  test.each([
    [
      'with a name that apt takes for a sign',
      'nano-_1_all.deb',
      'expected a package, called NAME_VERSION_ARCHITECTURE.deb as dpkg-deb --build DIRECTORY . does',
    ],
    ['for another architecture', 'my-a_1_armhf.deb', 'is for armhf, and the image is for arm64'],
    [
      'that downbeat compiles',
      'jackd2_9_arm64.deb',
      'downbeat compiles jackd2 itself, with its own patches: take it away',
    ],
    [
      'with another name',
      'mine.deb',
      'expected a package, called NAME_VERSION_ARCHITECTURE.deb as dpkg-deb --build DIRECTORY . does',
    ],
  ])('%s is refused', (_, file, why) => {
    expect(refused(folderWith({ [`packages/${file}`]: 'x' }))).toBe(`./packages/${file}: ${why}`)
  })

  test('that a tuning keeps out, or twice, too', () => {
    const folder = folderWith({ 'packages/my-a_1_all.deb': '', 'packages/my-a_2_all.deb': '' })
    expect(refused(folder)).toBe(
      './packages/my-a_2_all.deb: is the same package as ./packages/my-a_1_all.deb: keep one of the two',
    )
    expect(refused(folderWith({ 'packages/pulseaudio_1_all.deb': '' }))).toMatch(
      /^\.\/packages\/pulseaudio_1_all\.deb: the tuning \S+ keeps pulseaudio out of the image/,
    )
  })

  const control =
    'Package: a\nVersion: 1:2\nArchitecture: all\nDepends: b,\n c (>= 1)\nDescription: d\n e\n'
  const said = { name: 'a', place: 'packages/a_2_all.deb', arch: 'arm64' }

  test('one is in the list that apt asks, with what it needs', () => {
    expect(entryOf(control, said)).toBe(
      `Package: a\nDepends: b, c (>= 1)\nVersion: 1:2\nArchitecture: all\nFilename: ./a.deb\nSize: 1\nSHA256: ${'0'.repeat(64)}\n`,
    )
  })

  test.each([
    [
      'no package',
      'dpkg-deb: error: not a Debian format archive',
      /^packages\/a_2_all\.deb: is no Debian package/,
    ],
    [
      'another package',
      control.replace('Package: a', 'Package: z'),
      /its name says a, and the package in it is z: rename the file$/,
    ],
    [
      'of another architecture',
      control.replace('all', 'amd64'),
      /is for amd64, whatever its name says, and the image is for arm64$/,
    ],
  ])('%s in it is refused', (_, text, why) => {
    expect(refusal(() => entryOf(text, said))).toMatch(why)
  })
})

describe('lines of one’s own', () => {
  const lines = (text: string): string[] => [`config_txt=${text}`]

  test('come last in config.txt, and parameters in cmdline.txt', () => {
    const plan = planIn(folderWith({}), [
      'config_txt=[dtparam=spi=on, "[pi4]", dtoverlay=serial-midi]',
      'cmdline=[a.b=1]',
    ])
    const text = (name: string): string =>
      render(plan.configure).find(({ path }) => path === name)!.text
    expect(text('config.txt')).toMatch(
      /\[all\]\n#[^\n]*\ndtparam=spi=on\n\[pi4\]\ndtoverlay=serial-midi\n$/,
    )
    expect(text('cmdline.txt')).toMatch(/ a\.b=1 *\n$/)
    // an overlay of ours that they name is tried on the trees, too
    expect(plan.overlays!.tried).toContainEqual({
      overlay: 'serial-midi',
      device_tree: 'bcm2711-rpi-4-b',
    })
  })

  test.each([
    [
      'what the image says itself',
      lines('[kernel=x.img]'),
      /config_txt: the image says kernel itself: choose it by kernel\.source$/,
    ],
    [
      'what a tuning says otherwise',
      lines('[force_turbo=0]'),
      /config_txt: force_turbo=0: clock-pinned says force_turbo=1: leave out your line, or say --set tunings\.clock-pinned=off$/,
    ],
    [
      'a parameter that does so',
      ['cmdline=[isolcpus=1]'],
      /cmdline: isolcpus=1: cpu-isolation says isolcpus=3: /,
    ],
    [
      'the root',
      ['cmdline=[root=/dev/sda]'],
      /cmdline: the image says root itself: choose it by root$/,
    ],
    [
      'a line that the firmware does not read to its end',
      lines(`[a=${'x'.repeat(97)}]`),
      /at most 98 characters/,
    ],
    [
      'two parameters in one',
      ['cmdline=["a b"]'],
      /expected one parameter without spaces and quotes$/,
    ],
  ])('%s is refused', (_, sets, why) => {
    expect(refusal(() => planIn(folderWith({}), sets))).toMatch(why)
  })

  test('what a tuning says in the same words may be said again', () => {
    expect(() => planIn(folderWith({}), lines('[force_turbo=1]'))).not.toThrow()
  })
})
