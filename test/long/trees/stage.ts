import { mkdirSync } from 'node:fs'
import { defineStage } from '../../../lib/engine/run/stage.ts'
import { kernel } from '../../../stages/kernel.ts'
import { overlays } from '../../../stages/overlays.ts'
import { toolbox } from '../../../stages/toolbox.ts'

/** A device tree of the kernel, and overlays of ours on it. */
export interface Tried {
  name: string
  tree: string
  overlays: readonly string[]
}

/** Device trees of the kernel with overlays of ours on them. */
export const treesOf = (tried: readonly Tried[]) =>
  defineStage({
    name: 'trees',
    about: 'Put overlays on device trees',
    source: import.meta.url,
    needs: { toolbox, kernel, overlays },
    outputs: { trees: 'trees' },
    given: () => ({ tried }),
    async run({ given, from, out, $ }) {
      mkdirSync(out.trees)
      const trees = from.kernel!.device_trees
      for (const { name, tree, overlays: on } of given.tried)
        await $`cp ${trees}/${tree}.dtb tree.dtb
          for overlay in ${on}; do fdtoverlay -i tree.dtb -o next.dtb ${from.overlays!.files}/"$overlay".dtbo; mv next.dtb tree.dtb; done
          mv tree.dtb ${out.trees}/${name}.dtb`
    },
  })
