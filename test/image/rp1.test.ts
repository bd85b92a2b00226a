import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { runStages } from '../../scripts/session/session.ts'
import { root } from '../downbeat.ts'
import { rp1Tests } from './rp1/stage.ts'

test('the program that stands in for RP1 answers as vfio-user and the chip say', async () => {
  const plan = resolve(openCatalogue(root), join(root, 'image.yaml'))
  const { made } = await runStages(plan, [rp1Tests], { quiet: true })
  const said = readFileSync(made.get('rp1-tests')!.outputs['said']!, 'utf8')
  expect(said).toMatch(/^Ran [1-9]\d* tests/m)
  expect(said).toMatch(/^OK$/m)
})
