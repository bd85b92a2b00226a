import { writeFileSync } from 'node:fs'
import { measureWakeUps } from '../../../lib/prove/latency/measured.ts'
import { defineStage } from '../../../lib/engine/run/stage.ts'
import { kernel } from '../../../stages/kernel.ts'
import { load } from '../../../stages/load.ts'
import { toolbox } from '../../../stages/toolbox.ts'

/** The kernel of an image, with a program that is above everything else now and then. */
export const stolen = defineStage({
  name: 'stolen',
  about: 'Measure how late a thread wakes up beside a program of priority 99',
  source: import.meta.url,
  needs: { toolbox, load, kernel },
  outputs: { seen: 'seen.json' },
  given: ({ virt_cpu, configure: { view } }) => ({
    cpu: virt_cpu!,
    priority: view.priorities.jackd,
  }),
  async run({ given, from, out, $ }) {
    const seen = await measureWakeUps($, {
      ...given,
      kernel: from.kernel!.image,
      initramfs: [from.load!.initramfs],
      parameters: ['downbeat.thief=99'],
    })
    writeFileSync(out.seen, JSON.stringify(seen))
  },
})
