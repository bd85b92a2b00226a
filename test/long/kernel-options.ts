import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { defineStage } from '../../lib/engine/run/stage.ts'
import { configured } from '../../stages/kernel/configured.ts'
import { toolbox } from '../../stages/toolbox.ts'

/**
 * The kernel stage as far as the configuration, in which every option that was asked for must have
 * come true; nothing is compiled.
 */
export const kernelOptions = defineStage({
  name: 'kernel-options',
  about: 'Configure a kernel',
  source: import.meta.url,
  needs: { toolbox },
  outputs: { config: 'config' },
  given: ({ kernel }) => ({
    ...kernel!,
    scripts: openCatalogue(join(import.meta.dirname, '../../stages')).texts('kernel'),
  }),
  network: true,
  keeps: ['sources', 'ccache'],
  async run({ given, out, work, kept, settings, $ }) {
    for (const { path, text } of given.scripts) writeFileSync(`${work}/${path}`, text)
    const { tree } = await configured({ given, work, own: work, kept, settings, $ })
    await $`cp ${tree}/.config ${out.config}`
  },
})
