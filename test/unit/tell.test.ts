import { expect, test } from 'vitest'
import {
  HostError,
  Interrupted,
  ProofError,
  StageError,
  UserError,
} from '../../lib/common/words/errors.ts'
import { tell } from '../../scripts/session/tell.ts'
import { planOf, refusal, temporaryFolder, write } from './fixtures.ts'

const root = (text: string): string => {
  const folder = temporaryFolder()
  write(folder, { 'image.yaml': text })
  return folder
}

test('below a mistake in a YAML file stands its line, with a mark below the place', () => {
  const error = new UserError(
    'image.yaml:2:8 board: there is no boards/pi9.yaml (did you mean "pi5"?)',
  )
  expect(tell(error, root('name: x\nboard: pi9\nhostname: y\n'))).toEqual([
    '✖ image.yaml:2:8 board: there is no boards/pi9.yaml (did you mean "pi5"?)',
    '  2 | board: pi9',
    '    |        ^',
  ])
})

test('each mistake has its own line', () => {
  const error = new UserError('image.yaml:1:1 a\nimage.yaml:2:1 b')
  expect(tell(error, root('one: 1\ntwo: 2\n'))).toEqual([
    '✖ image.yaml:1:1 a',
    '  1 | one: 1',
    '    | ^',
    'image.yaml:2:1 b',
    '  2 | two: 2',
    '    | ^',
  ])
})

test.each([
  ['a file that is not there', 'other.yaml:1:1 a', 'one: 1\n'],
  ['a line that is not there', 'image.yaml:9:1 a', 'one: 1\n'],
  ['an empty line', 'image.yaml:2:1 a', 'one: 1\n\n'],
  ['a line that no screen shows whole', 'image.yaml:1:1 a', `one: ${'1'.repeat(200)}\n`],
  ['a line with an escape sequence', 'image.yaml:1:1 a', 'one: \u001B[31m\n'],
  ['a mistake that is in no file', '--set one=1 a', 'one: 1\n'],
])('%s is not shown', (_, message, text) => {
  expect(tell(new UserError(message), root(text))).toEqual([`✖ ${message}`])
})

test('every way to end badly says what to do next', () => {
  expect(tell(new HostError('no bash', 'apt install bash'), '/')).toEqual([
    '✖ no bash',
    '  to mend it: apt install bash',
  ])
  expect(tell(new StageError('kernel', 'exit status 2', ['a', 'b'], 'out/x.log'), '/')).toEqual([
    '✖ kernel: exit status 2',
    '  | a',
    '  | b',
    '  everything it printed: out/x.log',
  ])
  expect(tell(new ProofError('swap: on'), '/')).toEqual(['✖ swap: on'])
  expect(tell(new Interrupted('stopped', 'nothing is lost'), '/')).toEqual([
    '',
    'stopped; nothing is lost',
  ])
})

test('what is thrown by mistake is a fault of downbeat, and shows where', () => {
  expect(tell(new TypeError('x'), '/').join('\n')).toMatch(
    /^downbeat has a fault; please report it with these lines:\nTypeError: x\n {4}at /,
  )
  expect(tell('x', '/').at(-1)).toBe('x')
})

test('all mistakes of a file are told at once', () => {
  const choices = `board: [pi9, pi4b]
soundcard: hifibery-dac
profile: guitr
jack: { server: jack3 }
kernel: { source: debain }
`
  expect(refusal(() => planOf({ 'image.yaml': choices })).split('\n')).toEqual([
    'image.yaml:1:9: there is no boards/pi9.yaml (./downbeat list boards shows what there is)',
    'image.yaml:2:12: there is no soundcards/hifibery-dac.yaml (did you mean "hifiberry-dac"?)',
    'image.yaml:4:17 jack.server: expected jack1 or jack2, got "jack3"',
    'image.yaml:3:10: there is no profiles/guitr.yaml (did you mean "guitar"?)',
    'image.yaml:5:19 kernel.source: there is no kernel/debain.yaml (did you mean "debian"?)',
  ])
})

test('what JACK cannot do on a card is told at once', () => {
  const choices = 'board: pi4b\nsoundcard: onboard\njack: { rate: 11025, outputs: 99 }\n'
  const told = refusal(() => planOf({ 'image.yaml': choices })).split('\n')
  expect(told.map((line) => /jack\.\w+/.exec(line)?.[0])).toEqual(['jack.outputs', 'jack.rate'])
})

test('all faults of a YAML text are told at once', () => {
  const told = refusal(() =>
    planOf({ 'image.yaml': 'board: pi4b\nboard: pi5\nsoundcard: usb\nsoundcard: none\n' }),
  ).split('\n')
  expect(told.length).toBeGreaterThan(1)
  for (const line of told) expect(line).toMatch(/^image\.yaml:\d+:\d+ /)
})
