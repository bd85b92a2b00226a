import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { Budgets } from '../../lib/plan/schema/budgets.ts'
import type { WakeUps } from '../../lib/prove/latency/wakeups.ts'
import { runStages } from '../../scripts/session/session.ts'
import { root } from '../downbeat.ts'
import { twice } from './latency/stage.ts'

test('the kernel wakes a realtime thread in time, and two measurements have the same figures', async () => {
  const catalogue = openCatalogue(root)
  const plan = resolve(catalogue, join(root, 'image.yaml'))
  const { made } = await runStages(plan, [twice], { quiet: true })
  const [one, other] = JSON.parse(
    readFileSync(made.get('measured-twice')!.outputs['seen']!, 'utf8'),
  ) as [WakeUps, WakeUps]
  const { wake_up_us } = catalogue.table('budgets.yaml', Budgets).value
  expect(other).toEqual(one)
  expect(one.kernel).toMatch(/PREEMPT_RT/)
  expect(one.worst_us).toBeLessThanOrEqual(wake_up_us[plan.kernel!.name]!)
})
