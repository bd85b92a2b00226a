import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { mixerControls } from '../../lib/plan/schema/mixer-controls.ts'
import type { MixerControls } from '../../lib/plan/schema/mixer-controls.ts'
import { tableWith } from '../../scripts/generate/controls/table.ts'
import { runStages } from '../../scripts/session/session.ts'
import { root } from '../downbeat.ts'
import { driverSources } from './mixer-controls/stage.ts'

// Those of mainline: the drivers that only Raspberry Pi's kernel has were read from its repository.
const drivers = Object.entries(mixerControls())
  .filter(([, { of }]) => of.startsWith('Linux '))
  .map(([driver]) => driver)

let made: MixerControls
beforeAll(async () => {
  const plan = resolve(openCatalogue(root), join(root, 'image.yaml'))
  const { made: stages } = await runStages(plan, [driverSources(drivers)], { quiet: true })
  made = JSON.parse(
    tableWith(root, stages.get('driver-sources')!.outputs['linux']!),
  ) as MixerControls
})

// A newer kernel may have others: `./downbeat generate --linux` takes them.
test.each(drivers)('%s makes the controls that tables/mixer-controls.json has', (driver) => {
  expect(made[driver]!.controls).toEqual(mixerControls()[driver]!.controls)
  expect(made[driver]!.of).toMatch(/^Linux \d+\.\d+\.\d+$/)
})

test('the drivers are not few', () => {
  expect(drivers.length).toBeGreaterThan(10)
})
