import { expect, test } from 'vitest'
import { chaos } from '../chaos/run.ts'

const WEEK_MS = 7 * 24 * 3600 * 1000

test('a build, flash, personalize and a card that are killed 300 times, each week at other moments, lose nothing', async () => {
  const names = ['build', 'flash', 'personalize', 'settings', 'first-boot']
  const outcomes = await chaos(names, 300, Math.floor(Date.now() / WEEK_MS))
  expect(outcomes.flatMap(({ lost }) => lost)).toEqual([])
  expect(outcomes.reduce((all, { kills }) => all + kills, 0)).toBeGreaterThan(250)
})
