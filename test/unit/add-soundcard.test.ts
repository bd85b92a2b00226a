import { truncateSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Plan } from '../../lib/plan/plan.ts'
import { parseYaml } from '../../lib/plan/catalogue/yaml.ts'
import { Soundcard } from '../../lib/plan/schema/soundcard.ts'
import type { SoundcardData } from '../../lib/plan/schema/soundcard.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { soundcardOf } from '../../scripts/dump/add.ts'
import type { Made } from '../../scripts/dump/add.ts'
import { readDump } from '../../scripts/dump/read.ts'
import { headerCard, textOfDump, usbCard } from './dumps.ts'
import type { Sections } from './dumps.ts'
import {
  catalogueAt,
  copyOfRepository,
  downbeat,
  refusal,
  repository,
  temporaryFolder,
  write,
} from './fixtures.ts'

const added = (sections: Sections, id?: string): Made =>
  soundcardOf(catalogueAt(repository), textOfDump(sections), 'dump.txt', id)

/** A copy of the repository with the file that is made of a dump, and with an image for a card. */
function withFile({ file, text }: Made, soundcard: string): Plan {
  const root = copyOfRepository({
    [file]: text,
    'image.yaml': `board: pi4b\nsoundcard: ${soundcard}\n`,
  })
  return resolve(catalogueAt(root), join(root, 'image.yaml'), [])
}
const read = (text: string): SoundcardData => parseYaml(text, 'made.yaml', Soundcard).value
const said = (sections: Sections, id?: string): string => refusal(() => added(sections, id))
const changed = (sections: Sections, section: string, text: string): Sections => ({
  ...sections,
  [section]: text,
})

describe('a dump of an interface on USB', () => {
  test('becomes a whole file, of what it offers', () => {
    const { file, marks, text } = added(usbCard)
    expect([file, marks]).toEqual(['soundcards/maker-example-x8.yaml', []])
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\.\/schemas\/soundcard\.json\n/)
    expect(read(text)).toMatchObject({
      name: 'Maker Example X8',
      bus: 'usb',
      driver: 'snd_usb_audio',
      found_by: { usb: ['fff0:0008'] },
      playback: 8,
      capture: 6,
      channels: 'offered',
      // those of both directions
      rates: [44100, 48000, 96000],
      formats: ['S32_LE'],
      jack: { period: 128, periods: 3, rate: 48000, smallest_period: 16, good_periods: [64, 512] },
      source:
        'a dump of one by downbeat-soundcard-dump (Linux 6.12.47+rpt-rpi-v8 aarch64, Raspberry Pi 4 Model B Rev 1.5)',
    })
    expect(read(text).other_rates).toBe(false)
  })

  test('has its controls as comments: those that can be set, with their range', () => {
    expect(added(usbCard).text.match(/^# {3}.*$/gm)).toEqual([
      '#   Clock Source: 0 of 0 Internal, 1 S/PDIF',
      '#   PCM Playback Volume,1: 207,207 of 0 to 255 (-103.5 dB to 24 dB)',
    ])
  })

  test('an image can be made for at once', () => {
    const made = added(usbCard)
    expect(withFile(made, made.id).soundcard.name).toBe('Maker Example X8')
  })

  test.each([
    ['of USB 1.1 has periods of a millisecond at least', 'names', 'speed: 12', { smallest_ms: 1 }],
    [
      'without 48000 Hz begins with what it has',
      'stream',
      'Playback:\n    Channels: 2\n    Rates: 32000, 44100, 96000',
      { rate: 44100 },
    ],
    [
      'with faster rates only begins with the slowest',
      'stream',
      'Playback:\n    Channels: 2\n    Rates: 96000, 192000',
      { rate: 96000 },
    ],
    [
      'with a long shortest period begins with one that it takes',
      'playback',
      'CHANNELS: 2\nPERIOD_SIZE: [300 65536]',
      { period: 512, smallest_period: 300, good_periods: [300, 512] },
    ],
  ])('%s', (_, section, text, jack) => {
    expect(read(added(changed(usbCard, section, text)).text).jack).toMatchObject(jack)
  })

  test('of a range of rates has those that are usual, and perhaps others', () => {
    const stream =
      'Playback:\n    Channels: 2\n    Rates: 8000 - 96000 (continuous)\nCapture:\n    Channels: 1\n    Rates: 48000'
    const { rates, other_rates, capture } = read(added({ ...usbCard, stream }).text)
    expect([rates, other_rates, capture]).toEqual([[48000], true, 1])
    // without what the device says, what its driver takes
    const asked = { stream: '', playback: 'CHANNELS: 2\nRATE: (44100 96000]', capture: '' }
    expect(read(added({ ...usbCard, ...asked }).text)).toMatchObject({
      rates: [48000, 88200, 96000],
      playback: 2,
      capture: 0,
    })
  })

  test('that could not be asked has marks for that', () => {
    const { marks } = added({ ...usbCard, stream: '', playback: 'busy', capture: 'busy' })
    expect(marks.map((mark) => mark.split(' ')[1])).toEqual(['playback:', 'capture:', 'rates:'])
  })

  test.each([
    ['*alias', '*alias'],
    ['!!js/function x', '!!js/function x'],
    ['a: b # c', 'a: b # c'],
    [`"; rm -rf / '$(reboot)\``, `"; rm -rf / '$(reboot)\``],
    ['{{shell soundcard.name}}', '{{shell soundcard.name}}'],
    ['- [x', '- [x'],
    ['yes', 'yes'],
    ['0x10', '0x10'],
    ['null', 'null'],
    ['%YAML 1.2', '%YAML 1.2'],
  ])('whose name is %s has that for a name, and for nothing else', (product, name) => {
    const { text } = added(changed(usbCard, 'names', `product: ${product}`), 'odd')
    expect(read(text).name).toBe(name)
  })

  test('whose controls have odd names has them as comments', () => {
    const mixer = `numid=1,iface=MIXER,name='x'
  ; type=BOOLEAN,access=rw------,values=1
  : values=on
name: another`
    const odd = mixer.replace("name='x'", "name='x: y # {} 'on', - |'")
    expect(read(added(changed(usbCard, 'mixer', odd)).text)).toEqual(read(added(usbCard).text))
  })

  test.each([
    ['longer than a name may be', 'x'.repeat(81)],
    ['not in ASCII, of which the dump shows marks', 'Caf?? 2'],
  ])('whose name is %s has a mark for it', (_, product) => {
    const { marks } = added(changed(usbCard, 'names', `product: ${product}`), 'odd')
    expect(marks).toHaveLength(1)
    expect(marks[0]).toContain(
      'soundcards/odd.yaml:2:7 name: not filled in yet: what is printed on it',
    )
  })
})

describe('a dump of a card on the header', () => {
  const names = (one: Made): string[] => one.marks.map((mark) => mark.split(' ')[1]!)

  test('becomes a file with marks for what no driver tells', () => {
    const one = added(headerCard)
    expect(one.file).toBe('soundcards/example-hat.yaml')
    expect(names(one)).toEqual(['pins:', 'playback:', 'capture:', 'mixer:'])
    expect(one.text).toMatch(/^overlay: \{ downstream: '?hifiberry-dacplusadc,leds_off'? \}$/m)
  })

  test('filled in, it is a file as any other', () => {
    const text = added(headerCard)
      .text.replace(/^pins: .*$/m, 'pins: [2, 3, 18, 19, 20, 21]')
      .replace(/^(playback|capture): .*$/gm, '$1: 2')
      .replace(/^mixer: .*\n/m, '')
    expect(read(text)).toMatchObject({
      bus: 'i2s',
      alsa_id: 'sndrpihifiberry',
      alsa_name: 'snd_rpi_hifiberry_dacplusadc',
      driver: 'snd_soc_hifiberry_dacplusadc',
      overlay: { downstream: 'hifiberry-dacplusadc,leds_off' },
      found_by: { hat: ['Example HAT'], usb: [] },
      rates: [44100, 48000, 88200, 96000, 176400, 192000],
      other_rates: true,
      formats: ['S16_LE', 'S24_LE', 'S32_LE'],
      jack: { period: 128, periods: 2, rate: 48000, smallest_period: 32, good_periods: [32, 512] },
    })
  })

  test.each([
    ['no overlay of the kernel', 'dtoverlay=of-nobody'],
    ['an overlay with letters that none has', "dtoverlay=hifiberry-dac,x='$(reboot)'"],
  ])('with %s has a mark for it', (_, overlays) => {
    expect(names(added(changed(headerCard, 'overlays', overlays)))).toContain('overlay:')
  })

  test('is refused by a build with the line of each mark, also where another card is chosen', () => {
    const made = added(headerCard)
    const lines = refusal(() => withFile(made, 'usb')).split('\n')
    expect(lines).toHaveLength(4)
    expect(lines[0]).toBe(
      `${made.file}:4:7 pins: not filled in yet: a list of the GPIO numbers that it takes: 18, 19, 20 to record, 21 to play, and others`,
    )
  })
})

test.each([
  ['name: FILL_IN', 'name', 'what belongs here'],
  ['codec: [FILL_IN its converter]', 'codec', 'its converter'],
  ["on: [{ board: [pi5], note: 'FILL_IN: what' }]", 'on.note', 'what'],
])('a mark anywhere in a file is refused with its place: %s', (line, keys, wanted) => {
  expect(refusal(() => parseYaml(line, 'x.yaml', Soundcard))).toMatch(
    new RegExp(`^x\\.yaml:1:\\d+ ${keys}: not filled in yet: ${wanted}$`),
  )
})

describe('a card is refused', () => {
  test.each([
    [
      'that has a file already',
      changed(usbCard, 'usb', '0582:0074'),
      /^dump\.txt:\d+: 0582:0074 is in soundcards\/edirol-ua-25\.yaml already: \.\/downbeat build --soundcard edirol-ua-25/,
    ],
    [
      'whose HAT has one',
      changed(headerCard, 'hat', 'product: Picade HAT'),
      /^dump\.txt:\d+: "Picade HAT" is in soundcards\/hifiberry-dac\.yaml already/,
    ],
    [
      'that is on no bus of ours',
      { ...headerCard, device: '0000:00:1f.3' },
      /^dump\.txt:\d+: sndrpihifiberry is neither on USB nor on the header .* \(its device is "0000:00:1f\.3"\)/,
    ],
    [
      'whose numbers are none',
      changed(usbCard, 'usb', '$(reboot)'),
      /^dump\.txt:\d+: expected vendor:product of USB, such as/,
    ],
    [
      'that is for MIDI alone',
      { ...usbCard, stream: '', playback: '', capture: '' },
      /^dump\.txt:\d+: X8 neither plays nor records/,
    ],
    [
      'that is none',
      changed(usbCard, 'card', 'no such card'),
      /^dump\.txt:6: \[card\] has no line of \/proc\/asound\/cards/,
    ],
    [
      'whose name has no letter',
      changed(
        { ...usbCard, card: ' 1 [X              ]: USB-Audio - ???' },
        'names',
        'product: ???',
      ),
      /^dump\.txt:\d+: its name makes no name of a file; say one: --id my-card$/,
    ],
  ])('%s', (_, sections, words) => {
    expect(said(sections)).toMatch(words)
  })

  test.each([
    ['../usb', /^--id \.\.\/usb: expected a name of lower-case letters/],
    ['usb', /^there is a soundcards\/usb\.yaml already: say another name, such as --id usb-2/],
    ['x'.repeat(61), /expected at most 60 letters/],
    ['a\u001b[31m', /^--id a\\u001b\[31m: expected/],
  ])('with the name %j', (id, words) => {
    expect(said(usbCard, id)).toMatch(words)
  })
})

describe('a dump that is none', () => {
  const whole = textOfDump(usbCard)
  const refused = (text: string): string => refusal(() => readDump(text, 'dump.txt'))

  test.each([
    [
      'another file',
      'hello\n',
      /^dump\.txt:1: is no dump of a sound card: its first line is not "downbeat-soundcard-dump 1"; make it anew where the card is: downbeat-soundcard-dump > dump\.txt/,
    ],
    ['an empty file', '', /^dump\.txt:1: is no dump/],
    [
      'one of another version',
      whole.replace('dump 1', 'dump 2'),
      /^dump\.txt:1: is a dump of version 2, and this downbeat reads version 1/,
    ],
    [
      'one with an escape in it',
      whole.replace('Example', '\u001b[31mExample'),
      /^dump\.txt:\d+: has the character U\+001B as letter \d+ \("\\u001b"\)/,
    ],
    [
      'one with letters that turn the direction of text',
      whole.replace('Example', '\u202eExample'),
      /U\+202E/,
    ],
    [
      'one with a line taken out',
      whole.replace('| speed: 480\n', ''),
      /^dump\.txt:\d+: \[names\] in line \d+ says 3 lines, and has 2: it was cut off, or changed/,
    ],
    [
      'one with a line put in',
      whole.replace('| speed: 480\n', '| speed: 480\n| more: 1\n'),
      /^dump\.txt:\d+: is one line more than its section says/,
    ],
    [
      'one with broken lines',
      whole.replace('Maker Example X8 at', 'Maker\nExample X8 at'),
      /says 2 lines, and has 1|expected the head|one line more/,
    ],
    [
      'one with a section twice',
      whole.replace('[hat: 0 lines]', '[usb: 0 lines]'),
      /\[usb\] is there twice/,
    ],
    [
      'one with another section',
      whole.replace('[hat:', '[hut:'),
      /there is no section \[hut\] \(did you mean "hat"\?\)/,
    ],
    ['one without a section', whole.replace('[hat: 0 lines]\n', ''), /\[hat\] is missing/],
    [
      'one that says more lines than there are',
      whole.replace('[hat: 0 lines]', '[hat: 99999 lines]'),
      /says 99999 lines, and has 0/,
    ],
  ])('is told with its line: %s', (_, text, words) => {
    expect(refused(text)).toMatch(words)
  })

  test('is told wherever it was cut off', () => {
    const rows = whole.split('\n')
    for (let length = 1; length < rows.length - 1; length++) {
      const text = `${rows.slice(0, length).join('\n')}\n`
      expect(refused(text), text).toMatch(/^dump\.txt:\d+: .*cut off/)
      if (length > 1) expect(refused(text.slice(0, -3)), text).toMatch(/^dump\.txt:\d+: /)
    }
  })

  test('ends its lines as Windows does, or has lines before and behind: that is a dump', () => {
    const { lines } = readDump(whole, 'dump.txt')
    const { lines: others } = readDump(`\n${whole.replaceAll('\n', '\r\n')}\r\nbye`, 'dump.txt')
    expect(others.card.map(({ text }) => text)).toEqual(lines.card.map(({ text }) => text))
  })

  test('is refused by the command with what to type, whatever it is', async () => {
    const folder = temporaryFolder()
    write(folder, { 'dump.txt': 'hello\n', binary: '', large: '' })
    write(folder, { binary: Buffer.from([0xff, 0xfe, 0, 1]).toString('latin1') })
    truncateSync(join(folder, 'large'), 100 * 1024 * 1024)
    const of = (...words: string[]) =>
      downbeat(['add-soundcard', ...words], { cwd: folder, out: temporaryFolder() })
    for (const [file, words] of [
      ['dump.txt', '✖ dump.txt:1: is no dump of a sound card'],
      ['binary', '✖ binary:1: is no dump of a sound card'],
      ['large', '✖ large: has more than 262144 bytes (104857600)'],
      ['none', '✖ none: there is no such file'],
      ['.', '✖ : is a folder: name a file'],
      ['/dev/zero', 'is no regular file: name a file, not a pipe or a device'],
    ] as const) {
      const { status, stderr } = await of(file)
      expect([status, stderr], file).toEqual([2, expect.stringContaining(words)])
      expect(stderr, file).toContain('downbeat-soundcard-dump > dump.txt')
    }
    const both = await of('dump.txt', '--card', '1')
    expect([both.status, both.stderr]).toEqual([
      2,
      expect.stringContaining('--card is about this machine'),
    ])
  })
})
