import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { runStages } from '../../scripts/session/session.ts'
import { root } from '../downbeat.ts'
import { mixerCards, shownOf } from './mixer/card.ts'
import { LEVEL, SWITCH, mixers } from './mixer/stage.ts'
import type { MixersSeen } from './mixer/stage.ts'

/** The mixers of some sound cards are set by the image's own program, and kept. */
export function mixersAreSet(most: number): void {
  const catalogue = openCatalogue(root)
  const cards = mixerCards(catalogue).slice(0, most)
  let seen: MixersSeen
  beforeAll(async () => {
    const plan = resolve(catalogue, join(root, 'image.yaml'))
    const { made } = await runStages(plan, [mixers(cards)], { quiet: true })
    seen = JSON.parse(readFileSync(made.get('mixers')!.outputs['seen']!, 'utf8')) as MixersSeen
  })

  describe.each(cards.map((card) => [card.id, card] as const))('the mixer of %s', (id, card) => {
    const wanted = Object.fromEntries(
      card.lines.map((line) => [line.split('\t')[0], shownOf(card, line)]),
    )
    test('is set as its file says, on a card with the controls of its drivers', () => {
      expect(seen.cards[id]!.said).toMatch(/^<5>The mixer of Mixer\d+ is set \(controls: \d+\)$/)
      expect(seen.cards[id]!.shown).toMatchObject(wanted)
    })

    test('is as somebody has left it after a restart', () => {
      const { shown, kept } = seen.cards[id]!
      const differing = Object.keys(shown).filter((name) => kept.shown[name] !== shown[name])
      expect(Object.keys(kept.shown).sort()).toEqual(Object.keys(shown).sort())
      expect(differing).toHaveLength(1)
    })
  })

  test('a card that comes later has its mixer set before JACK starts on it', () => {
    const { own } = seen
    expect(own).toMatchObject({ before_jack: 'yes', jack: 'active' })
    expect(own.shown).toMatchObject({ [SWITCH]: 'off', [LEVEL]: '128,128' })
  })

  test('what a card does not have is told, and JACK starts all the same', () => {
    expect(seen.own.said).toMatch(
      /^The mixer of \w+ is set, but for this: Nobody has this: the card has no such control$/,
    )
  })

  test('what somebody has changed stays so when the server starts anew, and when the machine does', () => {
    const { shown, turned, kept } = seen.own
    expect(turned).toEqual({ ...shown, [SWITCH]: 'on' })
    expect(kept.shown).toEqual(turned)
  })
}
