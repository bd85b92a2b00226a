import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { planOverclock } from '../../lib/plan/choices/overclock.ts'
import { smallestPeriod } from '../../lib/plan/choices/period.ts'
import type { Plan, PlannedBoard } from '../../lib/plan/plan.ts'
import { quote } from '../../lib/common/quote.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { uniqueBy } from '../../lib/common/unique.ts'
import { Checklist } from '../../scripts/generate/checklist.ts'
import type { Clocks } from '../../lib/plan/schema/common.ts'
import { Image } from '../../lib/plan/schema/image.ts'
import type { Shell } from '../../lib/engine/shell/shell.ts'
import { parseYaml, readYaml } from '../../lib/plan/catalogue/yaml.ts'
import { overlays as overlaysStage } from '../../stages/overlays.ts'
import {
  archOf,
  boardOf,
  cardOf,
  catalogueAt,
  copyOfRepository,
  downbeat,
  filesOf,
  idsOf,
  kindsOfCards,
  planOf,
  refusal,
  refusalOf,
  repository,
  temporaryFolder,
  write,
} from './fixtures.ts'
import type { Edits } from './fixtures.ts'

// What is refused, warned of or rendered in answer to a row of docs/checklist.yaml. The rows name
// these tests.

const choices = (text: string): Edits => ({ 'image.yaml': text })
const four = 'board: pi4b\nsoundcard: usb\n'
const three = 'board: pi3b\nsoundcard: usb\n'
const boards = idsOf('boards').map(boardOf)
const presetsOf = ({ overclock }: PlannedBoard): [name: string, clocks: Clocks][] =>
  Object.entries(overclock).flatMap(([name, clocks]) =>
    clocks === undefined ? [] : [[name, clocks]],
  )
const anyCards = kindsOfCards()
  .map(cardOf)
  // those that the default kernel has
  .filter(({ overlay }) => overlay === undefined || overlay.mainline !== undefined)
/** Without the choice of no card at all, for boxes that route MIDI. */
const cards = anyCards.filter(({ bus }) => bus !== 'none')
const none = 'board: pi3b\nsoundcard: none\n'

const linesOf = (plan: Plan, path: string): string[] =>
  filesOf(plan).get(path)!.trimEnd().split('\n')
const configOf = (plan: Plan): string[] => linesOf(plan, '/boot/firmware/config.txt')
const parametersOf = (plan: Plan): string[] =>
  linesOf(plan, '/boot/firmware/cmdline.txt')[0]!.trim().split(' ')
/** The words that jackd is started with, as systemd puts them together. */
const jackdOf = (plan: Plan): string[] => {
  const settings = linesOf(plan, '/etc/default/jackd').flatMap((line) => {
    const found = /^(JACKD_\w+)="(.*)"$/.exec(line)
    return found ? [[found[1]!, found[2]!] as const] : []
  })
  const started = linesOf(plan, '/etc/systemd/system/jackd@.service').find((line) =>
    line.startsWith('ExecStart='),
  )!
  return settings
    .reduce(
      (line, [name, words]) => line.replace(`$${name}`, words),
      started.slice('ExecStart='.length),
    )
    .split(' ')
}
/** What stands behind `-d alsa`. */
const alsaOf = (plan: Plan): string[] => {
  const words = jackdOf(plan)
  return words.slice(words.indexOf('alsa') + 1)
}

/** The names of the tests in a file. */
const testsIn = (file: string): string[] =>
  [
    ...readFileSync(join(repository, file), 'utf8').matchAll(
      /\btest(?:\.concurrent|\.(?:for|each)\([^()]*\))?\(\s*(['"`])((?:\\.|(?!\1).)*)\1/g,
    ),
  ].map(([, , name]) => name!.replaceAll(/\\(.)/g, '$1'))

test('every row of the checklist is answered by a tuning, a rule or a reason', () => {
  const { value } = readYaml(join(repository, 'docs/checklist.yaml'), Checklist, repository)
  const rows = value.sections.flatMap((section) => Object.entries(section.rows))
  expect(
    rows.filter(
      ([, { tunings, rule, because }]) =>
        tunings === undefined && rule === undefined && because === undefined,
    ),
  ).toEqual([])
  expect(rows.filter(([, row]) => Object.values(row).some((words) => words.length === 0))).toEqual(
    [],
  )
  const named = new Set(rows.flatMap(([, { tunings }]) => tunings ?? []))
  expect([...named].sort()).toEqual(idsOf('tunings'))
  const proven = rows.flatMap(([id, row]) =>
    row.test === undefined ? [] : [[id, ...row.test.split(/: (.*)/)] as const],
  )
  for (const [id, file, name] of proven) expect(testsIn(file!), `${id}: ${file}`).toContain(name)
  const here = proven.flatMap(([, file, name]) =>
    file === 'test/unit/guards.test.ts' ? [name!] : [],
  )
  expect([...new Set(here)].sort()).toEqual(testsIn('test/unit/guards.test.ts').sort())
})

test('the plan says which supply each board wants', async () => {
  const said = await downbeat(['plan'], { out: temporaryFolder() })
  expect({ status: said.status, stderr: said.stderr }).toEqual({ status: 0, stderr: '' })
  const lines = said.stdout.split('\n').filter((line) => line.startsWith('supply: '))
  const { boards: planned } = resolve(catalogueAt(repository), join(repository, 'image.yaml'))
  expect(lines).toEqual(
    planned.map(({ id }) => {
      const { name, power_ma, usb } = boardOf(id)
      const devices =
        usb.max_ma === undefined
          ? ''
          : `, of which USB devices may take ${usb.max_ma / 1000} A in all`
      const supply =
        power_ma === undefined ? 'what its carrier wants' : `${power_ma / 1000} A at 5.1 V`
      return `supply: ${name}: ${supply}${devices}`
    }),
  )
  expect(lines).toContain(
    'supply: Raspberry Pi 3 Model B: 2.5 A at 5.1 V, of which USB devices may take 1.2 A in all',
  )
  expect(lines).toContain('supply: Raspberry Pi Zero 2 W: 2 A at 5.1 V')
})

/** The clocks of boards that choose them so, or what is said against it. */
const overclocked = (ids: string[], text: string) =>
  planOverclock(
    parseYaml(`board: [${ids.join(', ')}]\nsoundcard: usb\n${text}\n`, 'image.yaml', Image),
    ids.map(boardOf),
  )

test('an overclock preset that a board does not have is refused', () => {
  const presets = [...new Set(boards.flatMap(({ overclock }) => Object.keys(overclock)))].sort()
  expect(presets).toEqual(['high', 'medium', 'modest', 'turbo'])
  for (const board of boards) {
    const own = Object.keys(board.overclock)
    for (const preset of presets) {
      const make = () => overclocked([board.id], `overclock: ${preset}\naccept: [sd-corruption]`)
      if (own.includes(preset)) {
        const settings = Object.entries(board.overclock[preset]!).map(
          ([key, value]) => `${key}=${value}`,
        )
        expect(make(), board.id).toMatchObject({
          preset,
          settings,
          arm_freq: board.overclock[preset]!.arm_freq,
        })
      } else {
        const why =
          own.length === 0
            ? 'has no presets: raspi-config says that it cannot be overclocked. Settings of your own: overclock: { arm_freq: … }'
            : `has no preset "${preset}" (there is: ${own.join(', ')})`
        expect(refusal(make), board.id).toBe(`image.yaml:3:12 overclock: ${board.name} ${why}`)
      }
    }
    expect(overclocked([board.id], 'overclock: none')).toMatchObject({
      preset: 'none',
      settings: [],
      arm_freq: board.clocks.arm_freq,
    })
  }
  expect(refusal(() => overclocked(['pi1b'], 'overclock: hihg'))).toBe(
    'image.yaml:3:12 overclock: Raspberry Pi 1 Model B rev 2.0 has no preset "hihg" (did you mean "high"?)',
  )
  // One board without it is enough, and so is one for which the word means other clocks.
  expect(
    refusal(() => overclocked(['pi2b', 'pi3b'], 'overclock: high\naccept: [sd-corruption]')),
  ).toContain('image.yaml:3:12 overclock: Raspberry Pi 3 Model B has no presets')
  expect(
    refusal(() => overclocked(['pi1b', 'pi2b'], 'overclock: high\naccept: [sd-corruption]')),
  ).toBe(
    'image.yaml:3:12 overclock: "high" means other clocks on pi2b than on pi1b: make an image for each',
  )
  expect(overclocked(['pi1b', 'pi1b-plus', 'pi1a-plus'], 'overclock: high')).toMatchObject({
    arm_freq: 950,
  })
  // And so it is where an image is planned.
  expect(refusalOf(choices(`${three}overclock: turbo\n`))).toMatch(
    /^image\.yaml:3:12 overclock: Raspberry Pi 3 Model B has no presets/,
  )
  expect(refusalOf(choices(three), ['overclock=turbo'])).toMatch(
    /^--set overclock=turbo overclock: Raspberry Pi 3 Model B has no presets/,
  )
})

const limited = boards.filter(({ core_freq_limit }) => core_freq_limit !== undefined)
const corrupts = (name: string, core_freq: number, limit: number): string =>
  `overclock: core_freq=${core_freq} on ${name}: above ${limit} MHz SD cards have been corrupted. ` +
  'Put the root file system on a USB drive (root: usb), or use a card that is known to bear it and say so (accept: [sd-corruption])'

test('a core_freq above the limit of the board is refused', () => {
  expect(limited.map(({ id }) => id)).toEqual([
    'cm1',
    'pi1a',
    'pi1a-plus',
    'pi1b',
    'pi1b-1.0',
    'pi1b-plus',
    'pi2b',
    'pi2b-1.2',
  ])
  for (const board of limited) {
    const { id, name, core_freq_limit: limit } = board
    const custom = (core_freq: number) =>
      overclocked([id], `overclock: { arm_freq: 900, core_freq: ${core_freq} }`)
    expect(refusal(() => custom(limit! + 1))).toBe(
      `image.yaml:3:12 ${corrupts(name, limit! + 1, limit!)}`,
    )
    expect(custom(limit!).settings).toEqual(['arm_freq=900', `core_freq=${limit}`])
    for (const [preset, { core_freq }] of presetsOf(board)) {
      const make = () => overclocked([id], `overclock: ${preset}`)
      if ((core_freq ?? 0) > limit!)
        expect(refusal(make)).toBe(`image.yaml:3:12 ${corrupts(name, core_freq!, limit!)}`)
      else expect(make().preset).toBe(preset)
    }
  }
  // Two of raspi-config's own presets are.
  const above = limited.flatMap((board) =>
    presetsOf(board).flatMap(([preset, { core_freq }]) =>
      core_freq! > board.core_freq_limit! ? [preset] : [],
    ),
  )
  expect([...new Set(above)].sort()).toEqual(['high', 'turbo'])
  // No other board has the limit; the warranty is another risk; and nobody's settings fit boards of
  // different clocks.
  const mixed = 'board: [pi3b, pi2b]\nsoundcard: usb\noverclock: { arm_freq: 1000 }\n'
  expect(refusalOf({ ...archOf('armhf'), ...choices(mixed) })).toBe(
    'image.yaml:3:12 overclock: settings of your own cannot fit pi3b, pi2b at once: make an image for each',
  )
  const two = 'board: pi2b\nsoundcard: usb\noverclock: { arm_freq: 1000, core_freq: 500 }\n'
  expect(refusalOf({ ...archOf('armhf'), ...choices(two) })).toBe(
    `image.yaml:3:12 ${corrupts('Raspberry Pi 2 Model B rev 1.0 or 1.1', 500, 250)}`,
  )
  expect(refusalOf({ ...archOf('armhf'), ...choices(`${two}accept: [warranty]\n`) })).toContain(
    'above 250 MHz SD cards have been corrupted',
  )
  expect(
    refusalOf({ ...archOf('armhf'), ...choices('board: pi2b\nsoundcard: usb\n') }, [
      'overclock=high',
    ]),
  ).toBe(`--set overclock=high ${corrupts('Raspberry Pi 2 Model B rev 1.0 or 1.1', 500, 250)}`)
  expect(
    configOf(planOf(choices(`${three}overclock: { arm_freq: 1300, core_freq: 500 }\n`))),
  ).toContain('core_freq=500')
})

test('the risk accepted lifts the limit of core_freq', () => {
  for (const { id } of limited) {
    const { settings } = overclocked(
      [id],
      'overclock: { arm_freq: 900, core_freq: 500 }\naccept: [sd-corruption]',
    )
    expect(settings).toEqual(['arm_freq=900', 'core_freq=500'])
  }
  const plan = planOf({
    ...archOf('armel'),
    ...choices('board: pi1b\nsoundcard: usb\noverclock: turbo\naccept: [sd-corruption]\n'),
  })
  expect(configOf(plan)).toEqual(
    expect.arrayContaining(['arm_freq=1000', 'core_freq=500', 'sdram_freq=600', 'over_voltage=6']),
  )
  expect(parametersOf(plan)[0]).toMatch(/^root=PARTUUID=[0-9a-f]{8}-02$/)
})

test('a root on USB lifts the limit of core_freq', () => {
  for (const { id } of limited)
    expect(
      overclocked([id], 'overclock: { arm_freq: 900, core_freq: 500 }\nroot: usb').settings,
    ).toContain('core_freq=500')
  const plan = planOf({
    ...archOf('armel'),
    ...choices('board: pi1b\nsoundcard: usb\noverclock: turbo\nroot: usb\n'),
  })
  expect(configOf(plan)).toContain('core_freq=500')
  expect(parametersOf(plan)).toContain('root=/dev/sda2')
  expect(parametersOf(plan).filter((word) => word.startsWith('root='))).toHaveLength(1)
  const fstab = linesOf(plan, '/etc/fstab').map((line) => line.split(' '))
  expect(fstab.find(([, folder]) => folder === '/')?.[0]).toBe('/dev/sda2')
  expect(fstab.find(([, folder]) => folder === '/boot/firmware')?.[0]).toBe(
    '/dev/disk/downbeat-boot',
  )
  expect(plan.kernel!.options.map(({ text }) => text)).toEqual(
    expect.arrayContaining(['CONFIG_USB_STORAGE=y', 'CONFIG_BLK_DEV_SD=y']),
  )
})

test('force_turbo and a raised over_voltage never stand together unless the warranty is given up', () => {
  const voids = (voltage: number, name: string): string =>
    `overclock: over_voltage=${voltage} works only with force_turbo=1, and the two together set the bit that voids the warranty of ${name}. At most 6, or accept: [warranty]`
  let pairs = 0
  for (const [arch, ids] of [
    ['arm64', ['pi3b', 'pi4b']],
    ['armhf', ['pi2b']],
    ['armel', ['pi1b', 'pi1b-plus', 'pi1a-plus', 'pi0']],
  ] as const) {
    const root = copyOfRepository(arch === 'arm64' ? {} : archOf(arch))
    const catalogue = catalogueAt(root)
    for (const board of ids.map(boardOf)) {
      const ofOwn = [
        '',
        ', over_voltage_delta: 50000',
        ', over_voltage_delta: 0',
        ...[-2, 0, 1, 2, 3, 4, 5, 6, 7, 8].map((voltage) => `, over_voltage: ${voltage}`),
      ].map((more) => `{ arm_freq: 1000${more} }`)
      const asked = [
        'none',
        ...presetsOf(board).map(([name]) => name),
        ...(board.id === ids[0] ? ofOwn : []),
      ]
      for (const overclock of asked) {
        for (const accept of ['sd-corruption', 'sd-corruption, warranty']) {
          write(root, {
            'x.yaml': `board: ${board.id}\nsoundcard: usb\noverclock: ${overclock}\naccept: [${accept}]\n`,
          })
          const make = () => resolve(catalogue, join(root, 'x.yaml'), [], { alone: true })
          const preset = presetsOf(board).find(([name]) => name === overclock)?.[1]
          const voltage =
            preset?.over_voltage ?? Number(/over_voltage: (-?\d+)/.exec(overclock)?.[1] ?? 0)
          if (voltage > 6 && !accept.includes('warranty')) {
            expect(refusal(make)).toBe(`x.yaml:3:12 ${voids(voltage, board.name)}`)
            continue
          }
          const lines = configOf(make())
          const number = (key: string): number =>
            Number(lines.find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1) ?? 0)
          expect(number('over_voltage')).toBe(voltage)
          const raised = number('over_voltage') > 0 || number('over_voltage_delta') > 0
          const turbo = lines.includes('force_turbo=1')
          expect({ overclock, accept, pair: raised && turbo }).toEqual({
            overclock,
            accept,
            pair: voltage > 6,
          })
          if (raised && turbo) pairs++
          // One of the two holds the clock up, and never both.
          expect({
            overclock,
            held: lines.filter((line) => line.startsWith('arm_freq_min=')),
          }).toEqual({
            overclock,
            held: turbo ? [] : [`arm_freq_min=${number('arm_freq')}`],
          })
          expect(lines.filter((line) => line.startsWith('force_turbo='))).toEqual(
            turbo ? ['force_turbo=1'] : [],
          )
        }
      }
    }
  }
  expect(pairs).toBeGreaterThan(0)
  // Nor can it be had by asking for the tuning.
  const text = `${three}overclock: { arm_freq: 1300, over_voltage: 2 }\n`
  expect(refusalOf(choices(text), ['tunings.clock-pinned=on'])).toBe(
    '--set tunings.clock-pinned=on tunings.clock-pinned: cannot be had here: overclock.force_turbo is false, not true',
  )
})

test('USB full speed without a way to log in is warned of', () => {
  const slow =
    'tunings.usb-full-speed: keyboards and mice are slow or may not work any more, so log in over the network or by the serial console'
  const nobody =
    'no SSH key in user.ssh_keys: nobody can log in until downbeat.toml on the card has a key or a password'
  const warned = (text: string, sets: string[] = []): string[] =>
    planOf(choices(text), sets).warnings
  const withKey = `${three}user: { ssh_keys: [ssh-ed25519 AAAA me] }\n`
  expect(warned(three, ['tunings.usb-full-speed=on'])).toEqual(
    expect.arrayContaining([nobody, slow]),
  )
  expect(warned(withKey, ['tunings.usb-full-speed=on'])).toContain(slow)
  expect(warned(withKey, ['tunings.usb-full-speed=on'])).not.toContain(nobody)
  expect(warned(three)).not.toContain(slow)
  expect(warned('board: zero2w\nsoundcard: usb\n', ['tunings.usb-full-speed=on'])).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^Raspberry Pi Zero 2 W has no Ethernet\. /),
      nobody,
      slow,
    ]),
  )
})

test('capture on a card that only plays is refused', () => {
  const playing = cards.filter(({ capture }) => capture === 0)
  expect(playing.map(({ id }) => id)).toEqual(expect.arrayContaining(['hifiberry-dac', 'onboard']))
  for (const { id, name } of playing) {
    const text = `board: pi4b\nsoundcard: ${id}\n`
    for (const direction of ['capture', 'duplex']) {
      expect(refusalOf(choices(`${text}jack:\n  direction: ${direction}\n`))).toBe(
        `image.yaml:4:14 jack.direction: ${name} cannot record: it only plays`,
      )
      expect(refusalOf(choices(text), [`jack.direction=${direction}`])).toBe(
        `--set jack.direction=${direction} jack.direction: ${name} cannot record: it only plays`,
      )
    }
    expect(alsaOf(planOf(choices(text), ['jack.direction=playback']))).toContain('-P')
    expect(alsaOf(planOf(choices(text)))).toContain('-P')
  }
  expect(refusalOf(choices(none), ['jack.direction=capture'])).toBe(
    '--set jack.direction=capture jack.direction: there is no sound card to play to or to record from',
  )
  const deaf: Edits = {
    ...choices(four),
    'soundcards/usb.yaml': (text) => text.replace('playback: 32', 'playback: 0'),
  }
  for (const direction of ['playback', 'duplex'])
    expect(refusalOf(deaf, [`jack.direction=${direction}`])).toBe(
      `--set jack.direction=${direction} jack.direction: a class-compliant USB interface cannot play: it only records`,
    )
})

test('a period that the driver of the on-board card does not take is refused', () => {
  const onboard = 'board: pi3b\nsoundcard: onboard\n'
  const than = 'its driver takes no period shorter than 10 ms'
  for (const period of [16, 256, 479])
    expect(refusalOf(choices(`${onboard}jack:\n  period: ${period}\n`))).toBe(
      `image.yaml:4:11 jack.period: ${period} frames is below the 480 that the headphone socket of the board can do at 48000 Hz: ${than}`,
    )
  expect(refusalOf(choices(onboard), ['jack.period=256', 'jack.rate=44100'])).toBe(
    `--set jack.period=256 jack.period: 256 frames is below the 444 that the headphone socket of the board can do at 44100 Hz: ${than}`,
  )
  expect(refusalOf(choices(onboard), ['jack.period=482'])).toBe(
    '--set jack.period=482 jack.period: 482 frames is no multiple of 4, which the driver of the headphone socket of the board wants: 480 or 484',
  )
  expect(alsaOf(planOf(choices(onboard), ['jack.period=480']))).toContain('-p480')
  // For another card it is no matter.
  expect(alsaOf(planOf(choices(three), ['jack.period=128']))).toContain('-p128')
})

test('what the on-board card is not good at is said when it is chosen', async () => {
  const notes = [
    'the headphone socket of the board: pulses instead of a converter, about 11 bits; it clicks and pops. For practising, not for the stage.',
    'the headphone socket of the board: its driver keeps a buffer of its own, and tells every 10 ms how far it has come: a period is no shorter than that',
  ]
  expect(planOf(choices('board: pi3b\nsoundcard: onboard\n')).warnings).toEqual(
    expect.arrayContaining(notes),
  )
  for (const note of notes) expect(planOf(choices(three)).warnings).not.toContain(note)
  const { stdout } = await downbeat(['plan', '--set', 'board=pi3b', '--set', 'soundcard=onboard'], {
    out: temporaryFolder(),
  })
  for (const note of notes) expect(stdout).toContain(`\nnote: ${note}\n`)
})

/** The boards that the default base and kernel make an image for; of two with one tree the first. */
const usual = uniqueBy(
  boards.filter(
    ({ id, arch, device_tree }) =>
      arch.includes('arm64') &&
      device_tree.mainline !== undefined &&
      resolve(catalogueAt(repository), join(repository, 'image.yaml'), [
        `board=${id}`,
        'soundcard=usb',
      ]).kernel?.name === 'debian',
  ),
  ({ device_tree }) => device_tree.mainline!,
)

test('the overlay of every card on I2S is tried on the device tree of every board of the image', async () => {
  const all = usual
  const text = `board: [${all.map(({ id }) => id).join(', ')}]\n`
  const onI2s = cards.filter(({ bus }) => bus === 'i2s')
  expect(onI2s.length).toBeGreaterThan(0)
  for (const { id, overlay } of onI2s) {
    const plan = planOf(choices(`${text}soundcard: ${id}\n`))
    const tried = plan.overlays!.tried.filter(({ overlay: name }) => name === overlay!.mainline)
    expect(tried).toEqual(
      all.map(({ device_tree }) => ({
        overlay: overlay!.mainline!,
        device_tree: device_tree.mainline,
      })),
    )
    expect(plan.overlays!.sources.map(({ path }) => path)).toContain(`${overlay!.mainline!}.dts`)
    expect(configOf(plan)).toContain(`dtoverlay=${overlay!.mainline!}`)
  }
  // So is the overlay that a tuning names, of each board its own.
  const midi = planOf(choices(`${text}soundcard: usb\n`), [
    'tunings.uart-midi=on',
    'tunings.serial-console=off',
  ])
  const ofMidi = new Set(all.map(({ uart_midi }) => uart_midi.mainline))
  const ofTuning = midi.overlays!.tried.filter(({ overlay }) => ofMidi.has(overlay))
  expect(ofTuning.toSorted((a, b) => (a.device_tree < b.device_tree ? -1 : 1))).toEqual(
    all
      .map(({ uart_midi, device_tree }) => ({
        overlay: uart_midi.mainline,
        device_tree: device_tree.mainline!,
      }))
      .toSorted((a, b) => (a.device_tree < b.device_tree ? -1 : 1)),
  )
  // One that is not there is not passed over.
  const misspelt: Edits = {
    ...choices('board: pi3b\nsoundcard: hifiberry-dac\n'),
    'soundcards/hifiberry-dac.yaml': (was) =>
      was.replace('mainline: hifiberry-dac', 'mainline: hifibery-dac'),
  }
  expect(refusalOf(misspelt)).toMatch(
    /^soundcards\/hifiberry-dac\.yaml:\d+:\d+ overlay\.mainline: there is no kernel\/overlays\/hifibery-dac\.dts \(did you mean "hifiberry-dac\.dts"\?\)$/,
  )
  // The stage itself, with programs that write down what they are asked: it stops where a tree does
  // not take an overlay.
  const ofCard = planOf(choices(`${text}soundcard: hifiberry-dac\n`)).overlays!
  const { given, trees, stop } = {
    given: {
      ...ofCard,
      tried: ofCard.tried.filter(({ overlay }) => overlay === 'hifiberry-dac'),
    },
    trees: '/trees',
    stop: all[2]!.device_tree.mainline!,
  }
  const tried = async (
    refusing: string,
  ): Promise<{ status: number | null; stderr: string; asked: string[] }> => {
    const folder = temporaryFolder()
    const [work, bin] = [join(folder, 'work'), join(folder, 'bin')]
    mkdirSync(work)
    write(bin, {
      dtc: '#!/bin/sh\n',
      fdtoverlay: `#!/bin/sh\necho "$2 $5" >>asked\ncase $2 in */${refusing}.dtb) exit 1 ;; esac\n`,
    })
    for (const program of ['dtc', 'fdtoverlay']) chmodSync(join(bin, program), 0o755)
    let ran = { status: null as number | null, stderr: '' }
    const $ = ((pieces: TemplateStringsArray, ...values: (string | string[])[]) => {
      const words = values.map((value) => [value].flat().map(quote).join(' '))
      const script = pieces.raw.map((piece, i) => piece + (words[i] ?? '')).join('')
      ran = spawnSync('bash', ['--norc', '-euo', 'pipefail', '-c', script], {
        cwd: work,
        encoding: 'utf8',
        env: { PATH: `${bin}:/usr/bin:/bin` },
      })
    }) as unknown as Shell
    const from = { kernel: { device_trees: trees } } as unknown as Parameters<
      typeof overlaysStage.run
    >[0]['from']
    await overlaysStage.run({
      given,
      from,
      out: { files: join(folder, 'files') },
      work,
      $,
      own: '',
      kept: {},
      settings: { jobs: 1, network: { mirrors: [], offline: false, proxies: {} } },
      signal: new AbortController().signal,
      progress: () => undefined,
    })
    return { ...ran, asked: readFileSync(join(work, 'asked'), 'utf8').trimEnd().split('\n') }
  }
  const fits = await tried('none')
  expect(fits).toMatchObject({ status: 0, stderr: '' })
  expect(fits.asked).toEqual(
    all.map(({ device_tree }) =>
      expect.stringMatching(
        new RegExp(`^${trees}/${device_tree.mainline}\\.dtb .*/hifiberry-dac\\.dtbo$`),
      ),
    ),
  )
  const does = await tried(stop)
  expect(does).toMatchObject({ status: 1, stderr: `overlay hifiberry-dac does not fit ${stop}\n` })
  expect(does.asked).toHaveLength(3)
})

test('two things on one GPIO pin are refused', () => {
  // Who is asked for is named first, with its place, and the other one is to go.
  expect(refusalOf(choices(three), ['tunings.uart-midi=on'])).toBe(
    '--set tunings.uart-midi=on tunings.uart-midi: GPIO 14 is taken by the tuning serial-console, too: one of the two has to go, such as --set tunings.serial-console=off',
  )
  expect(refusalOf(choices(`${three}tunings:\n  uart-midi: on\n`))).toMatch(
    /^image\.yaml:4:14 tunings\.uart-midi: GPIO 14 is taken by the tuning serial-console/,
  )
  const either = planOf(choices(three), ['tunings.uart-midi=on', 'tunings.serial-console=off'])
  expect(configOf(either)).toContain('dtoverlay=serial-midi-bluetooth')
  expect(parametersOf(either).filter((word) => word.startsWith('console=tty'))).toEqual([])
  expect(parametersOf(planOf(choices(three)))).toContain('console=ttyS1,115200')

  const tuning = (text: string): string =>
    `about: a test\nsource: a test\n${text}\nchange: {}\nproof: [{ run: "true", prints: "" }]\n`
  const dac = choices('board: pi3b\nsoundcard: hifiberry-dac\n')
  const mine = '--set tunings.mine=off'
  for (const pin of catalogueAt(repository).entry('soundcards', 'hifiberry-dac', 'test').value
    .pins) {
    expect(refusalOf({ ...dac, 'tunings/mine.yaml': tuning(`pins: [4, ${pin}]`) })).toBe(
      `tunings/mine.yaml tunings.mine: soundcards/hifiberry-dac.yaml uses GPIO ${pin} too: remove one of the two, for example with ${mine}`,
    )
  }
  expect(
    planOf({ ...dac, 'tunings/mine.yaml': tuning('pins: [4]') }).tunings.find(
      ({ id }) => id === 'mine',
    ),
  ).not.toHaveProperty('off')
  expect(
    planOf({ ...dac, 'tunings/mine.yaml': tuning('default: off\npins: [18]') }).tunings.find(
      ({ id }) => id === 'mine',
    ),
  ).toHaveProperty('off')

  // The same goes for tunings that say of each other that they do not go together.
  for (const [id, other] of [
    ['performance-governor', 'no-frequency-scaling'],
    ['threaded-interrupts', 'realtime-kernel'],
  ] as const) {
    expect(refusalOf(choices(three), [`tunings.${id}=on`])).toBe(
      `--set tunings.${id}=on tunings.${id}: does not go with the tuning ${other}: one of the two has to go, such as --set tunings.${other}=off`,
    )
    const plan = planOf(choices(three), [`tunings.${id}=on`, `tunings.${other}=off`])
    expect(plan.tunings.find((one) => one.id === id)).not.toHaveProperty('off')
  }
  expect(
    refusalOf({ ...choices(three), 'tunings/mine.yaml': tuning('conflicts: [no-swap]') }),
  ).toBe(
    'tunings/mine.yaml tunings.mine: does not go with the tuning no-swap: one of the two has to go, such as --set tunings.no-swap=off',
  )
  expect(refusalOf({ ...choices(three), 'tunings/mine.yaml': tuning('conflicts: [no-swp]') })).toBe(
    'tunings/mine.yaml:3:13 tunings.no-swp: there is no tunings/no-swp.yaml (did you mean "no-swap"?)',
  )
})

test('USB full speed on a board with xHCI is refused, with the reason', () => {
  const why =
    'The xHCI controllers of the Pi 4 and later cannot be held to USB 1.1, and speak it well by themselves'
  const running = usual
  expect(running.filter(({ usb }) => usb.controller === 'xhci').map(({ id }) => id)).toEqual([
    'cm4',
    'pi400',
    'pi4b',
  ])
  for (const { id, usb } of running) {
    const text = `board: ${id}\nsoundcard: usb\n`
    if (usb.controller === 'xhci') {
      const cannot =
        'tunings.usb-full-speed: cannot be had here: board.usb.controller is xhci, not dwc2. '
      expect(refusalOf(choices(text), ['tunings.usb-full-speed=on'])).toContain(
        `--set tunings.usb-full-speed=on ${cannot}${why}`,
      )
      expect(refusalOf(choices(`${text}tunings:\n  usb-full-speed: on\n`))).toContain(
        `image.yaml:4:19 ${cannot}${why}`,
      )
    } else
      expect(parametersOf(planOf(choices(text), ['tunings.usb-full-speed=on']))).toContain(
        'dwc2.full_speed=1',
      )
  }
  // Beside a board that has the controller it does nothing on one that has not.
  const both = choices('board: [pi3b, pi4b]\nsoundcard: usb\n')
  expect(parametersOf(planOf(both, ['tunings.usb-full-speed=on']))).toContain('dwc2.full_speed=1')
})

test('more inputs than the card has are refused, and fewer become -i', () => {
  for (const { id, name, capture } of cards.filter((card) => card.capture > 0)) {
    const text = `board: pi4b\nsoundcard: ${id}\n`
    expect(refusalOf(choices(text), [`jack.inputs=${capture + 1}`])).toBe(
      `--set jack.inputs=${capture + 1} jack.inputs: ${name} has ${capture} of them`,
    )
    for (let inputs = 1; inputs <= capture; inputs++)
      expect(alsaOf(planOf(choices(text), [`jack.inputs=${inputs}`]))).toEqual(
        expect.arrayContaining([`-i${inputs}`]),
      )
    const { channels } = cardOf(id)
    const all = alsaOf(planOf(choices(text))).filter((word) => word.startsWith('-i'))
    expect(all).toEqual(channels === 'fixed' ? [`-i${capture}`] : [])
  }
  expect(refusalOf(choices(`${four}jack:\n  inputs: 33\n`))).toBe(
    'image.yaml:4:11 jack.inputs: a class-compliant USB interface has 32 of them',
  )
  expect(refusalOf(choices(four), ['jack.inputs=1', 'jack.direction=playback'])).toBe(
    '--set jack.inputs=1 jack.inputs: nothing is recorded, so there are no inputs to limit',
  )
  expect(refusalOf(choices('board: pi4b\nsoundcard: hifiberry-dac\n'), ['jack.inputs=1'])).toBe(
    '--set jack.inputs=1 jack.inputs: nothing is recorded, so there are no inputs to limit',
  )
  expect(refusalOf(choices(none), ['jack.inputs=1'])).toBe(
    '--set jack.inputs=1 jack.inputs: there is no sound card to record from',
  )
  // A card may limit them by itself; that is no choice, and so no contradiction to one who only
  // plays.
  const many: Edits = {
    ...choices(four),
    'soundcards/usb.yaml': (text) =>
      text
        .replace('capture: 32', 'capture: 10')
        .replace('jack: { period: 128,', 'jack: { period: 128, inputs: 2,'),
  }
  expect(alsaOf(planOf(many))).toContain('-i2')
  expect(alsaOf(planOf(many, ['jack.inputs=8']))).toContain('-i8')
  expect(alsaOf(planOf(many, ['jack.direction=playback'])).join(' ')).toBe(
    '-d hw:%i -p128 -n3 -r48000 -P -X seq',
  )
})

test('capture only is -C and playback only is -P', () => {
  const options = (...sets: string[]): string => alsaOf(planOf(choices(four), sets)).join(' ')
  expect(options('jack.direction=capture')).toBe('-d hw:%i -p128 -n3 -r48000 -C -X seq')
  expect(options('jack.direction=playback')).toBe('-d hw:%i -p128 -n3 -r48000 -P -X seq')
  expect(options('jack.direction=duplex')).toBe('-d hw:%i -p128 -n3 -r48000 -X seq')
  expect(options()).toBe(options('jack.direction=duplex'))
  // -C and -P before -d alsa would be something else.
  const server = jackdOf(planOf(choices(four), ['jack.direction=capture']))
  expect(server.slice(0, server.indexOf('alsa'))).toEqual([
    '/usr/bin/jackd',
    '-R',
    '-P70',
    '-p64',
    '-t2000',
    '-d',
  ])
  const deaf: Edits = {
    ...choices(four),
    'soundcards/usb.yaml': (text) => text.replace('playback: 32', 'playback: 0'),
  }
  expect(alsaOf(planOf(deaf))).toContain('-C')
})

test('softmode is off unless it is asked for', () => {
  const warning = 'jack.softmode hides xruns: what you hear may be torn, and no counter says so'
  for (const { id } of cards) {
    const plan = planOf(choices(`board: pi3b\nsoundcard: ${id}\n`))
    expect(jackdOf(plan)).not.toContain('-s')
    expect(plan.warnings).not.toContain(warning)
    const soft = planOf(choices(`board: pi3b\nsoundcard: ${id}\n`), ['jack.softmode=true'])
    expect(jackdOf(soft)).toContain('-s')
    expect(soft.warnings).toContain(warning)
  }
})

test('the plan prints period x periods / rate as the latency', async () => {
  const planned = async (...sets: string[]) => {
    const { status, stdout } = await downbeat(
      ['plan', 'variants/pi4b-usb.yaml', ...sets.flatMap((set) => ['--set', set])],
      {
        out: temporaryFolder(),
      },
    )
    expect(status).toBe(0)
    return stdout.split('\n')
  }
  const [wiki, small, large, card] = await Promise.all([
    planned('jack.period=128', 'jack.periods=3', 'jack.rate=44100'),
    planned('jack.period=32', 'jack.periods=2'),
    planned('jack.period=1024'),
    planned('soundcard=hifiberry-dac'),
  ])
  expect(wiki).toContain('JACK: 128 x 3 / 44100 Hz = 8.7 ms from the server to the card')
  expect(small).toContain('JACK: 32 x 2 / 48000 Hz = 1.3 ms from the server to the card')
  expect(large).toContain('JACK: 1024 x 3 / 48000 Hz = 64.0 ms from the server to the card')
  expect(card).toContain('JACK: 128 x 2 / 48000 Hz = 5.3 ms from the server to the card')
  const outside = (period: number): string =>
    `note: jack.period ${period}: a class-compliant USB interface is known to be good with 64 to 512 frames`
  expect(small).toContain(outside(32))
  expect(large).toContain(outside(1024))
  for (const lines of [wiki, card])
    expect(lines.filter((line) => line.startsWith('note: jack.period'))).toEqual([])
  for (const { id, name, jack } of cards) {
    const [from, to] = jack.good_periods
    const warned = (period: number): boolean =>
      planOf(choices(`board: pi3b\nsoundcard: ${id}\n`), [
        `jack.period=${period}`,
      ]).warnings.includes(
        `jack.period ${period}: ${name} is known to be good with ${from} to ${to} frames`,
      )
    expect([from, to].map(warned)).toEqual([false, false])
    if (from / 2 >= smallestPeriod(cardOf(id), jack.rate)) expect(warned(from / 2)).toBe(true)
    if (to < 8192) expect(warned(to * 2)).toBe(true)
  }
})

test('a rate that the card does not have is refused', () => {
  for (const { id, name, rates } of cards.filter(({ other_rates }) => !other_rates)) {
    const text = `board: pi3b\nsoundcard: ${id}\n`
    for (const rate of [8000, 44100, 48000, 96000, 192000, 384000]) {
      if (rates.includes(rate))
        expect(alsaOf(planOf(choices(text), [`jack.rate=${rate}`]))).toContain(`-r${rate}`)
      else {
        const why = `jack.rate: ${name} does not run at ${rate} Hz (it runs at ${rates.join(', ')})`
        expect(refusalOf(choices(text), [`jack.rate=${rate}`])).toBe(
          `--set jack.rate=${rate} ${why}`,
        )
        expect(refusalOf(choices(`${text}jack:\n  rate: ${rate}\n`))).toBe(`image.yaml:4:9 ${why}`)
      }
    }
  }
})

test('-s stands after -d alsa, where it means softmode', () => {
  for (const { id } of cards) {
    const words = jackdOf(
      planOf(choices(`board: pi3b\nsoundcard: ${id}\n`), ['jack.softmode=true']),
    )
    const backend = words.indexOf('alsa')
    expect(words.slice(backend - 1, backend + 3)).toEqual(['-d', 'alsa', '-d', 'hw:%i'])
    expect(words.flatMap((word, i) => (word === '-s' ? [i] : []))).toEqual([words.length - 1])
    expect(words.length - 1).toBeGreaterThan(backend)
  }
})

test('priorities that are not clients < jackd < sound interrupt < kernel are refused', () => {
  const bounds = { usb: [56, 84], i2s: [56, 89], onboard: [56, 89], none: [56, 84] }
  for (const { id, bus } of anyCards) {
    const text = `board: pi3b\nsoundcard: ${id}\n`
    const [from, to] = bounds[bus] as [number, number]
    for (const priority of [from, to]) {
      const plan = planOf(choices(text), [`jack.realtime_priority=${priority}`])
      const { priorities } = plan.configure.view
      expect(priorities).toMatchObject({
        jackd: priority,
        clients: priority - 5,
        kernel: 99,
        interrupts: 50,
        others: 1,
      })
      expect(priorities.interrupts).toBeLessThan(priorities.clients)
      expect(priorities.jackd).toBeLessThan(priorities.sound_interrupt)
      const words =
        bus === 'none'
          ? linesOf(plan, '/etc/default/jackd-midi').join(' ').split(/[ "]/)
          : jackdOf(plan)
      expect(words).toContain(`-P${priority}`)
      expect(linesOf(plan, '/usr/lib/downbeat/irq-priorities')).toContain(`priority=${to + 1}`)
    }
    const range = `with this card the server can have ${from} to ${to} (priorities.yaml)`
    expect(refusalOf(choices(text), [`jack.realtime_priority=${from - 1}`])).toBe(
      `--set jack.realtime_priority=${from - 1} jack.realtime_priority: other interrupt threads, at 50, must be below JACK clients, at 50; ${range}`,
    )
    expect(refusalOf(choices(`${text}jack:\n  realtime_priority: ${to + 1}\n`))).toBe(
      `image.yaml:4:22 jack.realtime_priority: jackd, at ${to + 1}, must be below the sound card's interrupt, at ${to + 1}; ${range}`,
    )
  }
  const table = (from: string, to: string): string =>
    refusalOf({ ...choices(three), 'priorities.yaml': (text) => text.replace(from, to) })
  expect(table('jackd: 70', 'jackd: 90')).toMatch(
    /^priorities\.yaml:\d+:8 jackd: jackd, at 90, must be below the sound card's interrupt, at 85; with this card the server can have 56 to 84/,
  )
  expect(table('kernel: 99', 'kernel: 85')).toMatch(
    /^priorities\.yaml:\d+:20 sound_interrupt\.usb\.priority: the sound card's interrupt, at 85, must be below the kernel, at 85$/,
  )
  expect(table('clients_below: 5', 'clients_below: 0')).toMatch(
    /^priorities\.yaml:\d+:16 clients_below: JACK clients, at 70, must be below jackd, at 70$/,
  )
  expect(table('others: 1', 'others: 50')).toMatch(
    /^priorities\.yaml:\d+:9 others: other programs, at 50, must be below other interrupt threads, at 50$/,
  )
  expect(table('interrupts: 50', 'interrupts: 90')).toMatch(
    /^priorities\.yaml:\d+:8 jackd: other interrupt threads, at 90, must be below JACK clients, at 65$/,
  )
})
