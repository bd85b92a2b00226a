import { writeFileSync } from 'node:fs'
import { measureWakeUps } from '../../../lib/prove/latency/measured.ts'
import { defineStage } from '../../../lib/engine/run/stage.ts'
import { kernel } from '../../../stages/kernel.ts'
import { load } from '../../../stages/load.ts'
import { aptLists } from '../../../stages/steps/apt.ts'
import { toolbox } from '../../../stages/toolbox.ts'

/** The kernel of an image, with a program that is above everything else now and then. */
export const stolen = defineStage({
  name: 'stolen',
  about: 'Measure how late a thread wakes up beside a program of priority 99',
  source: import.meta.url,
  needs: { toolbox, load, kernel },
  outputs: { seen: 'seen.json' },
  given: ({ virt_cpu, toolbox: { arch }, configure: { view } }) => ({
    arch,
    cpu: virt_cpu!,
    priority: view.priorities.jackd,
  }),
  network: true,
  async run({ given: { arch, ...given }, from, out, work, $ }) {
    const apt = await aptLists($, work, arch)
    // what gives a program its priority; the load does without it
    await $`apt-get ${apt} download util-linux
      dpkg-deb -x util-linux_*.deb unpacked
      install -D -t root/usr/bin unpacked/usr/bin/chrt
      cd root; find . | cpio --quiet -o -H newc -R 0:0 | gzip -9n >../chrt.gz`
    const seen = await measureWakeUps($, {
      ...given,
      kernel: from.kernel!.image,
      initramfs: [from.load!.initramfs, `${work}/chrt.gz`],
      parameters: ['downbeat.thief=99'],
    })
    writeFileSync(out.seen, JSON.stringify(seen))
  },
})
