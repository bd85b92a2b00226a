import { readFileSync, writeFileSync } from 'node:fs'
import { sideBySide } from '../lib/common/side-by-side.ts'
import { measureCycles, measureWakeUps } from '../lib/prove/latency/measured.ts'
import { defineStage } from '../lib/engine/run/stage.ts'
import { graph } from './graph.ts'
import type { Figures } from './latency.ts'
import { load } from './load.ts'
import { aptLists } from './steps/apt.ts'
import { toolbox } from './toolbox.ts'

/** Debian's own kernels: what a realtime one and an ordinary one are called for an architecture. */
const KERNELS: Partial<Record<string, readonly string[]>> = {
  arm64: ['linux-image-rt-arm64', 'linux-image-arm64'],
  armhf: ['linux-image-rt-armmp', 'linux-image-armmp'],
}

/** What Debian's kernel was measured with: its package, and its version. */
export interface Control extends Figures {
  package: string
  version: string
}

/** The same measurement with Debian's own kernels, to have something beside it. */
export const controls = defineStage({
  name: 'controls',
  about: "Measure the same with Debian's own kernels",
  source: import.meta.url,
  needs: { toolbox, load, graph },
  outputs: { seen: 'controls.json' },
  given: ({ toolbox: { arch }, virt_cpu, configure: { view } }) => {
    const packages = KERNELS[arch]
    return virt_cpu === undefined || packages === undefined
      ? undefined
      : { arch, packages: [...packages], cpu: virt_cpu, priority: view.priorities.jackd }
  },
  network: true,
  async run({ given, from, out, work, settings, $ }) {
    const apt = await aptLists($, work, given.arch)
    await $`for package in ${given.packages}; do
        # the package of this name is empty: it depends on the newest kernel
        apt-cache ${apt} show --no-all-versions "$package" | sed -n 's/^Depends: *\([^ ,]*\).*/\1/p' >"$package".of
        mkdir "$package"; ( cd "$package"; apt-get ${apt} download "$(cat ../"$package".of)" )
        dpkg-deb -W --showformat='\${Version}' "$package"/*.deb >"$package".version
        dpkg-deb --fsys-tarfile "$package"/*.deb | tar -x -C "$package" --wildcards './boot/vmlinuz-*'
        mv "$package"/boot/vmlinuz-* "$package".kernel; rm -r "$package"
      done`
    const seen: Partial<Control>[] = []
    const tasks = given.packages.flatMap((name, i) => {
      const what = {
        kernel: `${work}/${name}.kernel`,
        initramfs: [from.load!.initramfs, from.graph!.initramfs],
        cpu: given.cpu,
        priority: given.priority,
        parameters: [],
      }
      seen[i] = { package: name, version: readFileSync(`${work}/${name}.version`, 'utf8') }
      return [
        async () => Object.assign(seen[i]!, await measureWakeUps($, what)),
        async () => Object.assign(seen[i]!, { cycles: await measureCycles($, what) }),
      ]
    })
    // Each machine keeps one processor busy. The ordinary kernel takes longest.
    await sideBySide(tasks.toReversed(), settings.jobs, async (task) => void (await task()))
    writeFileSync(out.seen, `${JSON.stringify(seen, null, 2)}\n`)
  },
})
