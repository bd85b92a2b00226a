import { mkdirSync, writeFileSync } from 'node:fs'
import { disk, offsetOf } from '../lib/common/disk/layout.ts'
import { fatFolder } from '../lib/prove/firmware/fat-files.ts'
import { firmwareBoot } from '../lib/prove/firmware/firmware.ts'
import type { Cycles } from '../lib/prove/latency/cycles.ts'
import { measureCycles, measureWakeUps } from '../lib/prove/latency/measured.ts'
import type { WakeUps } from '../lib/prove/latency/wakeups.ts'
import { defineStage } from '../lib/engine/run/stage.ts'
import { graph } from './graph.ts'
import { image } from './image.ts'
import { load } from './load.ts'
import { toolbox } from './toolbox.ts'

/**
 * What of the image's command line belongs to its own disk, consoles and services: the machine of
 * the measurement has others.
 */
const ELSEWHERE =
  /^(?:root|rootfstype|rootwait|rootflags|ro|rw|console|fsck\.|init|quiet|systemd\.)/

/** A line `key = value` of sysctl.d in the words of the kernel's command line, which sets it before init. */
const asParameter = (line: string): string => {
  const at = line.indexOf('=')
  return `sysctl.${line.slice(0, at).trim()}="${line.slice(at + 1).trim()}"`
}

/** What was measured of an image. */
export interface Figures extends WakeUps {
  /** what a cycle of its JACK costs */
  cycles: Cycles[]
}

/**
 * How late a realtime thread wakes up with the kernel and the command line of the image, and what a
 * cycle of its JACK costs.
 */
export const latency = defineStage({
  name: 'latency',
  about: 'Measure how late a realtime thread wakes up under load, and what JACK costs',
  source: import.meta.url,
  needs: { toolbox, load, graph, image },
  outputs: { seen: 'latency.json' },
  given: ({ boards, virt_cpu, configure: { view } }) =>
    virt_cpu === undefined
      ? undefined
      : {
          board: boards[0]!,
          cpu: virt_cpu,
          priority: view.priorities.jackd,
          sysctl: view.sysctl.map(({ text }) => text),
        },
  async run({ given, from, out, work, $ }) {
    const fat = `${work}/fat`
    mkdirSync(fat)
    await $`MTOOLS_SKIP_CHECK=1 mcopy -s -n -i ${`${from.image.disk}@@${offsetOf(disk.boot)}`} '::*' ${fat}`
    const { kernel, commandLine } = firmwareBoot(fatFolder(fat), given.board)
    const what = {
      kernel: `${fat}/${kernel}`,
      initramfs: [from.load!.initramfs, from.graph!.initramfs],
      cpu: given.cpu,
      priority: given.priority,
      parameters: [
        ...commandLine.split(' ').filter((word) => word !== '' && !ELSEWHERE.test(word)),
        ...given.sysctl.map(asParameter),
      ],
    }
    // Each machine keeps one processor busy.
    const [wakeUps, cycles] = await Promise.all([measureWakeUps($, what), measureCycles($, what)])
    const seen: Figures = { ...wakeUps, cycles }
    writeFileSync(out.seen, `${JSON.stringify(seen, null, 2)}\n`)
  },
})
