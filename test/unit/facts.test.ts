import { expect, test } from 'vitest'
import { factsOf, fill, whyNotMet } from '../../lib/plan/tunings/facts.ts'
import { refusal } from './fixtures.ts'

const facts = factsOf({
  board: {
    id: 'pi3b',
    cores: 4,
    ram_mb: 1024,
    wifi: true,
    filters: ['pi3'],
    usb: { controller: 'dwc2' },
  },
  jack: { softmode: false },
})
const place = (fact: string): string => `tunings/x.yaml:4:9 (${fact})`
const why = (when: Parameters<typeof whyNotMet>[0]) => whyNotMet(when, facts, place)

test('facts are named by the way to them, and lists stay whole', () => {
  expect(facts).toEqual({
    'board.id': 'pi3b',
    'board.cores': 4,
    'board.ram_mb': 1024,
    'board.wifi': true,
    'board.filters': ['pi3'],
    'board.usb.controller': 'dwc2',
    'jack.softmode': false,
  })
})

test('a tuning without conditions always applies', () => {
  expect(why({})).toBeUndefined()
})

test('a fact must be the value that is asked for', () => {
  expect(why({ 'board.usb.controller': 'dwc2' })).toBeUndefined()
  expect(why({ 'board.usb.controller': 'xhci' })).toBe('board.usb.controller is dwc2, not xhci')
  expect(why({ 'jack.softmode': false, 'board.wifi': true })).toBeUndefined()
  expect(why({ 'jack.softmode': true })).toBe('jack.softmode is false, not true')
})

test('a fact may be any one of a list', () => {
  expect(why({ 'board.cores': [1, 4] })).toBeUndefined()
  expect(why({ 'board.cores': [1, 2] })).toBe('board.cores is 4, not 1 or 2')
})

test('a fact that is a list must have the value in it', () => {
  expect(why({ 'board.filters': 'pi3' })).toBeUndefined()
  expect(why({ 'board.filters': ['pi4', 'pi3'] })).toBeUndefined()
  expect(why({ 'board.filters': 'pi4' })).toBe('board.filters is pi3, not pi4')
})

test('a fact that is a number may have limits, which count as within', () => {
  expect(why({ 'board.ram_mb': { max: 1024 } })).toBeUndefined()
  expect(why({ 'board.ram_mb': { min: 1024, max: 1024 } })).toBeUndefined()
  expect(why({ 'board.ram_mb': { max: 512 } })).toBe('board.ram_mb is 1024, not at most 512')
  expect(why({ 'board.ram_mb': { min: 2048, max: 4096 } })).toBe(
    'board.ram_mb is 1024, not at least 2048 and at most 4096',
  )
  expect(why({ 'board.id': { min: 1 } })).toBe('board.id is pi3b, not at least 1')
})

test('the first condition that does not hold is the reason', () => {
  expect(why({ 'board.cores': 4, 'board.ram_mb': { max: 1 }, 'board.id': 'x' })).toBe(
    'board.ram_mb is 1024, not at most 1',
  )
})

test('a fact that is known but not set is not the value that is asked for', () => {
  expect(whyNotMet({ 'soundcard.alsa_id': 'x' }, { 'soundcard.alsa_id': undefined }, place)).toBe(
    'soundcard.alsa_id is not set, not x',
  )
})

test('a condition on a fact that does not exist is an error at its place, with the nearest fact', () => {
  expect(refusal(() => why({ 'board.core': 4 }))).toBe(
    'tunings/x.yaml:4:9 (board.core) when.board.core: no such fact (did you mean "board.cores"?)',
  )
})

test('facts are filled into every text of a tuning, and into nothing else', () => {
  const tuning = {
    about: '{{board.id}} has {{board.cores}} cores',
    change: { cmdline: ['isolcpus={{board.cores}}'], wait: 3, on: true, none: null },
  }
  expect(fill(tuning, facts, 'tunings/x.yaml')).toEqual({
    about: 'pi3b has 4 cores',
    change: { cmdline: ['isolcpus=4'], wait: 3, on: true, none: null },
  })
})

test('braces of other languages are left alone', () => {
  expect(fill('awk { print } ${x} {{ x }} {{{x}', facts, 'p')).toBe(
    'awk { print } ${x} {{ x }} {{{x}',
  )
})

test('a fact that cannot be filled in is an error with the nearest one', () => {
  expect(refusal(() => fill(['{{board.corse}}'], facts, 'tunings/x.yaml'))).toBe(
    'tunings/x.yaml: no such fact: {{board.corse}} (did you mean "board.cores"?)',
  )
})

const lists = factsOf({
  boards: { drivers: ['genet', 'smsc95xx'] },
  none: { at_all: [] },
  user: { name: 'me' },
})

test('a line that names a list is repeated for each of its values', () => {
  expect(fill(['a', 'b={{boards.drivers}}!', '{{user.name}}'], lists, 'p')).toEqual([
    'a',
    'b=genet!',
    'b=smsc95xx!',
    'me',
  ])
  expect(fill(['{{user.name}} {{boards.drivers}}'], lists, 'p')).toEqual([
    'me genet',
    'me smsc95xx',
  ])
  expect(fill(['{{boards.drivers}}-{{boards.drivers}}'], lists, 'p')).toEqual([
    'genet-genet',
    'smsc95xx-smsc95xx',
  ])
  expect(
    fill(['{{boards.drivers}} {{jack.rates}}'], { ...lists, 'jack.rates': [1, 2] }, 'p'),
  ).toEqual(['genet 1', 'genet 2', 'smsc95xx 1', 'smsc95xx 2'])
  expect(fill({ change: { blacklist: ['{{boards.drivers}}'] } }, lists, 'p')).toEqual({
    change: { blacklist: ['genet', 'smsc95xx'] },
  })
})

test('a line that names an empty list is no line', () => {
  expect(fill(['a', '{{none.at_all}}'], lists, 'p')).toEqual(['a'])
})

test('outside a list of lines, a list is the alternatives of a pattern', () => {
  expect(fill('^blacklist ({{boards.drivers}})$', lists, 'p')).toBe('^blacklist (genet|smsc95xx)$')
  expect(fill([{ run: 'lsmod', lacks: '^({{boards.drivers}}) ' }], lists, 'p')).toEqual([
    { run: 'lsmod', lacks: '^(genet|smsc95xx) ' },
  ])
})
