import type { PlannedBoard } from './plan.ts'
import type { EmulatorData } from './schema/board.ts'

/** QEMU's own machine, which is no Raspberry Pi. */
export const VIRT = 'virt'

/** Whether a board is started on QEMU's own machine, for want of one of its chip. */
export const isVirt = ({ machine }: EmulatorData): boolean => machine === VIRT

/**
 * The boards of an image that its boot proofs start: one of each chip, the one that QEMU knows
 * exactly if there is one; of those that can be started with this kernel.
 */
export function startedBoards(boards: readonly PlannedBoard[]): PlannedBoard[] {
  const chosen = new Map<string, PlannedBoard>()
  for (const board of boards) {
    const before = chosen.get(board.soc)
    if (board.emulator && (!before || (board.emulator.exact && !before.emulator!.exact)))
      chosen.set(board.soc, board)
  }
  return [...chosen.values()]
}

/** Whether one of these boards is started with something of its own on PCIe. */
export const emulatesPcie = (
  boards: readonly { emulator?: Pick<EmulatorData, 'pcie'> | undefined }[],
): boolean => boards.some(({ emulator }) => emulator?.pcie !== undefined)

/**
 * Whether QEMU gives the machine of this board smaller pages than Linux uses, and they can be
 * larger: the processors of ARMv6 have pages of 1 KiB (stages/pages/pages.c says what comes of it).
 */
export const hasTooSmallPages = ({
  emulator,
  cpu,
}: {
  emulator?: EmulatorData | undefined
  cpu: string
}): boolean => emulator !== undefined && !isVirt(emulator) && cpu !== 'arm1176'
