import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Arch } from '../../lib/plan/schema/common.ts'
import { Board } from '../../lib/plan/schema/board.ts'
import { Image } from '../../lib/plan/schema/image.ts'
import { Soundcard } from '../../lib/plan/schema/soundcard.ts'
import { parseYaml, plainValue, readYaml } from '../../lib/plan/catalogue/yaml.ts'
import type { Override } from '../../lib/plan/catalogue/yaml.ts'
import { refusal, temporaryFolder, write } from './fixtures.ts'

const image = (text: string, sets: Override[] = []) => parseYaml(text, 'image.yaml', Image, sets)
const refused = (text: string, sets: Override[] = []): string => refusal(() => image(text, sets))
const set = (key: string, value: unknown): Override => ({
  path: key.split('.'),
  value,
  text: `--set ${key}=${String(value)}`,
})
const choices = 'board: pi4b\nsoundcard: usb\n'

describe('a file that is right', () => {
  test('gives its value with the defaults of the schema', () => {
    const { value } = image(choices)
    expect(value).toMatchObject({
      board: ['pi4b'],
      soundcard: 'usb',
      hostname: 'downbeat',
      user: { name: 'musician', ssh_keys: [] },
    })
    expect(value).toMatchObject({
      base: 'debian-trixie-arm64',
      overclock: 'none',
      root: 'sd',
      accept: [],
      packages: [],
      tunings: {},
    })
    expect(value.jack).toEqual({
      server: 'jack2',
      timeout_ms: 2000,
      softmode: false,
      midi: true,
    })
  })

  test('knows the line and column of each of its values', () => {
    const { at } = image('board: [pi4b, pi3b]\nsoundcard: usb\njack:\n  period: 64\n')
    expect(at(['soundcard'])).toBe('image.yaml:2:12')
    expect(at(['board', 1])).toBe('image.yaml:1:15')
    expect(at(['jack', 'period'])).toBe('image.yaml:4:11')
  })

  test('places a value that it does not have at what encloses it', () => {
    const { at } = image('board: pi4b\nsoundcard: usb\njack:\n  period: 64\n')
    expect(at(['jack', 'rate'])).toBe('image.yaml:4:3')
    expect(at(['hostname'])).toBe('image.yaml:1:1')
  })
})

describe('a key', () => {
  test('that no schema knows is named with its line and the nearest word', () => {
    expect(refused(`${choices}baord: x\n`)).toBe(
      'image.yaml:3:1 baord: unknown key (did you mean "board"?)',
    )
    expect(refused(`${choices}jack:\n  perod: 64\n`)).toBe(
      'image.yaml:4:3 jack.perod: unknown key (did you mean "period"?)',
    )
  })

  test('that no schema knows is found inside a list, too', () => {
    const text =
      'name: x\nbus: usb\ndriver: d\nplayback: 2\ncapture: 2\nrates: [48000]\nsource: s\njack: { period: 64, periods: 2, rate: 48000, smallest: 16 }\n'
    expect(refusal(() => parseYaml(text, 'soundcards/x.yaml', Soundcard))).toContain(
      'soundcards/x.yaml:8:46 jack.smallest: unknown key',
    )
  })

  test('of another kind of file is not offered again', () => {
    const Kinds = z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('a'), one: z.string().optional() }),
      z.strictObject({ kind: z.literal('b'), two: z.string().optional() }),
    ])
    expect(refusal(() => parseYaml('kind: a\ntwo: x\n', 'x.yaml', Kinds))).toBe(
      'x.yaml:2:1 two: does not go with the other keys here',
    )
  })

  test('that is misspelt beside another one is not forgotten: both are named', () => {
    expect(refused(`${choices}baord: x\nhosname: y\n`).split('\n')).toEqual([
      'image.yaml:3:1 baord: unknown key (did you mean "board"?)',
      'image.yaml:4:1 hosname: unknown key (did you mean "hostname"?)',
    ])
  })

  test('of a table of architectures is answered with the nearest architecture', () => {
    const text = 'name: a\nbuilds: { arm65: 1 }\n'
    const Builds = z.strictObject({ name: z.string(), builds: z.partialRecord(Arch, z.number()) })
    expect(refusal(() => parseYaml(text, 'x.yaml', Builds))).toBe(
      'x.yaml:2:11 builds.arm65: unknown key (did you mean "arm64"?)',
    )
  })

  test('that is missing is named with what is expected of it', () => {
    expect(refused('board: pi4b\n')).toBe('image.yaml:1:1 soundcard: is missing (expected text)')
  })

  test('that is missing is called missing, too, where one of several words or kinds of value is expected', () => {
    expect(refused('soundcard: usb\n')).toContain('image.yaml:1:1 board: is missing')
    const text =
      'name: x\ndriver: d\nplayback: 2\ncapture: 2\nrates: [48000]\nsource: s\njack: { period: 64, periods: 2, rate: 48000, smallest_period: 16 }\n'
    expect(refusal(() => parseYaml(text, 'soundcards/x.yaml', Soundcard))).toContain(
      'soundcards/x.yaml:1:1 bus: is missing',
    )
  })

  test('that is there twice is an error at the second one', () => {
    expect(refused(`${choices}board: pi3b\n`)).toBe('image.yaml:3:1 board: is there twice')
  })

  test('that is no id is told what an id is made of', () => {
    expect(refused(`${choices}tunings: { No_Swap: off }\n`)).toBe(
      'image.yaml:3:21 tunings.No_Swap: expected a name of lower-case letters, digits, ".", "+" and "-"',
    )
  })
})

describe('a value', () => {
  test('that is none of the words allowed is answered with them and the nearest one', () => {
    expect(refused(`${choices}tunings:\n  no-swap: offf\n`)).toBe(
      'image.yaml:4:12 tunings.no-swap: expected "on" or "off", got "offf" (did you mean "off"?)',
    )
    expect(refused(`${choices}tunings:\n  no-swap: sometimes\n`)).toBe(
      'image.yaml:4:12 tunings.no-swap: expected "on" or "off", got "sometimes"',
    )
    expect(refused(`${choices}tunings:\n  no-swap: true\n`)).toBe(
      'image.yaml:4:12 tunings.no-swap: expected "on" or "off", got true (did you mean "on"?)',
    )
  })

  test('in a list is placed where it stands in the list', () => {
    const text = 'arch: [arm64, arm46]\n'
    expect(
      refusal(() => parseYaml(text, 'boards/pi4.yaml', z.strictObject({ arch: Board.shape.arch }))),
    ).toBe(
      'boards/pi4.yaml:1:15 arch.1: expected "arm64" or "armhf" or "armel", got "arm46" (did you mean "arm64"?)',
    )
  })

  test('of the wrong type is shown beside the type that is expected', () => {
    expect(refused(`${choices}jack: { period: big }\n`)).toBe(
      'image.yaml:3:17 jack.period: expected a number, got "big"',
    )
    expect(refused(`${choices}jack: { period: 64.5 }\n`)).toBe(
      'image.yaml:3:17 jack.period: expected a whole number, got 64.5',
    )
    expect(refused(`${choices}jack: 3\n`)).toMatch(
      /^image\.yaml:3:7 jack: expected keys with values, got 3 \(its keys: server, period, .*\)$/,
    )
    expect(refused(`${choices}hostname: [a]\n`)).toBe(
      'image.yaml:3:11 hostname: expected text, got ["a"]',
    )
  })

  test('of the wrong type is shown, too, where several types are allowed', () => {
    const said = refused('board: 3\nsoundcard: usb\n')
    expect(said).toMatch(/^image\.yaml:1:8 board: expected /)
    expect(said).toMatch(/, got 3$/)
  })

  test('that may have several forms is answered in the words of the one that was meant', () => {
    expect(refused(`${choices}overclock: { over_voltage: 2 }\n`)).toBe(
      'image.yaml:3:12 overclock.arm_freq: is missing',
    )
    expect(refused(`${choices}overclock: { arm_freq: 1400, over_volts: 2 }\n`)).toBe(
      'image.yaml:3:30 overclock.over_volts: unknown key (did you mean "over_voltage"?)',
    )
    expect(refused(`${choices}overclock: [turbo]\n`)).toBe(
      'image.yaml:3:12 overclock: expected text or keys with values, got ["turbo"]',
    )
    expect(refused('board: []\nsoundcard: usb\n')).toBe(
      'image.yaml:1:8 board: expected at least one board (./downbeat list boards shows what there is)',
    )
    expect(refused('board: [pi4b, 3]\nsoundcard: usb\n')).toBe(
      'image.yaml:1:15 board.1: expected text, got 3',
    )
  })

  test('that may be a word or a list is told both, and one that is a word or a sign is told which', () => {
    const Found = z.strictObject({ usb: z.union([z.literal('any'), z.array(z.string())]) })
    const said = (text: string): string => refusal(() => parseYaml(text, 'x.yaml', Found))
    expect(said('usb: 046d:0a01\n')).toBe(
      'x.yaml:1:6 usb: expected "any" or a list, got "046d:0a01"',
    )
    expect(said('usb: 3\n')).toBe('x.yaml:1:6 usb: expected "any" or a list, got 3')
    expect(said('usb: [1]\n')).toBe('x.yaml:1:7 usb.0: expected text, got 1')
    const Absent = z.strictObject({ absent: z.literal(true) })
    expect(refusal(() => parseYaml('absent: "true"\n', 'x.yaml', Absent))).toBe(
      'x.yaml:1:9 absent: expected true, got "true"',
    )
    expect(refused(`${choices}jack: { period: .nan }\n`)).toContain('got NaN')
  })

  test('of a switch may be called by the names of others, in the hint', () => {
    expect(refused(`${choices}tunings: { no-swap: no }\n`)).toContain(
      'got "no" (did you mean "off"?)',
    )
    expect(refused(`${choices}tunings: { no-swap: false }\n`)).toContain(
      'got false (did you mean "off"?)',
    )
  })

  test('that is very long is cut in the message', () => {
    expect(refused(`${choices}jack: ${'x'.repeat(200)}\n`)).toContain(
      `image.yaml:3:7 jack: expected keys with values, got "${'x'.repeat(56)}... (`,
    )
  })

  test('outside its limits is answered with the limit', () => {
    expect(refused(`${choices}jack: { period: 8 }\n`)).toBe(
      'image.yaml:3:17 jack.period: expected at least 16, got 8',
    )
  })

  test('of the wrong form is answered with what is expected, in the words of the schema', () => {
    expect(refused('board: Pi4\nsoundcard: usb\n')).toBe(
      'image.yaml:1:8 board: expected a name of lower-case letters, digits, ".", "+" and "-" (./downbeat list boards shows what there is)',
    )
    expect(refused('board: [pi4b, Pi3]\nsoundcard: usb\n')).toContain(
      'image.yaml:1:15 board.1: expected a name of lower-case letters',
    )
    expect(refused(`${choices}hostname: my_pi\n`)).toBe(
      'image.yaml:3:11 hostname: expected letters, digits and "-", at most 63',
    )
    expect(refused(`${choices}user:\n  ssh_keys:\n    - hello\n`)).toBe(
      'image.yaml:5:7 user.ssh_keys.0: expected a public key, such as the text of id_ed25519.pub',
    )
  })

  test('that is wrong beside another wrong one is not forgotten: each has a line', () => {
    expect(refused(`${choices}jack: { period: 8, rate: fast }\n`).split('\n')).toEqual([
      'image.yaml:3:17 jack.period: expected at least 16, got 8',
      'image.yaml:3:26 jack.rate: expected a number, got "fast"',
    ])
  })
})

describe('a text that is no YAML', () => {
  test('is placed where it stops to be one', () => {
    expect(refused('board: [pi4b\nsoundcard: usb\n')).toMatch(
      /^image\.yaml:2:1 Flow sequence in block collection must be/,
    )
    expect(refused('board: pi4b\njack:\n\tperiod: 3\n')).toBe(
      'image.yaml:3:1 Tabs are not allowed as indentation',
    )
    expect(refused('board: "pi4b\n')).toMatch(/^image\.yaml:2:1 Missing closing "quote/)
    expect(refused('board: pi4b\n---\nboard: pi3b\n')).toMatch(
      /^image\.yaml:2:1 a second document begins here/,
    )
  })

  test('names an anchor that it does not have', () => {
    expect(refused('board: *other\nsoundcard: usb\n')).toMatch(/^image\.yaml:1:8 .*other/)
  })

  test('and an empty file, or a list, is an error of the file as a whole', () => {
    expect(refused('')).toBe('image.yaml:1:1 expected keys with values, got null')
    expect(refused('- pi4b\n')).toBe('image.yaml:1:1 expected keys with values, got ["pi4b"]')
  })

  test('and a file that is not there are told apart', () => {
    const root = temporaryFolder()
    expect(refusal(() => readYaml(join(root, 'variants/x.yaml'), Image, root))).toBe(
      'variants/x.yaml: there is no such file',
    )
    write(root, { 'variants/x.yaml': 'board: {}\n' })
    expect(refusal(() => readYaml(join(root, 'variants/x.yaml'), Image, root))).toMatch(
      /^variants\/x\.yaml:1:/,
    )
  })
})

describe('--set', () => {
  test('replaces a value of the file, and makes one that is not there', () => {
    const { value } = image(choices, [set('soundcard', 'dac'), set('jack.period', 64)])
    expect(value.soundcard).toBe('dac')
    expect(value.jack).toEqual({
      server: 'jack2',
      period: 64,
      timeout_ms: 2000,
      softmode: false,
      midi: true,
    })
  })

  test('is the place of the value it sets, and of no other', () => {
    const { at } = image(`${choices}jack: { rate: 44100 }\n`, [set('jack.period', 64)])
    expect(at(['jack', 'period'])).toBe('--set jack.period=64')
    expect(at(['jack', 'rate'])).toBe('image.yaml:3:15')
    expect(at(['soundcard'])).toBe('image.yaml:2:12')
  })

  test('with a wrong value is the place of the message', () => {
    expect(refused(choices, [set('jack.period', 'big')])).toBe(
      '--set jack.period=big jack.period: expected a number, got "big"',
    )
    expect(refused(choices, [set('board', 'Pi4')])).toContain(
      '--set board=Pi4 board: expected a name of lower-case letters',
    )
  })

  test('with an unknown key is the place of the message, with the nearest word', () => {
    expect(refused(choices, [set('jack.perod', 64)])).toBe(
      '--set jack.perod=64 jack.perod: unknown key (did you mean "period"?)',
    )
    expect(refused(choices, [set('jak.period', 64)])).toBe(
      '--set jak.period=64 jak: unknown key (did you mean "jack"?)',
    )
  })

  test('of the same key twice means the last one, in messages too', () => {
    const twice = [set('jack.period', 64), set('jack.period', 8)]
    expect(image(choices, twice.toReversed()).value.jack.period).toBe(64)
    expect(refused(choices, twice)).toBe(
      '--set jack.period=8 jack.period: expected at least 16, got 8',
    )
  })

  test('of something below a plain value is refused, and is no fault of downbeat', () => {
    expect(refused(`${choices}hostname: x\n`, [set('hostname.first', 'a')])).toMatch(
      /^--set hostname\.first=a /,
    )
  })

  test('of one place of a list changes that one', () => {
    expect(
      image('board: [pi4b, pi3b]\nsoundcard: usb\n', [set('board.0', 'cm4')]).value.board,
    ).toEqual(['cm4', 'pi3b'])
  })

  test('takes what one would write behind a key: a number, a word, a list', () => {
    const plain = (text: string): unknown => plainValue(text, '--set x')
    expect(
      ['64', '-2', 'true', 'false', 'on', '', '6.12', '[a, 3]', '{ a: 1 }'].map(plain),
    ).toEqual([64, -2, true, false, 'on', '', '6.12', ['a', 3], { a: 1 }])
    expect(refusal(() => plain('[a, b'))).toMatch(/^--set x: Flow sequence must end with a \]/)
  })
})
