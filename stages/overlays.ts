import { mkdirSync, writeFileSync } from 'node:fs'
import { defineStage } from '../lib/engine/run/stage.ts'
import { kernel } from './kernel.ts'
import { toolbox } from './toolbox.ts'

/** The pairs to try, as words: an overlay and a tree. */
export const pairsOf = (tried: readonly { overlay: string; device_tree: string }[]): string[] =>
  tried.map(({ overlay, device_tree }) => `${overlay} ${device_tree}`)

/**
 * Our own device-tree overlays, compiled, and applied to the tree of every board of the image to
 * see that they fit. The trees of a packaged kernel are in the root: there the stage image does so.
 */
export const overlays = defineStage({
  name: 'overlays',
  about: 'Compile the device-tree overlays and try them on every board',
  source: import.meta.url,
  shared: true,
  needs: { toolbox, kernel },
  outputs: { files: 'overlays' },
  given: (plan) => plan.overlays,
  async run({ given, from, out, work, $ }) {
    mkdirSync(out.files)
    for (const { path, text } of given.sources) writeFileSync(`${work}/${path}`, text)
    // the others are included by these
    const names = given.sources.flatMap(({ path }) => /^(.+)\.dts$/.exec(path)?.[1] ?? [])
    // Which controller an interrupt goes to, dtc sees only in the whole tree.
    await $`for name in ${names}; do
        dtc -W no-interrupts_property -@ -I dts -O dtb -o ${out.files}/"$name".dtbo "$name.dts" 2>warnings || { cat warnings >&2; exit 1; }
        [ ! -s warnings ] || { cat warnings >&2; echo "kernel/overlays/$name.dts: dtc warns of it" >&2; exit 1; }
      done
      tried() {
        fdtoverlay -i ${from.kernel?.device_trees ?? ''}/"$2".dtb -o tried.dtb ${out.files}/"$1".dtbo ||
          { echo "overlay $1 does not fit $2" >&2; exit 1; }
      }
      for pair in ${from.kernel === undefined ? [] : pairsOf(given.tried)}; do tried $pair; done`
  },
})
