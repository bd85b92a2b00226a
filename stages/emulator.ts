import { emulatesPcie } from '../lib/plan/virt.ts'
import { defineStage } from '../lib/engine/run/stage.ts'
import { debianRoot } from './steps/debian-root.ts'

/** What enters this root, and what a machine is started with. */
const PACKAGES = ['mount', 'mtools', 'device-tree-compiler', 'python3', 'qemu-utils']

/** QEMU 11, which can have a PCI function that is another process; trixie's own is 10. */
const BACKPORTS = ['qemu-system-arm', 'qemu-system-common', 'qemu-system-data']

/**
 * A root with a newer QEMU, for boards that have something on PCIe which a program of ours stands in
 * for. It is no part of the toolbox: with another QEMU there, the kernel would be compiled anew.
 */
export const emulator = defineStage({
  name: 'emulator',
  about: 'Make a small Debian root with a QEMU that a program can be a PCI function of',
  source: import.meta.url,
  needs: {},
  root: 'root',
  outputs: { root: 'root' },
  given: ({ boards, toolbox: { suite, mirror } }) =>
    emulatesPcie(boards) ? { suite, mirror } : undefined,
  network: true,
  mounts: true,
  async run({ given, out, $ }) {
    await debianRoot($, {
      ...given,
      root: out.root,
      components: 'main',
      packages: PACKAGES,
      others: { suite: `${given.suite}-backports`, packages: BACKPORTS },
    })
  },
})
