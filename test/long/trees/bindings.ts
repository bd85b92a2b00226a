import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openCatalogue } from '../../../lib/plan/catalogue/catalogue.ts'
import { defineStage } from '../../../lib/engine/run/stage.ts'
import { toolbox } from '../../../stages/toolbox.ts'

/** How a kernel out of a package linux-source-* wants its device trees: the text of that package. */
export const bindings = defineStage({
  name: 'bindings',
  about: 'Fetch what the source of the kernel says of device trees',
  source: import.meta.url,
  needs: { toolbox },
  outputs: { tree: 'linux', package: 'package' },
  given: ({ kernel }) => ({
    name: kernel!.name,
    source: kernel!.source,
    suite: kernel!.suite,
    series: kernel!.series ?? '',
    scripts: openCatalogue(join(import.meta.dirname, '../../../stages')).texts('kernel'),
  }),
  network: true,
  keeps: ['sources'],
  async run({ given, out, work, own, kept, settings, $ }) {
    const { name, source, suite, series } = given
    if (source.kind !== 'linux-source') throw new Error(`kernel/${name}.yaml is no linux-source-*`)
    for (const { path, text } of given.scripts) writeFileSync(`${work}/${path}`, text)
    await $`cp ${own}/unpack.sh .
      bash fetch-linux-source.sh ${out.tree} ${kept.sources} ${suite} ${source.pocket} ${series} ${settings.jobs}
      cp source ${out.package}`
  },
})
