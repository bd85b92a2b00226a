import { expect, test } from 'vitest'
import { chaos } from '../chaos/run.ts'

test('a build, flash, personalize and a card that are killed at a few moments lose nothing', async () => {
  const names = ['build', 'flash', 'personalize', 'settings', 'first-boot']
  const outcomes = await chaos(names, 10, 14)
  expect(outcomes.flatMap(({ lost }) => lost)).toEqual([])
  for (const { name, lacks, kills } of outcomes)
    if (lacks === undefined) expect(kills, name).toBeGreaterThan(0)
})
