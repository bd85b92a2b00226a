import { writeFileSync } from 'node:fs'
import { measureCycles, measureWakeUps } from '../../../lib/prove/latency/measured.ts'
import { defineStage } from '../../../lib/engine/run/stage.ts'
import { graph } from '../../../stages/graph.ts'
import { kernel } from '../../../stages/kernel.ts'
import { load } from '../../../stages/load.ts'
import { toolbox } from '../../../stages/toolbox.ts'

/** The kernel of an image, measured two times, side by side. */
export const twice = defineStage({
  name: 'measured-twice',
  about: 'Measure the same kernel two times',
  source: import.meta.url,
  needs: { toolbox, load, graph, kernel },
  outputs: { seen: 'seen.json' },
  given: ({ virt_cpu, configure: { view } }) => ({
    cpu: virt_cpu!,
    priority: view.priorities.jackd,
  }),
  async run({ given, from, out, $ }) {
    const what = {
      ...given,
      kernel: from.kernel!.image,
      initramfs: [from.load!.initramfs, from.graph!.initramfs],
      parameters: [],
    }
    const measure = async () => ({
      ...(await measureWakeUps($, what)),
      cycles: await measureCycles($, what),
    })
    writeFileSync(out.seen, JSON.stringify(await Promise.all([measure(), measure()])))
  },
})
