import { mkdirSync, writeFileSync } from 'node:fs'
import { disk, offsetOf } from '../lib/common/disk/layout.ts'
import { fatFolder } from '../lib/prove/firmware/fat-files.ts'
import { firmwareBoot } from '../lib/prove/firmware/firmware.ts'
import { measured } from '../lib/prove/latency/measured.ts'
import { defineStage } from '../lib/engine/run/stage.ts'
import { image } from './image.ts'
import { load } from './load.ts'
import { toolbox } from './toolbox.ts'

/**
 * What of the image's command line belongs to its own disk, consoles and services: the machine of
 * the measurement has others.
 */
const ELSEWHERE =
  /^(?:root|rootfstype|rootwait|rootflags|ro|rw|console|fsck\.|init|quiet|systemd\.)/

/** How late a realtime thread wakes up with the kernel and the command line of the image. */
export const latency = defineStage({
  name: 'latency',
  about: 'Measure how late a realtime thread wakes up under load, in instructions',
  source: import.meta.url,
  needs: { toolbox, load, image },
  outputs: { seen: 'latency.json' },
  given: ({ boards, virt_cpu, configure: { view } }) =>
    virt_cpu === undefined
      ? undefined
      : { board: boards[0]!, cpu: virt_cpu, priority: view.priorities.jackd },
  async run({ given, from, out, work, $ }) {
    const fat = `${work}/fat`
    mkdirSync(fat)
    await $`MTOOLS_SKIP_CHECK=1 mcopy -s -n -i ${`${from.image.disk}@@${offsetOf(disk.boot)}`} '::*' ${fat}`
    const { kernel, commandLine } = firmwareBoot(fatFolder(fat), given.board)
    const seen = await measured($, {
      kernel: `${fat}/${kernel}`,
      initramfs: from.load!.initramfs,
      cpu: given.cpu,
      priority: given.priority,
      parameters: commandLine.split(' ').filter((word) => word !== '' && !ELSEWHERE.test(word)),
    })
    writeFileSync(out.seen, `${JSON.stringify(seen, null, 2)}\n`)
  },
})
