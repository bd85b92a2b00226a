import { defineStage } from '../../../lib/engine/run/stage.ts'
import { schemas } from './schemas.ts'
import { treesOf } from './stage.ts'
import type { Tried } from './stage.ts'
import { validator } from './validator.ts'

/** What the schemas of the kernel have against these trees: a file for each tree. */
export const complaintsOf = (tried: readonly Tried[]) =>
  defineStage({
    name: 'complaints',
    about: 'Look at device trees as `make dtbs_check` does',
    source: import.meta.url,
    needs: { validator, schemas, trees: treesOf(tried) },
    outputs: { said: 'said' },
    given: () => ({}),
    async run({ from, out, $ }) {
      // --show-unmatched: of a device that no schema knows, too. It ends well whatever it has said.
      await $`mkdir ${out.said}; cd ${from.trees.trees}
        for tree in *.dtb; do
          dt-validate --show-unmatched --schema ${from.schemas.processed} "$tree" >${out.said}/"$tree" 2>&1
        done`
    },
  })
