import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { Budgets } from '../../lib/plan/schema/budgets.ts'
import { runStages } from '../../scripts/session/session.ts'
import { controls } from '../../stages/controls.ts'
import type { Control } from '../../stages/controls.ts'
import { root } from '../downbeat.ts'

test("a kernel that is not a realtime one breaks every budget, and Debian's realtime one keeps its own", async () => {
  const catalogue = openCatalogue(root)
  const plan = resolve(catalogue, join(root, 'image.yaml'))
  const { made } = await runStages(plan, [controls], { quiet: true })
  const [realtime, ordinary] = JSON.parse(
    readFileSync(made.get('controls')!.outputs['seen']!, 'utf8'),
  ) as [Control, Control]
  const { wake_up_us } = catalogue.table('budgets.yaml', Budgets).value
  expect(realtime.worst_us).toBeLessThanOrEqual(wake_up_us['packaged']!)
  expect(ordinary.worst_us).toBeGreaterThan(10 * Math.max(...Object.values(wake_up_us)))
})
