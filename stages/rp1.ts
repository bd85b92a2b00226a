import { emulatesPcie } from '../lib/plan/virt.ts'
import { defineStage } from '../lib/engine/run/stage.ts'
import { emulator } from './emulator.ts'

/**
 * The program that stands in for RP1, the chip that USB, Ethernet and the header of newer boards are
 * on. It is a PCI function for QEMU's vfio-user-pci. It is Python, because file descriptors come
 * beside its messages, which Node cannot receive.
 */
export const rp1 = defineStage({
  name: 'rp1',
  about: 'Take the program that stands in for RP1',
  source: import.meta.url,
  needs: { emulator },
  outputs: { program: 'rp1' },
  given: ({ boards }) => (emulatesPcie(boards) ? {} : undefined),
  async run({ out, own, $ }) {
    await $`mkdir ${out.program}
      cp ${own}/*.py ${out.program}
      python3 -m compileall -q ${out.program}` // in no machine's way, and no typing mistake gets far
  },
})
