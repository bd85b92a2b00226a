import { expect, test } from 'vitest'
import { messageOf } from '../../lib/common/words/errors.ts'
import { tuningsInForce } from '../../lib/plan/tunings/in-force.ts'
import type { Answered } from '../../lib/plan/tunings/answers.ts'
import { idsOf } from './fixtures.ts'
import { asked, catalogue } from './kernel-choices.ts'

test.each([
  ['one board', ['pi3b'], ''],
  ['boards whose port is free with some cards only', ['zero2w', 'pi4b'], ''],
  ['a kernel that has every overlay', ['pi4b'], 'raspberrypi'],
])('of %s the tunings are the same, whatever cards were looked at before', (_, boards, kernel) => {
  const before: Answered = new Map()
  let cards = 0
  for (const id of idsOf('soundcards')) {
    const settled = asked(boards, 'debian-trixie-arm64', id, kernel)
    if (typeof settled === 'string') continue
    cards++
    const found = (from: Answered): unknown => {
      try {
        return tuningsInForce(catalogue, settled, from).all
      } catch (error) {
        return messageOf(error) // a card whose pins a tuning has
      }
    }
    expect(found(before), id).toEqual(found(new Map()))
  }
  expect(cards).toBeGreaterThan(40)
})
