import { writeFileSync } from 'node:fs'
import { measured } from '../lib/prove/latency/measured.ts'
import type { WakeUps } from '../lib/prove/latency/wakeups.ts'
import { defineStage } from '../lib/engine/run/stage.ts'
import { load } from './load.ts'
import { aptLists } from './steps/apt.ts'
import { toolbox } from './toolbox.ts'

/** Debian's own kernels: what a realtime one and an ordinary one are called for an architecture. */
const KERNELS: Partial<Record<string, readonly string[]>> = {
  arm64: ['linux-image-rt-arm64', 'linux-image-arm64'],
  armhf: ['linux-image-rt-armmp', 'linux-image-armmp'],
}

/** What Debian's kernel was measured with: its package, and its version. */
export interface Control extends WakeUps {
  package: string
  version: string
}

/** The same measurement with Debian's own kernels, to have something beside it. */
export const controls = defineStage({
  name: 'controls',
  about: "Measure the same with Debian's own kernels",
  source: import.meta.url,
  needs: { toolbox, load },
  outputs: { seen: 'controls.json' },
  given: ({ toolbox: { arch }, virt_cpu, configure: { view } }) => {
    const packages = KERNELS[arch]
    return virt_cpu === undefined || packages === undefined
      ? undefined
      : { arch, packages: [...packages], cpu: virt_cpu, priority: view.priorities.jackd }
  },
  network: true,
  async run({ given, from, out, work, settings, progress, $ }) {
    const apt = await aptLists($, work, given.arch)
    await $`for package in ${given.packages}; do
        # the package of this name is empty: it depends on the newest kernel
        apt-cache ${apt} show --no-all-versions "$package" | sed -n 's/^Depends: *\([^ ,]*\).*/\1/p' >"$package".of
        mkdir "$package"; ( cd "$package"; apt-get ${apt} download "$(cat ../"$package".of)" )
        dpkg-deb -W --showformat='\${Version}' "$package"/*.deb >"$package".version
        dpkg-deb --fsys-tarfile "$package"/*.deb | tar -x -C "$package" --wildcards './boot/vmlinuz-*'
        mv "$package"/boot/vmlinuz-* "$package".kernel; rm -r "$package"
      done`
    const seen: Control[] = []
    const left = given.packages.entries()
    // Each machine keeps one processor busy.
    const take = async (): Promise<void> => {
      for (const [i, name] of left) {
        progress(name)
        const version = await $.text`cat ${name}.version`
        const wakeUps = await measured($, {
          kernel: `${work}/${name}.kernel`,
          initramfs: from.load!.initramfs,
          cpu: given.cpu,
          priority: given.priority,
          parameters: [],
        })
        seen[i] = { package: name, version: version.trim(), ...wakeUps }
      }
    }
    await Promise.all(Array.from({ length: settings.jobs }, take))
    writeFileSync(out.seen, `${JSON.stringify(seen, null, 2)}\n`)
  },
})
