import { expect, test } from 'vitest'
import { chaos } from '../chaos/run.ts'

// Builds that are killed are in faults.test.ts, first boots in card-root.test.ts; all of them, at
// hundreds of moments, in ./downbeat test long.
test('flash, personalize and the settings of a card that are killed at a moment lose nothing', async () => {
  const outcomes = await chaos(['flash', 'personalize', 'settings'], 3, 14)
  expect(outcomes.flatMap(({ lost }) => lost)).toEqual([])
  for (const { name, lacks, kills } of outcomes)
    if (lacks === undefined) expect(kills, name).toBeGreaterThan(0)
})
