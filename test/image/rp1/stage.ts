import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openCatalogue } from '../../../lib/plan/catalogue/catalogue.ts'
import { defineStage } from '../../../lib/engine/run/stage.ts'
import { toolbox } from '../../../stages/toolbox.ts'

/** The tests of the program of stages/rp1, which is Python, as they are. */
export const rp1Tests = defineStage({
  name: 'rp1-tests',
  about: 'Try the program that stands in for RP1',
  source: import.meta.url,
  needs: { toolbox },
  outputs: { said: 'said' },
  given: () => ({
    program: openCatalogue(join(import.meta.dirname, '../../../stages')).texts('rp1'),
  }),
  async run({ given, out, work, own, $ }) {
    mkdirSync(`${work}/rp1`)
    for (const { path, text } of given.program) writeFileSync(`${work}/rp1/${path}`, text)
    await $`python3 ${own}/test_rp1.py rp1 2>${out.said} || { cat ${out.said} >&2; exit 1; }`
  },
})
