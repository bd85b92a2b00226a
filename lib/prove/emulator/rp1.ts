import type { Machine } from './emulator.ts'
import type { Graft } from './graft.ts'

/** Where QEMU and the program that is RP1 meet, in the folder of the machine. */
export const SOCKET = 'rp1.sock'

/**
 * RP1 below the PCIe host of QEMU's own machine. Labels: Linux 7.3, rp1-common.dtsi and
 * bcm2712-rpi-5-b-base.dtsi. Host, and the first address of its 32-bit window: QEMU, hw/arm/virt.c.
 * The kernel gives that address to the largest BAR, which is RP1's.
 */
const RP1: Graft = {
  below_device: 'pci_ep_bus',
  along: ['clk_rp1_xosc'],
  host: '/pcie@10000000',
  slot: 8,
  address: 0x10000000,
}

/**
 * QEMU's own machine with RP1 on its PCIe bus, by a program that speaks vfio-user (stages/rp1).
 * `machine` are the words that QEMU's tree for it depends on.
 */
export const withRp1 = (
  onto: Machine,
  machine: readonly string[],
  program: string,
  edits: string[],
): Machine => ({
  ...onto,
  args: [
    // RP1's 61 interrupts are messages, for which the machine has 64: nobody else gets any.
    ...onto.args.map((arg) => (arg === 'qemu-xhci' ? 'qemu-xhci,msi=off,msix=off' : arg)),
    '-device',
    JSON.stringify({
      driver: 'vfio-user-pci',
      socket: { type: 'unix', path: SOCKET },
      bus: 'pcie.0',
      addr: `${RP1.slot}`,
    }),
  ],
  disk: (...disk) =>
    onto.disk(...disk).map((arg) => arg.replace(/^virtio-blk-pci,/, '$&vectors=0,')),
  keyboard: true,
  deviceTree: { edits, grafted: { ...RP1, machine } },
  endpoint: program,
})
