import { describe, expect, test } from 'vitest'
import { radioGap } from '../../lib/plan/choices/radio.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import {
  catalogueAt,
  downbeat,
  filesOf,
  idsOf,
  planOf,
  refusalOf,
  repository,
  temporaryFolder,
  wholePlanOf,
} from './fixtures.ts'
import type { Edits } from './fixtures.ts'

// What is a fact of a board, of a sound card, or of the two together, is told once, in the data.

const choices = (text: string): Edits => ({ 'image.yaml': text })
const configOf = (plan: Plan): string => filesOf(plan).get('/boot/firmware/config.txt')!
const alsaOf = (plan: Plan): string =>
  /^JACKD_ALSA="(.*)"$/m.exec(filesOf(plan).get('/etc/default/jackd')!)![1]!

describe('a line of config.txt of a board', () => {
  test('stands in the section of that board', () => {
    const alone = configOf(planOf(choices('board: cm4\nsoundcard: usb\n')))
    expect(alone).toContain('\n# board-config\notg_mode=1\n')
    const both = configOf(planOf(choices('board: [pi3b, pi4b, pi400, cm4]\nsoundcard: usb\n')))
    expect(both).toContain('\n[cm4]\n# board-config\notg_mode=1\n')
    expect(both).toContain('\n[board-type=0x11]\n# board-config\narm_boost=1\n')
  })

  test('is not there where it is switched off, or on another board', () => {
    expect(
      configOf(planOf(choices('board: cm4\nsoundcard: usb\n'), ['tunings.board-config=off'])),
    ).not.toContain('otg_mode')
    expect(configOf(planOf(choices('board: pi400\nsoundcard: usb\n')))).not.toContain('otg_mode')
  })

  test('needs no more than the file of the board', () => {
    const edits: Edits = {
      ...choices('board: pi3b\nsoundcard: usb\n'),
      'boards/pi3b.yaml': (text) => `${text}config_txt: [mine=1, 'dtoverlay=x,y=2']\n`,
    }
    expect(configOf(planOf(edits))).toContain(
      '# board-config\nmine=1\n# board-config\ndtoverlay=x,y=2\n',
    )
  })

  test.each(['"a=1\\nb=2"', "'[all]'", "'a = 1'", "'# x'", 'otg_mode', `a=${'1'.repeat(99)}`])(
    'is refused where it is none: %s',
    (line) => {
      expect(
        refusalOf({
          ...choices('board: pi3b\nsoundcard: usb\n'),
          'boards/pi3b.yaml': (text) => `${text}config_txt: [${line}]\n`,
        }),
      ).toContain('config_txt.0: expected a setting of config.txt, such as otg_mode=1')
    },
  )
})

describe('a board with a header of 26 pins', () => {
  const armel = ['base=debian-trixie-armel']

  test('has no card on it, but MIDI', () => {
    expect(refusalOf(choices('board: [pi1b-plus, pi1b]\nsoundcard: hifiberry-dac\n'), armel)).toBe(
      'image.yaml:2:12 soundcard: the header of Raspberry Pi 1 Model B rev 2.0 has 26 pins: GPIO 19 and 20, which hifiberry-dac needs, are not among them. A USB card fits (./downbeat list soundcards shows what there is)',
    )
    const midi = ['tunings.serial-console=off', 'tunings.uart-midi=on']
    expect(
      configOf(planOf(choices('board: pi1b\nsoundcard: usb\n'), [...armel, ...midi])),
    ).toContain('dtoverlay=serial-midi\n')
  })
})

describe('a module', () => {
  test('says of its supply that the carrier knows', async () => {
    const plan = planOf(choices('board: cm4\nsoundcard: usb\n'))
    expect(plan.configure.view.doctor.boards).toEqual([
      "board 'raspberrypi,4-compute-module' 'what its carrier wants' sensor",
    ])
    const { stdout } = await downbeat(['plan', '--set', 'board=cm4'], { out: temporaryFolder() })
    expect(stdout).toContain('\nsupply: Raspberry Pi Compute Module 4: what its carrier wants\n')
  })

  test.each([
    ['header: 40\n', '', 'header: expected the pins of its header, or carrier: for a module'],
    [/power_ma: .*\n/, '', 'power_ma: expected the mA of its supply, or carrier: for a module'],
  ])('is known by its carrier: without one, %s is asked for', (of, without, error) => {
    expect(
      refusalOf({
        ...choices('board: pi3b\nsoundcard: usb\n'),
        'boards/pi3b.yaml': (text) => text.replace(of, without),
      }),
    ).toContain(error)
  })
})

describe('the channels of a card', () => {
  test.each([
    ['pi3b', 'onboard', '-p1024 -n3 -r48000 -P -o2 -X seq'],
    ['pi3b', 'hifiberry-dac', '-p128 -n2 -r48000 -P -o2 -X seq'],
    ['pi3b', 'edirol-ua-25', '-p128 -n3 -r44100 -i2 -o2 -X seq'],
    ['pi3b', 'usb', '-p128 -n3 -r48000 -X seq'],
  ])('of %s with %s reach the command line of JACK', (board, card, options) => {
    expect(alsaOf(planOf(choices(`board: ${board}\nsoundcard: ${card}\n`)))).toBe(options)
  })

  test('are those of the direction, and those that the image says', () => {
    const with_ = (...sets: string[]): string =>
      alsaOf(planOf(choices('board: pi3b\nsoundcard: edirol-ua-25\n'), sets))
    expect(with_('jack.direction=playback')).toBe('-p128 -n3 -r44100 -P -o2 -X seq')
    expect(with_('jack.direction=capture')).toBe('-p128 -n3 -r44100 -C -i2 -X seq')
    expect(with_('jack.inputs=1')).toBe('-p128 -n3 -r44100 -i1 -o2 -X seq')
    expect(with_('jack.rate=96000')).toBe('-p128 -n3 -r96000 -i2 -o2 -X seq')
  })

  test('go to a card that is told another sound card, too', () => {
    const plan = wholePlanOf(choices('board: pi3b\nsoundcard: auto\n'))
    const others = new Map(plan.configure.others.map(({ id, view }) => [id, view.jack]))
    expect(others.get('edirol-ua-25')).toMatchObject({ inputs: 2, outputs: 2 })
    expect(plan.configure.view.jack).toMatchObject({ inputs: 0, outputs: 0 })
  })
})

describe('the overlay of a sound card', () => {
  const linesOf = (edits: Edits, sets: string[] = []): string[] =>
    configOf(planOf(edits, sets))
      .split('\n')
      .filter((line) => /^(dtoverlay|dtparam)=/.test(line))

  test('is loaded instead of the one that a HAT has in its EEPROM', () => {
    const dac = choices('board: pi4b\nsoundcard: hifiberry-dac\n')
    expect(linesOf(dac).slice(0, 2)).toEqual(['dtoverlay=', 'dtoverlay=hifiberry-dac'])
    const pisound = choices('board: [pi4b, pi5]\nsoundcard: pisound\n')
    expect(linesOf(pisound)[0]).toBe('dtoverlay=')
    const config = configOf(planOf(pisound))
    expect(config).toMatch(/\n\[pi4\]\n(#.*\n\w.*\n)*# soundcards\/pisound\ndtoverlay=pisound\n/)
    expect(config).toMatch(
      /\n\[pi5\]\n(#.*\n\w.*\n)*# soundcards\/pisound\ndtoverlay=pisound-pi5\n/,
    )
  })

  test('is not there where the card needs none: what a HAT has is its own affair', () => {
    const usb = choices('board: pi4b\nsoundcard: usb\n')
    expect(linesOf(usb)).not.toContain('dtoverlay=')
  })
})

describe('what is special to a sound card on a board', () => {
  const pair = (text: string, board = 'pi3b', card = 'usb'): Edits => ({
    ...choices(`board: ${board}\nsoundcard: ${card}\n`),
    [`soundcards/${card}.yaml`]: (old) => `${old}on:\n${text}`,
  })

  test('is said with its thread where both are chosen, and in no other plan', () => {
    const edits = pair(
      '  - { board: [pi3b], note: it crackles, thread: https://example.org/t/1 }\n',
    )
    const said =
      'a class-compliant USB interface on Raspberry Pi 3 Model B: it crackles (https://example.org/t/1)'
    expect(planOf(edits).warnings).toContain(said)
    expect(planOf(edits, ['board=pi4b']).warnings).not.toContain(said)
    expect(planOf(edits).configure.view.doctor_card.known).toContain(
      "known 'raspberrypi,3-model-b' 'it crackles (https://example.org/t/1)'",
    )
  })

  test('may be so with some kernels only', () => {
    const note = (kernel: string, board = ''): Edits =>
      pair(`  - { ${board}kernel: { ${kernel} }, note: it crackles }\n`)
    const said = (edits: Edits, ...sets: string[]): string[] =>
      planOf(edits, sets).warnings.filter((text) => text.includes('it crackles'))
    const plain = 'a class-compliant USB interface on Raspberry Pi 3 Model B: it crackles'
    // Debian's own is 6.12, and Raspberry Pi's, too; nobody knows of which series the newest is.
    expect(said(note('family: mainline'))).toEqual([plain])
    expect(said(note('family: downstream'))).toEqual([])
    expect(said(note('family: downstream'), 'kernel.source=raspberrypi')).toEqual([plain])
    for (const range of ['from: "6.12"', 'to: "6.12"', 'from: "6.6", to: "7.0"'])
      expect(said(note(`family: mainline, ${range}`)), range).toEqual([plain])
    for (const range of ['from: "6.13"', 'to: "6.11"', 'from: "7.0", to: "7.1"'])
      expect(said(note(`family: mainline, ${range}`)), range).toEqual([])
    const newest = ['board=pi4b', 'kernel.source=backports']
    const four = 'a class-compliant USB interface on Raspberry Pi 4 Model B:'
    expect(said(note('family: mainline, from: "7.0"'), ...newest)).toEqual([`${four} it crackles`])
    expect(said(note('family: mainline, from: "99.0"'), ...newest)).toEqual([
      `${four} with a mainline kernel from 99.0 on: it crackles`,
    ])
    expect(said(note('family: mainline, from: "7.0", to: "99.0"'), ...newest)).toEqual([
      `${four} with a mainline kernel 7.0 to 99.0: it crackles`,
    ])
    expect(said(note('family: mainline, to: "7.0"'), ...newest)).toEqual([])
    expect(said(note('family: mainline, to: "6.12"'), ...newest, 'kernel.series=7.2')).toEqual([])
    expect(said(note('family: mainline', 'board: [pi4b], '))).toEqual([])
    expect(said(note('family: mainline', 'board: [pi3b], '))).toEqual([plain])
  })

  test('may be that it does not work: then it is refused, with what does', () => {
    const edits = pair(
      '  - { board: [pi3b], kernel: { family: mainline }, cannot: its driver ends, thread: https://example.org/t/1 }\n',
    )
    expect(planOf(edits).kernel!.name).toBe('raspberrypi')
    expect(planOf(edits).warnings.join('\n')).toContain(
      'debian: its driver ends (https://example.org/t/1)',
    )
    expect(refusalOf(edits, ['kernel.source=debian'])).toContain(
      'debian does not do here: its driver ends (https://example.org/t/1); --set kernel.source=raspberrypi',
    )
    expect(planOf(edits, ['board=pi4b']).kernel!.name).toBe('debian')
    expect(refusalOf(edits, ['board=[pi3b,pi4b]', 'kernel.source=debian'])).toContain(
      'its driver ends (https://example.org/t/1) on pi3b;',
    )
  })

  test('a sound card that needs more data lines than a board has is refused, with the boards that have them', () => {
    const edits: Edits = {
      ...choices('board: pi4b\nsoundcard: hifiberry-dac\n'),
      'soundcards/hifiberry-dac.yaml': (text) => `${text}i2s_lanes: 4\n`,
    }
    expect(refusalOf(edits)).toBe(
      'image.yaml:2:12 soundcard: hifiberry-dac needs 4 data lines of I2S, and Raspberry Pi 4 Model B has 1 on its header; --board cm5 or --board cm5-lite or --board pi5 or --board pi500 or --board pi500-plus',
    )
    expect(planOf(edits, ['board=pi5']).soundcard.id).toBe('hifiberry-dac')
  })

  test('may be its overlay, on that board alone', () => {
    const text = '  - { board: [pi4b], overlay: { mainline: serial-midi } }\n'
    const config = configOf(planOf(pair(text, '[pi3b, pi4b]', 'hifiberry-dac')))
    expect(config).toContain('[pi3]\n# soundcards/hifiberry-dac\ndtoverlay=hifiberry-dac\n')
    expect(config).toContain('[pi4]\n# soundcards/hifiberry-dac\ndtoverlay=serial-midi\n')
  })

  test('may be the only overlay there is: then the other boards are refused', () => {
    const only: Edits = {
      ...choices('board: [pi3b, pi4b]\nsoundcard: hifiberry-dac\n'),
      'soundcards/hifiberry-dac.yaml': (old) =>
        `${old.replace(/^overlay: .*\n/m, '')}on: [{ board: [pi4b], overlay: { mainline: hifiberry-dac } }]\n`,
    }
    expect(refusalOf(only)).toContain('it has no overlay for hifiberry-dac on pi3b')
    expect(configOf(planOf(only, ['board=pi4b']))).toContain('dtoverlay=hifiberry-dac')
  })

  test('may be options of its driver, which all boards of an image have to share', () => {
    const quirk = '  - { board: [pi3b, zero2w], modprobe: [options snd_usb_audio nrpacks=1] }\n'
    const texts = (edits: Edits): string =>
      filesOf(planOf(edits)).get('/etc/modprobe.d/alsa-base.conf')!
    expect(texts(pair(quirk))).toContain('# soundcards/usb\noptions snd_usb_audio nrpacks=1\n')
    expect(texts(pair(quirk, 'pi4b'))).not.toContain('nrpacks')
    expect(refusalOf(pair(quirk, '[pi3b, pi4b]'))).toMatch(
      /^soundcards\/usb\.yaml:\d+:\d+ on: usb needs other options of its driver on pi3b, zero2w than on the other boards of this image: make an image for each$/,
    )
  })

  test.each([
    [
      '  - { board: [pi33], note: x }\n',
      /on: there is no boards\/pi33\.yaml \(did you mean "pi3b"/,
    ],
    ['  - { board: [pi3b] }\n', /expected overlay, rates, modprobe, note or cannot/],
    ['  - { note: x }\n', /expected board or kernel beside it/],
    [
      '  - { kernel: { family: mainline, from: "7.1", to: "7.0" }, note: x }\n',
      /kernel\.to: expected a series that is not before/,
    ],
    ['  - { kernel: { from: "7.1" }, note: x }\n', /kernel\.family/],
    ['  - { board: [pi3b], modprobe: [x], thread: https://a.b/c }\n', /expected a note beside it/],
    ['  - { board: [pi3b], note: x, thread: "http://a.b/c" }\n', /expected the https address/],
    ['  - { board: [], note: x }\n', /board/],
  ])('is refused where it says nothing, or what is not there: %s', (text, why) => {
    expect(refusalOf(pair(text))).toMatch(why)
  })
})

describe('the firmware of a radio', () => {
  const zero = 'board: zero2w\nsoundcard: usb\n'
  const gap =
    'Wi-Fi works only where the radio is a BCM43430/1: Debian has no firmware for the BCM43430/2 that others have'
  const notes = (sets: string[] = []): string =>
    planOf(choices(zero), sets)
      .warnings.filter((one) => one.includes('Ethernet'))
      .join()

  test('that Debian lacks is told by the plan, the list of boards and the doctor in the same words', async () => {
    expect(notes()).toContain(`has no Ethernet. ${gap} (`)
    expect(notes()).not.toContain('name your Wi-Fi')
    const { stdout } = await downbeat(['list', 'boards'], { out: temporaryFolder() })
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(gap)
    expect(planOf(choices(zero)).configure.view.doctor.boards.join()).toContain(gap)
  })

  test('is there with the base and the kernel that have it, which the message names', () => {
    expect(notes()).toContain(
      '(it works with --base raspios-lite-arm64, and with kernel.source packaged or raspberrypi)',
    )
    for (const source of ['packaged', 'raspberrypi'])
      expect(notes(['base=raspios-lite-arm64', `kernel.source=${source}`])).toContain(
        'name your Wi-Fi in downbeat.toml',
      )
    expect(notes(['base=raspios-lite-arm64'])).toContain(gap)
    expect(notes(['kernel.source=raspberrypi'])).toContain(gap)
  })

  test('may be lacking on all boards of a name, and beside Ethernet', () => {
    const edits: Edits = {
      ...choices('board: pi3b\nsoundcard: usb\n'),
      'boards/pi3b.yaml': (text) => `${text}wifi_firmware: { lacking: X1 }\n`,
    }
    expect(planOf(edits).warnings).toContain(
      'Raspberry Pi 3 Model B: Wi-Fi does not work: Debian has no firmware for the radio, a X1',
    )
  })

  test('is no matter of a board without a radio', () => {
    expect(
      refusalOf({
        ...choices('board: pi3b\nsoundcard: usb\n'),
        'boards/pi3b.yaml': (text) =>
          `${text.replace('wifi: true', 'wifi: false')}wifi_firmware: { lacking: X1 }\n`,
      }),
    ).toMatch(/^boards\/pi3b\.yaml:\d+:\d+ wifi_firmware: expected wifi: true beside it/)
    for (const id of idsOf('boards')) {
      const board = catalogueAt(repository).entry('boards', id, 'test').value
      if (!board.wifi) expect(radioGap(catalogueAt(repository), board), id).toBeUndefined()
    }
  })
})
