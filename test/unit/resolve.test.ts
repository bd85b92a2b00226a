import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { DiskPlan, Plan } from '../../lib/plan/plan.ts'
import { accepts } from '../../lib/plan/proofs/proof.ts'
import { latency } from '../../lib/plan/choices/jack.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import {
  archOf,
  boardOf,
  cardOf,
  catalogueAt,
  choiceFiles,
  copyOfRepository,
  filesOf,
  idsOf,
  planOf,
  refusal,
  refusalOf,
  repository,
  wholePlanOf,
} from './fixtures.ts'
import { classes } from './kernel-choices.ts'
import type { Edits } from './fixtures.ts'

const choices = (text: string): Edits => ({ 'image.yaml': text })
const tuning = (text: string): string => `about: a test\nsource: a test\n${text}\n`
const proof = 'proof: [{ run: "true", prints: "" }]'
const of = (plan: Plan, id: string) => plan.tunings.find((one) => one.id === id)
const four = 'board: pi4b\nsoundcard: usb\n'
const threeAndFour = 'board: [pi3b, pi4b]\nsoundcard: usb\n'

test.each(choiceFiles)('%s makes a plan', (file) => {
  const plan = resolve(catalogueAt(repository), join(repository, file))
  expect(plan.boards.length).toBeGreaterThan(0)
  expect(plan.kernel!.fragments.length).toBeGreaterThan(0)
})

test('every board makes a plan with every sound card', () => {
  const made = new Set<string>()
  const kinds = new Set<string>()
  for (const arch of ['arm64', 'armhf', 'armel'] as const) {
    const root = copyOfRepository(arch === 'arm64' ? {} : archOf(arch))
    const catalogue = catalogueAt(root)
    for (const board of idsOf('boards')
      .map(boardOf)
      .filter((one) => one.arch.includes(arch))) {
      // Of boards that differ in nothing that a card is asked for, and with fewer bits than a board can
      // have, one card is enough: kernel-choice.test.ts has all of them.
      const { soc, header, audio_jack, i2s_lanes, device_tree } = board
      const kind = [soc, header, audio_jack, i2s_lanes, device_tree.mainline === undefined].join()
      const first = board.arch[0] === arch && !kinds.has(kind)
      kinds.add(kind)
      for (const card of first ? classes.map(([id]) => id!) : ['usb']) {
        // a chip or a card that the default kernel does not know
        const { overlay } = catalogueAt(repository).entry('soundcards', card, 'test').value
        const unknown =
          board.device_tree.mainline === undefined || (overlay && overlay.mainline === undefined)
        const kernel = unknown ? ['kernel.source=raspberrypi'] : []
        if (unknown && arch !== 'arm64') continue
        const make = () =>
          resolve(
            catalogue,
            join(root, 'image.yaml'),
            [`board=${board.id}`, `soundcard=${card}`, ...kernel],
            { alone: true },
          )
        if (
          catalogueAt(repository).entry('soundcards', card, 'test').value.bus === 'onboard' &&
          !board.audio_jack
        ) {
          expect(refusal(make)).toBe(
            `--set soundcard=${card} soundcard: ${board.name} has no headphone socket, which ${card} is (./downbeat list soundcards shows what there is)`,
          )
          continue
        }
        if (board.header === 26 && cardOf(card).bus === 'i2s') {
          expect(refusal(make)).toBe(
            `--set soundcard=${card} soundcard: the header of ${board.name} has 26 pins: GPIO 19 and 20, which ${card} needs, are not among them. A USB card fits (./downbeat list soundcards shows what there is)`,
          )
          continue
        }
        if (cardOf(card).i2s_lanes > board.i2s_lanes) {
          expect(refusal(make)).toMatch(
            new RegExp(
              `^--set soundcard=${card} soundcard: ${card} needs 4 data lines of I2S, and ${board.name} has 1 on its header; --board `,
            ),
          )
          continue
        }
        const cannot = cardOf(card).on.filter((on) => on.cannot !== undefined)
        if (cannot.some((on) => on.board?.includes(board.id))) {
          const why = unknown ? 'raspberrypi does not do here: its ' : 'raspberrypi: its '
          expect(refusal(make)).toContain(why)
          continue
        }
        const plan = make()
        expect([plan.boards.map(({ id }) => id), plan.soundcard.id]).toEqual([[board.id], card])
        expect(filesOf(plan).get('/boot/firmware/config.txt')).toContain(`#   ${board.name}\n`)
        made.add(board.id)
      }
    }
  }
  expect([...made].sort()).toEqual(idsOf('boards'))
})

test.each(choiceFiles)(
  '%s is for an image whose first boot and settings are switched on',
  (file) => {
    const { enable } = resolve(catalogueAt(repository), join(repository, file)).image
    for (const name of ['first-boot', 'settings', 'autostart']) {
      const unit = `downbeat-${name}.service`
      expect(enable).toContainEqual({
        text: unit,
        by: expect.stringContaining(`templates/root/etc/systemd/system/${unit}`) as string,
      })
    }
  },
)

test('every board has its overlays for MIDI, and a tree that its kernel makes', () => {
  const paths = planOf().overlays!.sources.map(({ path }) => path)
  for (const { id, uart_midi, device_tree } of idsOf('boards').map(boardOf)) {
    const { mainline, downstream } = device_tree
    const named = Object.values(uart_midi).map((name) => `${name}.dts`)
    expect(named.length, id).toBeGreaterThan(0)
    expect(paths, id).toEqual(expect.arrayContaining(named))
    expect(downstream, id).toMatch(/^bcm2708|^bcm2709|^bcm2710|^bcm2711|^bcm2712/)
    if (mainline !== undefined)
      expect(mainline, id).toMatch(/^bcm28(35|36|37)-rpi-|^bcm271[12]-rpi-/)
  }
})

describe('a choice that there is not', () => {
  test.each([
    [
      'board',
      'board: pi4c\nsoundcard: usb\n',
      'image.yaml:1:8: there is no boards/pi4c.yaml (did you mean "pi4b"?)',
    ],
    [
      'one of several boards',
      'board: [pi3b, pi4c]\nsoundcard: usb\n',
      'image.yaml:1:15: there is no boards/pi4c.yaml (did you mean "pi4b"?)',
    ],
    [
      'sound card',
      'board: pi4b\nsoundcard: ubs\n',
      'image.yaml:2:12: there is no soundcards/ubs.yaml (did you mean "usb"?)',
    ],
    [
      'base',
      `${four}base: debian-trixie-arm65\n`,
      'image.yaml:3:7 base: there is no bases/debian-trixie-arm65.yaml (did you mean "debian-trixie-arm64"?)',
    ],
    [
      'kernel',
      `${four}kernel: { source: debain }\n`,
      'image.yaml:3:19 kernel.source: there is no kernel/debain.yaml (did you mean "debian"?)',
    ],
    [
      'tuning',
      `${four}tunings:\n  no-swp: off\n`,
      'image.yaml:4:11 tunings.no-swp: there is no tunings/no-swp.yaml (did you mean "no-swap"?)',
    ],
  ])('of a %s is answered with its place and the nearest one', (_, text, message) => {
    expect(refusalOf(choices(text))).toBe(message)
  })

  test('on the command line is placed there', () => {
    expect(refusalOf(choices(four), ['board=pi4c'])).toBe(
      '--set board=pi4c: there is no boards/pi4c.yaml (did you mean "pi4b"?)',
    )
    expect(refusalOf(choices(four), ['tunings.no-swp=off'])).toBe(
      '--set tunings.no-swp=off tunings.no-swp: there is no tunings/no-swp.yaml (did you mean "no-swap"?)',
    )
    expect(refusalOf(choices(four), ['jack.perod=64'])).toBe(
      '--set jack.perod=64 jack.perod: unknown key (did you mean "period"?)',
    )
  })

  test('of no form at all is told what --set takes', () => {
    expect(refusalOf(choices(four), ['jack.period'])).toBe(
      '--set jack.period: expected key=value, such as --set jack.period=64',
    )
    expect(refusalOf(choices(four), ['=64'])).toBe(
      '--set =64: expected key=value, such as --set jack.period=64',
    )
  })

  test('of a file is told its name', () => {
    expect(
      refusal(() => resolve(catalogueAt(repository), join(repository, 'variants/none.yaml'))),
    ).toBe('variants/none.yaml: there is no such file')
  })
})

describe('choices that do not go together are refused before anything is built:', () => {
  test('a board that does not run the architecture of the base', () => {
    const edits = {
      ...choices(threeAndFour),
      'boards/pi4b.yaml': (text: string) => text.replace('[arm64, armhf]', '[armhf, armel]'),
    }
    expect(refusalOf(edits)).toBe(
      'image.yaml:1:15 board: pi4b does not run arm64, which debian-trixie-arm64 is made of: it runs armhf, armel (--base debian-trixie-armhf or --base raspios-lite-armhf)',
    )
  })

  test('boards that no kernel serves together, with any card', () => {
    const said = (board: string, instead: string): string =>
      `image.yaml:1:9 board: ${board} does not run arm64, which debian-trixie-arm64 is made of: it runs armel (${instead})`
    const alone = 'no kernel runs on all of these boards: make an image for each'
    expect(refusalOf(choices('board: [pi0, pi5]\nsoundcard: usb\n'))).toBe(said('pi0', alone))
    expect(refusalOf(choices('board: [pi0, pi0w]\nsoundcard: usb\n')).split('\n')[0]).toBe(
      said('pi0', '--base debian-trixie-armel or --base raspios-lite-armhf'),
    )
  })

  test('a board that is named twice', () => {
    expect(refusalOf(choices('board: [pi5, pi4b, pi5]\nsoundcard: usb\n'))).toBe(
      'image.yaml:1:8 board: a board is in the list twice: name it once',
    )
    expect(refusalOf(choices(four), ['board=[pi5,pi5]'])).toBe(
      '--set board=[pi5,pi5] board: a board is in the list twice: name it once',
    )
  })

  test('a kernel that is not built for the architecture of the base', () => {
    const edits = {
      ...choices(`${four}kernel: { source: debian }\n`),
      'kernel/debian.yaml': (text: string) => text.replace('arch: [arm64]', 'arch: [armhf]'),
    }
    expect(refusalOf(edits)).toBe(
      'image.yaml:3:19 kernel.source: debian does not do here: it is not built for arm64; --set kernel.source=backports or --set kernel.source=raspberrypi or --set kernel.source=packaged',
    )
  })

  test('a kernel that wants a fragment that is not there', () => {
    const edits = { ...choices(four), 'kernel/fragments/40-audio.config': null }
    expect(refusalOf(edits)).toMatch(
      /^kernel\/debian\.yaml: there is no kernel\/fragments\/40-audio\.config/,
    )
  })

  test('a rate that the card has not', () => {
    expect(refusalOf(choices(`${four}jack:\n  rate: 22050\n`))).toBe(
      'image.yaml:4:9 jack.rate: a class-compliant USB interface does not run at 22050 Hz (it runs at 44100, 48000, 88200, 96000, 176400, 192000)',
    )
  })

  test('a period that is too small for the card', () => {
    const edits = {
      ...choices(four),
      'soundcards/usb.yaml': (text: string) =>
        text.replace('smallest_period: 16', 'smallest_period: 64'),
    }
    expect(refusalOf(edits, ['jack.period=32'])).toBe(
      '--set jack.period=32 jack.period: 32 frames is below the 64 that a class-compliant USB interface can do',
    )
    const root = copyOfRepository(edits)
    expect(
      resolve(catalogueAt(root), join(root, 'image.yaml'), ['jack.period=64']).configure.view.jack
        .period,
    ).toBe(64)
  })

  test('a package that a tuning keeps out', () => {
    const kept = (name: string): string =>
      `the tuning no-session-daemons keeps ${name} out of the image; --set tunings.no-session-daemons=off allows it`
    expect(refusalOf(choices(`${four}packages: [ardour, rtkit]\n`))).toBe(
      `image.yaml:3:20 packages: ${kept('rtkit')}`,
    )
    const x = { 'tunings/x.yaml': tuning(`change: { packages: [pipewire] }\n${proof}`) }
    expect(refusalOf({ ...choices(four), ...x })).toBe(
      `tunings/x.yaml change.packages: ${kept('pipewire')}`,
    )
    const base = {
      'bases/debian-trixie-arm64.yaml': (text: string) =>
        text.replace('\npackages:\n', '\npackages:\n  gvfs: a test\n'),
    }
    expect(refusalOf({ ...choices(four), ...base })).toBe(
      `bases/debian-trixie-arm64.yaml packages: ${kept('gvfs')}`,
    )
    const free = planOf(choices(`${four}packages: [rtkit]\ntunings: { no-session-daemons: off }\n`))
    expect(free.rootfs.packages).toContain('rtkit')
  })

  test('a headphone socket that a board of the image does not have', () => {
    const lacking = (board: string): string =>
      `image.yaml:2:12 soundcard: Raspberry Pi ${board} has no headphone socket, which onboard is (./downbeat list soundcards shows what there is)`
    expect(refusalOf(choices('board: [pi3b, pi400, pi5]\nsoundcard: onboard\n'))).toBe(
      `${lacking('400')}\n${lacking('5')}`,
    )
    expect(planOf(choices('board: [pi3b, pi4b]\nsoundcard: onboard\n')).soundcard.id).toBe(
      'onboard',
    )
  })

  test('a tuning whose template is not there', () => {
    const edits = {
      ...choices(four),
      'tunings/x.yaml': tuning(`change: { files: [root/etc/hostnme.hbs] }\n${proof}`),
    }
    expect(refusalOf(edits)).toMatch(
      /^tunings\/x\.yaml.* change\.files: there is no templates\/root\/etc\/hostnme\.hbs \(did you mean "root\/etc\/hostname\.hbs"\?\)$/,
    )
  })

  test('a tuning whose text asks for a fact that there is not', () => {
    const edits = {
      ...choices(four),
      'tunings/x.yaml': tuning(`change: { cmdline: ["x={{jack.perod}}"] }\n${proof}`),
    }
    expect(refusalOf(edits)).toMatch(
      /^tunings\/x\.yaml.*: no such fact: \{\{jack\.perod\}\} \(did you mean "jack\.period"\?\)$/,
    )
  })
})

describe('a tuning', () => {
  test('is in force on every board unless something is said against it', () => {
    expect(of(planOf(choices(threeAndFour)), 'no-swap')).toMatchObject({ boards: ['pi3b', 'pi4b'] })
    expect(of(planOf(choices(threeAndFour)), 'no-swap')).not.toHaveProperty('off')
  })

  test('that is switched off says where, and takes its changes, templates and proofs with it', () => {
    const on = planOf(choices(four))
    const off = planOf(choices(`${four}tunings:\n  volatile-journal: off\n  no-swap: off\n`))
    expect(of(off, 'no-swap')).toMatchObject({ off: 'switched off at image.yaml:5:12', proofs: [] })
    const swappiness = { text: 'vm.swappiness = 10', by: 'no-swap' }
    expect(on.configure.view.sysctl).toContainEqual(swappiness)
    expect(off.configure.view.sysctl).not.toContainEqual(swappiness)
    const template = 'root/etc/systemd/journald.conf.d/volatile.conf'
    expect(on.configure.templates.map(({ path }) => path)).toContain(template)
    expect(off.configure.templates.map(({ path }) => path)).not.toContain(template)
  })

  test('that is switched off on the command line says so', () => {
    expect(of(planOf(choices(four), ['tunings.no-swap=off']), 'no-swap')?.off).toBe(
      'switched off at --set tunings.no-swap=off',
    )
  })

  test('that is off by default is on when it is asked for', () => {
    const edits = { 'tunings/x.yaml': tuning(`default: off\nchange: { cmdline: [x=1] }\n${proof}`) }
    expect(of(planOf({ ...choices(four), ...edits }), 'x')?.off).toBe(
      'switched off unless asked for',
    )
    const asked = planOf({ ...choices(`${four}tunings: { x: on }\n`), ...edits })
    expect(of(asked, 'x')?.off).toBeUndefined()
    expect(asked.configure.view.cmdline).toContainEqual({ text: 'x=1', by: 'x' })
  })

  test('whose condition does not hold says which one', () => {
    expect(of(planOf(choices(four)), 'i2s-card-first')?.off).toBe('soundcard.bus is usb, not i2s')
  })

  test('that fits some boards of a shared image changes config.txt in their section only', () => {
    const plan = planOf({
      ...choices(threeAndFour),
      'tunings/x.yaml': tuning(
        `when: { board.soc: bcm2711 }\nchange: { config_txt: [mine=1] }\n${proof}`,
      ),
    })
    expect(of(plan, 'x')).toMatchObject({ boards: ['pi4b'] })
    expect(of(plan, 'x')?.off).toBeUndefined()
    expect(plan.configure.view.config_txt).toContainEqual({
      filter: 'pi4',
      lines: expect.arrayContaining([{ text: 'mine=1', by: 'x' }]) as unknown,
    })
  })

  test('that fits some boards of a shared image only, and changes what they share, is off and says so', () => {
    const plan = planOf({
      ...choices(threeAndFour),
      'tunings/x.yaml': tuning(
        `when: { board.soc: bcm2711 }\nchange: { config_txt: [mine=1], cmdline: [x=1] }\n${proof}`,
      ),
    })
    expect(of(plan, 'x')?.off).toBe('fits only pi4b of the boards that share this image')
    expect(plan.configure.view.cmdline.map(({ by }) => by)).not.toContain('x')
    expect(JSON.stringify(plan.configure.view.config_txt)).not.toContain('mine=1')
  })

  test('may ask for what only some boards and cards have, and is off where there is none', () => {
    const ethernet = {
      'tunings/x.yaml': tuning(
        `when: { board.ethernet.driver: smsc95xx }\nchange: { config_txt: [x=1] }\n${proof}`,
      ),
    }
    expect(
      of(planOf({ ...choices('board: pi3b\nsoundcard: usb\n'), ...ethernet }), 'x')?.off,
    ).toBeUndefined()
    expect(
      of(planOf({ ...choices('board: zero2w\nsoundcard: usb\n'), ...ethernet }), 'x')?.off,
    ).toBe('board.ethernet.driver is not set, not smsc95xx')
  })

  test('that is asked for and cannot be had is refused at its place, with the fact and the reason', () => {
    const one = { ...archOf('armel'), ...choices('board: pi1b\nsoundcard: usb\n') }
    const why =
      'tunings.cpu-isolation: cannot be had here: board.cores is 1, not at least 4. With fewer than four cores nothing would be left for everything else; without a sound card there is nothing to keep one for'
    expect(refusalOf(one, ['tunings.cpu-isolation=on'])).toBe(
      `--set tunings.cpu-isolation=on ${why}`,
    )
    expect(
      refusalOf({
        ...one,
        ...choices('board: pi1b\nsoundcard: usb\ntunings:\n  cpu-isolation: on\n'),
      }),
    ).toBe(`image.yaml:4:18 ${why}`)
    expect(of(planOf(one), 'cpu-isolation')?.off).toBe('board.cores is 1, not at least 4')
    expect(of(planOf(one, ['tunings.cpu-isolation=off']), 'cpu-isolation')?.off).toBe(
      'switched off at --set tunings.cpu-isolation=off',
    )
    // Without a reason of its own the fact has to do.
    expect(refusalOf(choices(four), ['tunings.i2s-card-first=on'])).toBe(
      '--set tunings.i2s-card-first=on tunings.i2s-card-first: cannot be had here: soundcard.bus is usb, not i2s',
    )
    expect(refusalOf(choices(four), ['tunings.smsc95xx-turbo=on'])).toBe(
      '--set tunings.smsc95xx-turbo=on tunings.smsc95xx-turbo: cannot be had here: board.ethernet.driver is genet, not smsc95xx. Only the boards 1B, 1B+, 2B and 3B have this chip; the one of the 3B+ has no such mode',
    )
    // What only some boards of the image can have, and all would get, is refused in the same way.
    const shared = { ...archOf('armhf'), ...choices('board: [pi2b, pi3b]\nsoundcard: usb\n') }
    const some = {
      'tunings/x.yaml': tuning(
        `when: { board.soc: bcm2837 }\notherwise: a reason\nchange: { cmdline: [x=1] }\n${proof}`,
      ),
    }
    expect(refusalOf({ ...shared, ...some }, ['tunings.x=on'])).toBe(
      '--set tunings.x=on tunings.x: cannot be had here: fits only pi3b of the boards that share this image. a reason',
    )
  })

  test('that does nothing on boards it does not fit is in force if one board of several fits', () => {
    const plan = planOf(choices(threeAndFour))
    expect(of(plan, 'smsc95xx-turbo')).toMatchObject({ boards: ['pi3b'] })
    expect(of(plan, 'smsc95xx-turbo')).not.toHaveProperty('off')
    expect(plan.configure.view.cmdline).toContainEqual({
      text: 'smsc95xx.turbo_mode=N',
      by: 'smsc95xx-turbo',
    })
    expect(
      of(planOf(choices('board: [pi3b-plus, pi4b]\nsoundcard: usb\n')), 'smsc95xx-turbo')?.off,
    ).toBe('board.ethernet.driver is lan78xx, not smsc95xx')
    const harmful = {
      'tunings/smsc95xx-turbo.yaml': (text: string) => text.replace('harmless: true\n', ''),
    }
    expect(of(planOf({ ...choices(threeAndFour), ...harmful }), 'smsc95xx-turbo')?.off).toBe(
      'fits only pi3b of the boards that share this image',
    )
  })

  test('speaks in config.txt of the facts of each board, and the same line for all is one', () => {
    const x = tuning(
      `change: { config_txt: ["x={{board.cores}}", "y={{board.clocks.arm_freq}}"] }\n${proof}`,
    )
    const plan = planOf(
      {
        ...choices('board: [pi3b, pi3b-plus, pi4b]\nsoundcard: usb\n'),
        'tunings/x.yaml': x,
      },
      ['tunings.board-config=off'],
    )
    const by = 'x'
    const sections = plan.configure.view.config_txt
    expect(sections.find(({ filter }) => filter === 'all')?.lines).toContainEqual({
      text: 'x=4',
      by,
    })
    expect(sections.filter(({ filter }) => filter !== 'all')).toEqual([
      { filter: 'board-type=0x08', lines: [{ text: 'y=1200', by }] },
      { filter: 'pi3+', lines: [{ text: 'y=1400', by }] },
      { filter: 'pi4', lines: [{ text: 'y=1500', by }] },
    ])
    // 2B: the good UART is free; 3B: it is Bluetooth's.
    const midi = planOf(
      { ...archOf('armhf'), ...choices('board: [pi2b, pi3b]\nsoundcard: usb\n') },
      ['tunings.uart-midi=on', 'tunings.serial-console=off'],
    )
    const config = filesOf(midi).get('/boot/firmware/config.txt')!
    expect(config).toContain(
      '\n[pi2]\n# uart-midi\ndtoverlay=serial-midi\n# usb-current\nmax_usb_current=1\n',
    )
    expect(config).toContain('\n[pi3]\n# uart-midi\ndtoverlay=serial-midi-bluetooth\n')
  })

  test('that names a list has a line for each of its values', () => {
    const plan = planOf(
      choices(
        'board: pi3b\nsoundcard: usb\noverclock: { arm_freq: 1300, core_freq: 450, over_voltage: 2 }\n',
      ),
    )
    const all = plan.configure.view.config_txt.find(({ filter }) => filter === 'all')!.lines
    expect(all.filter(({ by }) => by === 'overclock').map(({ text }) => text)).toEqual([
      'arm_freq=1300',
      'core_freq=450',
      'over_voltage=2',
    ])
  })

  test('without a network keeps out the drivers of all boards of the image', () => {
    const text = 'board: [pi3b, pi3b-plus, pi4b, pi400, zero2w]\nsoundcard: usb\n'
    const plan = planOf(choices(text), ['tunings.no-ethernet=on'])
    expect(
      filesOf(plan)
        .get('/etc/modprobe.d/downbeat.conf')!
        .match(/^blacklist .*$/gm),
    ).toEqual(['blacklist genet', 'blacklist lan78xx', 'blacklist smsc95xx'])
    expect(of(plan, 'no-ethernet')).toMatchObject({
      boards: ['pi3b', 'pi3b-plus', 'pi4b', 'pi400'],
    })
    const { proofs } = of(plan, 'no-ethernet')!
    const matches = '^blacklist (genet|lan78xx|smsc95xx)$'
    expect(proofs).toContainEqual(
      expect.objectContaining({ file: '/etc/modprobe.d/downbeat.conf', matches }),
    )
    expect(accepts({ matches }, filesOf(plan).get('/etc/modprobe.d/downbeat.conf'))).toBe(true)
    expect(proofs).toContainEqual(
      expect.objectContaining({
        run: expect.stringContaining("'^(genet|lan78xx|smsc95xx) '") as string,
      }),
    )
    expect(filesOf(planOf(choices(text))).get('/etc/modprobe.d/downbeat.conf')).not.toMatch(
      /^blacklist/m,
    )
    expect(refusalOf(choices('board: zero2w\nsoundcard: usb\n'), ['tunings.no-ethernet=on'])).toBe(
      '--set tunings.no-ethernet=on tunings.no-ethernet: cannot be had here: board.ethernet.driver is not set, not smsc95xx or lan78xx or genet or macb. These boards have no Ethernet, or its driver is not a module (bcm2711_rt_defconfig) that could be left out',
    )
  })

  test('may keep modules out, and mount the root file system in its own way', () => {
    const x = tuning(
      `change: { blacklist: [snd_x, "snd_{{soundcard.bus}}"], root_mount: [data=writeback, "commit={{jack.period}}"] }\n${proof}`,
    )
    const files = filesOf(planOf({ ...choices(four), 'tunings/x.yaml': x }))
    expect(files.get('/etc/modprobe.d/downbeat.conf')).toContain(
      '\n# x\nblacklist snd_x\n# x\nblacklist snd_usb\n',
    )
    expect(files.get('/etc/fstab')).toMatch(
      /^UUID=[0-9a-f-]{36} \/ ext4 defaults,noatime,commit=60,data=writeback,commit=128 0 1$/m,
    )
    expect(files.get('/etc/fstab')).toContain('\n# data=writeback: x\n# commit=128: x\n')
    const plain = filesOf(planOf(choices(four), ['tunings.fewer-card-writes=off']))
    expect(plain.get('/etc/fstab')).toMatch(/^UUID=[0-9a-f-]{36} \/ ext4 defaults,noatime 0 1$/m)
  })

  test('may warn, and does so just where it is in force', () => {
    const x = {
      'tunings/x.yaml': tuning(
        `default: off\nwarns: "{{jack.period}} frames are few"\nchange: {}\n${proof}`,
      ),
    }
    expect(planOf({ ...choices(four), ...x }, ['tunings.x=on']).warnings).toContain(
      'tunings.x: 128 frames are few',
    )
    expect(planOf({ ...choices(four), ...x }).warnings.join('\n')).not.toContain('frames are few')
  })

  test('that asks for a fact that no board has is refused with its place and the nearest fact', () => {
    const edits = {
      ...choices(four),
      'tunings/x.yaml': tuning(`when:\n  board.core: 4\nchange: {}\n${proof}`),
    }
    expect(refusalOf(edits)).toBe(
      'tunings/x.yaml:4:15 when.board.core: no such fact (did you mean "board.cores"?)',
    )
  })

  test('speaks of the facts of this image in its changes and proofs', () => {
    const plan = planOf(
      {
        ...choices(four),
        'tunings/x.yaml': tuning(
          'change: { cmdline: ["x={{jack.period}}"] }\nproof: [{ run: "echo {{soundcard.id}}", prints: "{{jack.period}}" }]',
        ),
      },
      ['jack.period=256'],
    )
    expect(plan.configure.view.cmdline).toContainEqual({ text: 'x=256', by: 'x' })
    expect(of(plan, 'x')?.proofs).toEqual([{ run: 'echo usb', prints: '256', on: 'boot' }])
  })

  test('may speak of facts that an image without it does not have', () => {
    const plan = planOf(choices(four))
    expect(plan.soundcard.alsa_id).toBeUndefined()
    expect(of(plan, 'i2s-card-first')?.off).toBeDefined()
  })

  test('that is new is one new file and nothing else', () => {
    const plan = planOf({
      'tunings/x.yaml': tuning(`change:
  config_txt: [a=1]
  cmdline: [b=1]
  kernel: [CONFIG_C=y]
  modprobe: [options d e=1]
  sysctl: { vm.f: 1 }
  limits: ["@audio - nice -10"]
  fstab: ["tmpfs /g tmpfs defaults 0 0"]
  udev: ['KERNEL=="h"']
  mask: [i.service]
  enable: [j.service]
  packages: [kk]
  absent: [ll]
  files: [root/etc/m.hbs]
${proof}`),
      'templates/root/etc/m.hbs': 'n\n',
    })
    const by = 'x'
    const { view, templates } = plan.configure
    expect(view.config_txt[0]?.lines).toContainEqual({ text: 'a=1', by })
    expect(view.cmdline).toContainEqual({ text: 'b=1', by })
    expect(plan.kernel!.options).toContainEqual({ text: 'CONFIG_C=y', by })
    expect(view.modprobe).toContainEqual({ text: 'options d e=1', by })
    expect(view.sysctl).toContainEqual({ text: 'vm.f = 1', by })
    expect(view.limits).toContainEqual({ text: '@audio - nice -10', by })
    expect(view.fstab).toContainEqual({ text: 'tmpfs /g tmpfs defaults 0 0', by })
    expect(view.udev).toContainEqual({ text: 'KERNEL=="h"', by })
    expect(plan.image.mask).toContainEqual({ text: 'i.service', by })
    expect(plan.image.enable).toContainEqual({ text: 'j.service', by })
    expect(plan.rootfs.packages).toContain('kk')
    expect(plan.rootfs.absent).toContainEqual({ text: 'll', by })
    expect(templates).toContainEqual({ path: 'root/etc/m.hbs', text: 'n\n', executable: false })
    expect(of(plan, by)?.proofs).toHaveLength(1)
  })
})

describe('the plan', () => {
  test('names an image after its file, unless it has a name of its own', () => {
    const root = copyOfRepository({
      'image.yaml': four,
      'variants/stage-left.yaml': four,
      'variants/named.yaml': `${four}name: other\n`,
    })
    expect(resolve(catalogueAt(root), join(root, 'variants/stage-left.yaml')).name).toBe(
      'stage-left',
    )
    expect(resolve(catalogueAt(root), join(root, 'variants/named.yaml')).name).toBe('other')
    expect(resolve(catalogueAt(root), join(root, 'image.yaml')).name).toBe('pi4b-usb')
    expect(resolve(catalogueAt(root), join(root, 'image.yaml'), ['board=pi3b']).name).toBe(
      'pi3b-usb',
    )
    expect(planOf(choices(threeAndFour)).name).toBe('pi3b-and-others-usb')
  })

  test('holds the files of every board of a shared image, each once', () => {
    const { firmware, configure } = planOf(
      choices('board: [pi3b, pi3b-plus, pi4b]\nsoundcard: usb\n'),
    )
    expect(firmware?.files).toEqual([
      'bootcode.bin',
      'fixup.dat',
      'fixup4.dat',
      'fixup4cd.dat',
      'fixup_cd.dat',
      'start.elf',
      'start4.elf',
      'start4cd.elf',
      'start_cd.elf',
    ])
    expect(configure.view.image.boards).toEqual([
      'Raspberry Pi 3 Model B',
      'Raspberry Pi 3 Model B+',
      'Raspberry Pi 4 Model B',
    ])
  })

  test('takes period, periods and rate from the card, unless the image says otherwise', () => {
    expect(planOf(choices(four)).configure.view.jack).toMatchObject({
      period: 128,
      periods: 3,
      rate: 48000,
      latency_ms: '8.0',
    })
    expect(
      planOf(choices(`${four}jack: { period: 64, rate: 96000 }\n`)).configure.view.jack,
    ).toMatchObject({
      period: 64,
      periods: 3,
      rate: 96000,
      latency_ms: '2.0',
    })
  })

  test('loads the overlay of the card on every board, and says that the card wants it', () => {
    const plan = planOf(choices('board: [pi3b, pi4b]\nsoundcard: hifiberry-dac\n'))
    expect(plan.configure.view.config_txt[0]).toMatchObject({
      filter: 'all',
      lines: expect.arrayContaining([
        { text: 'dtoverlay=hifiberry-dac', by: 'soundcards/hifiberry-dac' },
      ]),
    })
    const trees = ['bcm2837-rpi-3-b', 'bcm2711-rpi-4-b']
    expect(plan.overlays!.tried).toEqual(
      expect.arrayContaining(
        trees.map((device_tree) => ({ overlay: 'hifiberry-dac', device_tree })),
      ),
    )
    expect(new Set(plan.overlays!.tried.map(({ device_tree }) => device_tree))).toEqual(
      new Set(trees),
    )
    // so is that of a card which the image can be told
    const dac = { overlay: 'hifiberry-dac', device_tree: 'bcm2711-rpi-4-b' }
    expect(wholePlanOf(choices(four)).overlays!.tried).toContainEqual(dac)
    expect(
      wholePlanOf({ ...choices(four), 'soundcards/hifiberry-dac.yaml': null }).overlays!.tried,
    ).not.toContainEqual(dac)
  })

  test('installs the packages of the base, of the tunings and of the user, sorted and each once', () => {
    const { packages } = planOf(choices(`${four}packages: [zynaddsubfx, ardour, nano]\n`)).rootfs
    expect(packages).toEqual(expect.arrayContaining(['ardour', 'jackd2', 'nano', 'zynaddsubfx']))
    expect(packages).toEqual([...new Set(packages)].sort())
  })

  test('says where each value comes from', () => {
    const { origins } = planOf(choices(`${four}hostname: stage\njack:\n  period: 64\n`), [
      'jack.rate=44100',
    ])
    expect(origins).toMatchObject({
      board: { value: 'pi4b', from: 'image.yaml:1:8' },
      soundcard: { value: 'usb', from: 'image.yaml:2:12' },
      hostname: { value: 'stage', from: 'image.yaml:3:11' },
      base: { value: 'debian-trixie-arm64', from: 'default' },
      'jack.period': { value: '64', from: 'image.yaml:5:11' },
      'jack.periods': { value: '3', from: 'soundcards/usb.yaml' },
      'jack.rate': { value: '44100', from: '--set jack.rate=44100' },
      'jack.realtime_priority': { value: '70', from: 'priorities.yaml' },
      'jack.direction': { value: 'duplex', from: 'soundcards/usb.yaml' },
      overclock: { value: 'none', from: 'default' },
      'user.name': { value: 'musician', from: 'default' },
    })
  })

  test('takes lists from --set, too', () => {
    const plan = planOf(choices(four), [
      'board=[pi3b, pi400]',
      'packages=[ardour]',
      'accept=[warranty]',
    ])
    const fast = planOf(choices(four), ['overclock={ arm_freq: 2000, over_voltage: 6 }'])
    expect(fast.origins['overclock']).toEqual({
      value: '{"arm_freq":2000,"over_voltage":6}',
      from: '--set overclock={ arm_freq: 2000, over_voltage: 6 }',
    })
    expect(plan.boards.map(({ id }) => id)).toEqual(['pi3b', 'pi400'])
    expect(plan.rootfs.packages).toContain('ardour')
    expect(plan.origins).toMatchObject({
      board: { value: 'pi3b, pi400', from: '--set board=[pi3b, pi400]' },
    })
    expect(refusalOf(choices(four), ['packages=[Ardour]'])).toBe(
      '--set packages=[Ardour] packages.0: expected the name of a Debian package, such as nano',
    )
  })

  test('says that a value comes from the last --set of it', () => {
    const { origins } = planOf(choices(four), ['jack.period=64', 'jack.period=32'])
    expect(origins['jack.period']).toEqual({ value: '32', from: '--set jack.period=32' })
  })

  test('warns that nobody can log in where there is no key, and only there', () => {
    const warning =
      'no SSH key in user.ssh_keys: nobody can log in until downbeat.toml on the card has a key or a password'
    expect(planOf(choices(four)).warnings).toContain(warning)
    expect(
      planOf(choices(`${four}user: { ssh_keys: ["ssh-ed25519 AAAA me"] }\n`)).warnings,
    ).not.toContain(warning)
  })

  test('warns of boards without Ethernet, and speaks of Wi-Fi only where there is one', () => {
    const warned = (text: string, edits: Edits = {}): string[] =>
      planOf({ ...edits, ...choices(text) }).warnings.filter((one) => one.includes('Ethernet'))
    expect(warned('board: [pi3b, zero2w, pi3a-plus]\nsoundcard: usb\n')).toEqual([
      expect.stringMatching(
        /^Raspberry Pi Zero 2 W has no Ethernet\. Wi-Fi works only where /,
      ) as unknown,
      'Raspberry Pi 3 Model A+ has no Ethernet: name your Wi-Fi in downbeat.toml on the card, plug in a USB Ethernet adapter on a hub, beside the sound card, or use the serial console',
    ])
    expect(
      warned('board: [pi0, pi0w, pi1a-plus, pi1b]\nsoundcard: usb\n', archOf('armel')),
    ).toEqual([
      'Raspberry Pi Zero has neither Ethernet nor Wi-Fi: plug in a USB Ethernet adapter on a hub, beside the sound card, or use the serial console',
      'Raspberry Pi Zero W has no Ethernet: name your Wi-Fi in downbeat.toml on the card, plug in a USB Ethernet adapter on a hub, beside the sound card, or use the serial console',
      'Raspberry Pi 1 Model A+ has neither Ethernet nor Wi-Fi: plug in a USB Ethernet adapter or use the serial console',
    ])
  })

  test('warns of clocks that nobody has tried', () => {
    const warning = 'overclock: settings of your own, which nobody has tried on your board'
    expect(
      planOf(choices('board: pi3b\nsoundcard: usb\noverclock: { arm_freq: 1300 }\n')).warnings,
    ).toContain(warning)
    expect(planOf(choices('board: pi3b\nsoundcard: usb\n')).warnings).not.toContain(warning)
    const preset = {
      ...archOf('armhf'),
      ...choices('board: pi2b\nsoundcard: usb\noverclock: high\naccept: [sd-corruption]\n'),
    }
    expect(planOf(preset).warnings).not.toContain(warning)
  })

  test('repeats the notes of the card as warnings', () => {
    const plan = planOf({
      ...choices(four),
      'soundcards/usb.yaml': (text) => `${text}notes: [turn it down first]\n`,
    })
    expect(plan.warnings).toContain('a class-compliant USB interface: turn it down first')
  })

  test('is frozen to its last leaf', () => {
    const loose: string[] = []
    const walk = (value: unknown, path: string): void => {
      if (value === null || typeof value !== 'object') return
      if (!Object.isFrozen(value)) loose.push(path)
      for (const [key, one] of Object.entries(value)) walk(one, `${path}.${key}`)
    }
    walk(planOf(), 'plan')
    expect(loose).toEqual([])
  })

  test('is plain: it comes back from its printed form as it was', () => {
    const plan = planOf()
    expect(JSON.parse(JSON.stringify(plan))).toStrictEqual(plan)
  })

  test('holds the very text of templates, fragments, overlays and tools, so that no file is read after it', () => {
    const plan = planOf({
      'templates/root/etc/hostname.hbs': 'my own template\n',
      'kernel/fragments/40-audio.config': 'CONFIG_MINE=y\n',
      'kernel/overlays/mine.dts': '/* mine */\n',
      'kernel/patches/0001-usb-dwc2-full-speed-parameter.patch': '--- mine\n',
      'packages/tools/tone.c': 'int main(void);\n',
    })
    expect(plan.configure.templates).toContainEqual({
      path: 'root/etc/hostname.hbs',
      text: 'my own template\n',
      executable: false,
    })
    expect(plan.kernel!.fragments).toContainEqual({
      path: '40-audio.config',
      text: 'CONFIG_MINE=y\n',
      executable: false,
    })
    expect(plan.overlays!.sources).toContainEqual({
      path: 'mine.dts',
      text: '/* mine */\n',
      executable: false,
    })
    expect(plan.kernel!.patches).toContainEqual({
      path: '0001-usb-dwc2-full-speed-parameter.patch',
      text: '--- mine\n',
      executable: false,
    })
    expect(plan.tools.sources).toContainEqual({
      path: 'tone.c',
      text: 'int main(void);\n',
      executable: false,
    })
  })

  test('keeps the fragments of the kernel in the order of their file, because a later one wins', () => {
    const { builds } = parse(planTextOf('kernel/debian.yaml')) as {
      builds: { arm64: { fragments: string[] } }
    }
    expect(planOf().kernel!.fragments.map(({ path }) => path)).toEqual(builds.arm64.fragments)
  })

  test('is the same for a repository at another place', () => {
    expect(planOf()).toStrictEqual(planOf())
  })
})

const planTextOf = (path: string): string => {
  let text = ''
  copyOfRepository({ [path]: (was) => (text = was) })
  return text
}

describe('the identifiers of the disk', () => {
  const ids = (edits: Edits = {}, sets: string[] = []) => planOf(edits, sets).image.disk
  let was: DiskPlan | undefined

  test('are those of a disk, a FAT and an ext4 file system', () => {
    const { signature, fat_serial, root_uuid, hash_seed } = ids()
    expect(signature).toMatch(/^[0-9a-f]{8}$/)
    expect(fat_serial).toMatch(/^[0-9a-f]{8}$/)
    expect(root_uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(hash_seed).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(
      new Set([signature, fat_serial, root_uuid.slice(0, 8), hash_seed]).size,
    ).toBeGreaterThanOrEqual(3)
  })

  test('are the same whenever the image is the same', () => {
    expect(ids()).toEqual(ids())
  })

  test.each<[string, Edits, string[]]>([
    ['another board', {}, ['board=pi4b']],
    ['another sound card', {}, ['soundcard=hifiberry-dac']],
    ['another choice for JACK', {}, ['jack.period=64']],
    ['another host name', {}, ['hostname=other']],
    ['another name', {}, ['name=other']],
    ['a tuning switched off', {}, ['tunings.no-swap=off']],
    ['a profile', {}, ['profile=balanced']],
    [
      'another priority',
      { 'priorities.yaml': (text) => text.replace('jackd: 70', 'jackd: 71') },
      [],
    ],
    [
      'another priority of interrupts',
      { 'priorities.yaml': (text) => text.replace('usb: { priority: 85', 'usb: { priority: 86') },
      [],
    ],
    ['another clock', {}, ['overclock.arm_freq=1300', 'board=pi3b']],
    ['the root on USB', {}, ['root=usb']],
    [
      'another patch of the kernel',
      { 'kernel/patches/0001-usb-dwc2-full-speed-parameter.patch': '--- mine\n' },
      [],
    ],
    [
      'another text of a kernel fragment',
      { 'kernel/fragments/40-audio.config': (text) => `${text}# more\n` },
      [],
    ],
    [
      'another text of a template',
      { 'templates/root/etc/hosts.hbs': (text) => `${text}# more\n` },
      [],
    ],
    [
      'another text of an overlay',
      { 'kernel/overlays/hifiberry-dac.dts': (text) => `${text}// more\n` },
      [],
    ],
    ['another text of a tool', { 'packages/tools/tone.c': (text) => `${text}// more\n` }, []],
    [
      'another change of a tuning',
      { 'tunings/no-swap.yaml': (text) => text.replace('vm.swappiness: 10', 'vm.swappiness: 20') },
      [],
    ],
    [
      'another package of the base',
      {
        'bases/debian-trixie-arm64.yaml': (text) =>
          text.replace('  nano: an editor for a person at the console\n', ''),
      },
      [],
    ],
  ])('are others for %s, so that two different images never have the same', (_, edits, sets) => {
    was ??= ids()
    const is = ids(edits, sets)
    expect(is.signature).not.toBe(was.signature)
    expect(is.root_uuid).not.toBe(was.root_uuid)
  })
})

test('the latency of JACK is that of all its periods, and of one less where it waits for the programs', () => {
  const of = { period: 128, periods: 2, rate: 48000, synchronous: false }
  expect(latency(of)).toBeCloseTo(5.333, 3)
  expect(latency({ ...of, synchronous: true })).toBeCloseTo(2.667, 3)
  expect(latency({ ...of, period: 64, periods: 3, rate: 96000 })).toBe(2)
})

test('what the root file system needs cannot be switched off', () => {
  expect(
    refusalOf(choices(`board: pi3b\nsoundcard: usb\nroot: usb\ntunings: { usb-disks: off }\n`)),
  ).toBe('image.yaml:4:23 tunings.usb-disks: cannot be switched off with root: usb')
  expect(
    planOf(choices(`board: pi3b\nsoundcard: usb\ntunings: { usb-disks: off }\n`)).tunings.find(
      ({ id }) => id === 'usb-disks',
    )?.off,
  ).toMatch(/^switched off/)
})

test('memory that cannot be overclocked is refused', () => {
  expect(
    refusalOf(
      choices(`board: pi4b\nsoundcard: usb\noverclock: { arm_freq: 1600, sdram_freq: 500 }\n`),
    ),
  ).toBe(
    'image.yaml:3:12 overclock: sdram_freq cannot be changed on Raspberry Pi 4 Model B; only the boards up to the Pi 3 have that setting',
  )
})

test('a tuning that does nothing without another one is off with it, and refused where it was asked for', () => {
  const { tunings } = planOf(choices('board: pi3b\nsoundcard: usb\n'), [
    'tunings.irq-priorities=off',
  ])
  const why = (id: string): string | undefined => tunings.find((one) => one.id === id)?.off
  expect(why('cpu-isolation')).toBe('does nothing without irq-priorities, which is off')
  expect(why('no-rt-throttling')).toBe('does nothing without cpu-isolation, which is off')
  expect(
    refusalOf(
      choices(
        'board: pi3b\nsoundcard: usb\ntunings: { cpu-isolation: off, no-rt-throttling: on }\n',
      ),
    ),
  ).toBe('image.yaml:3:50 tunings.no-rt-throttling: does nothing without the tuning cpu-isolation')
})
