import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { Budgets } from '../../lib/plan/schema/budgets.ts'
import type { WakeUps } from '../../lib/prove/latency/wakeups.ts'
import { budgetOf, overBudget } from '../../scripts/measure/budget.ts'
import { runStages } from '../../scripts/session/session.ts'
import { controls } from '../../stages/controls.ts'
import type { Control } from '../../stages/controls.ts'
import { root } from '../downbeat.ts'
import { stolen } from './latency/stage.ts'

const catalogue = openCatalogue(root)
const plan = resolve(catalogue, join(root, 'image.yaml'))
const budgets = catalogue.table('budgets.yaml', Budgets).value

test("a kernel that is not a realtime one breaks every budget, and Debian's realtime one keeps its own", async () => {
  const { made } = await runStages(plan, [controls], { quiet: true })
  const [realtime, ordinary] = JSON.parse(
    readFileSync(made.get('controls')!.outputs['seen']!, 'utf8'),
  ) as [Control, Control]
  const { wake_up_us } = budgets
  expect(ordinary.worst_us).toBeGreaterThan(10 * Math.max(...Object.values(wake_up_us)))
  const { kernel: _, ...packaged } = plan
  expect(overBudget('packaged', realtime, budgetOf(packaged, budgets))).toEqual([])
  expect(overBudget('ours', realtime, budgetOf(plan, budgets))).toHaveLength(3)
})

test('a program above the priority of JACK breaks the budget', async () => {
  const { made } = await runStages(plan, [stolen], { quiet: true })
  const seen = JSON.parse(readFileSync(made.get('stolen')!.outputs['seen']!, 'utf8')) as WakeUps
  expect(seen.worst_us).toBeGreaterThan(2 * budgetOf(plan, budgets).wake_up_us)
})
