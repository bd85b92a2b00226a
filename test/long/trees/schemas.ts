import { defineStage } from '../../../lib/engine/run/stage.ts'
import { bindings } from './bindings.ts'
import { validator } from './validator.ts'

/** The schemas of a kernel's bindings, as the validator reads them. */
export const schemas = defineStage({
  name: 'schemas',
  about: 'Process the schemas of device trees that are in the source of the kernel',
  source: import.meta.url,
  needs: { validator, bindings },
  outputs: { processed: 'schemas.json' },
  given: () => ({}),
  async run({ from, out, $ }) {
    await $`dt-mk-schema --json --outfile ${out.processed} ${from.bindings.tree}/Documentation/devicetree/bindings`
  },
})
