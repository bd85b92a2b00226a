import { expect, test } from 'vitest'
import { didYouMean, distance, nearest } from '../../lib/common/words/nearest.ts'

test('each inserted, deleted, replaced or swapped letter counts as one edit', () => {
  expect(distance('pi4b', 'pi4b')).toBe(0)
  expect(distance('pi4', 'pi4b')).toBe(1)
  expect(distance('pi4bb', 'pi4b')).toBe(1)
  expect(distance('pi3b', 'pi4b')).toBe(1)
  expect(distance('ip4b', 'pi4b')).toBe(1)
  expect(distance('', 'pi4b')).toBe(4)
  expect(distance('kitten', 'sitting')).toBe(3)
})

test('the nearest of several words is meant', () => {
  expect(nearest('tunnings', ['boards', 'tunings', 'turnings'])).toBe('tunings')
})

test('capital letters are no difference', () => {
  expect(nearest('PI4B', ['pi3b', 'pi4b'])).toBe('pi4b')
})

test('a word that is like none of them means none of them', () => {
  expect(nearest('xyz', ['board', 'soundcard'])).toBeUndefined()
  expect(nearest('anything', [])).toBeUndefined()
})

test('a long word may have more mistakes in it than a short one', () => {
  expect(nearest('hifibery-dakplus', ['hifiberry-dacplus'])).toBe('hifiberry-dacplus')
  expect(nearest('abcd', ['xycd'])).toBe('xycd')
  expect(nearest('abc', ['xyc'])).toBeUndefined()
})

test('another number is no slip of the finger', () => {
  expect(nearest('pi9', ['pi0', 'pi3b'])).toBeUndefined()
  expect(nearest('arm46', ['arm64', 'armhf'])).toBe('arm64')
})

test('a misspelt word is answered with the one that was meant', () => {
  expect(didYouMean('pi4', ['pi3b', 'pi4b'])).toBe(' (did you mean "pi4b"?)')
  // as near as pi0, but it goes on where the word ends
  expect(didYouMean('pi4', ['pi0', 'pi3b', 'pi4b'])).toBe(' (did you mean "pi4b"?)')
})

test('a strange word is answered with all there is to choose from, unless that is a page full', () => {
  expect(didYouMean('theremin', ['usb', 'dac'])).toBe(' (there is: usb, dac)')
  expect(
    didYouMean(
      'theremin',
      Array.from({ length: 25 }, (_, i) => `card${i}`),
    ),
  ).toBe('')
  expect(didYouMean('theremin', [])).toBe('')
})
