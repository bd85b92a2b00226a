import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { resolve } from '../../lib/resolve.ts'
import { runStages } from '../../scripts/session.ts'
import { root } from '../downbeat.ts'
import { everyMoment } from '../image/first-boot/cuts.ts'
import type { cuts } from '../image/first-boot/cuts.ts'
import { expectUncut } from '../image/first-boot/expected.ts'
import { firstBoots } from '../image/first-boot/stage.ts'
import type { FirstBoots } from '../image/first-boot/stage.ts'
import { everyCut } from './every-cut.ts'

test('a first boot whose plug is pulled at twenty moments ends as if it had not been', async () => {
  const { made } = await runStages(resolve(root, join(root, 'image.yaml')), [firstBoots, everyCut], { quiet: true })
  const seen = (stage: string): unknown => JSON.parse(readFileSync(made.get(stage)!.outputs['seen']!, 'utf8'))
  const pulled = seen('every-cut') as Awaited<ReturnType<typeof cuts>>
  expect(pulled.pulled.length).toBeGreaterThanOrEqual(20)
  expect(pulled.pulled.at(-1)).toBe(everyMoment.at(-1))
  expectUncut(pulled, (seen('first-boots') as FirstBoots).later)
})
