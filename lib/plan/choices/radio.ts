import type { Catalogue } from '../catalogue/catalogue.ts'
import type { PlannedBoard } from '../plan.ts'
import type { BaseData } from '../schema/base.ts'
import type { BoardData } from '../schema/board.ts'
import type { KernelSourceData } from '../schema/kernel.ts'

type Board = Pick<BoardData, 'arch' | 'soc' | 'wifi_firmware'>
type Chosen = { base: BaseData; family: KernelSourceData['family'] }

/** A board with what its radio lacks with this base and this kernel, if it lacks something. */
export function withRadioGap(
  catalogue: Catalogue,
  board: PlannedBoard,
  chosen: Chosen,
): PlannedBoard {
  const wifi_gap = radioGap(catalogue, board, chosen)
  return wifi_gap === undefined ? board : { ...board, wifi_gap }
}

/**
 * What the radio of a board lacks, in words, and what to choose instead; undefined: nothing. With a
 * base and a kernel: what it lacks with these.
 */
export function radioGap(catalogue: Catalogue, board: Board, chosen?: Chosen): string | undefined {
  const { wifi_firmware: firmware } = board
  if (firmware === undefined) return undefined
  const { lacking, working, there_with: there } = firmware
  if (there && chosen && chosen.base.kind === there.base && chosen.family === there.kernel)
    return undefined
  const what =
    working === undefined
      ? `Wi-Fi does not work: Debian has no firmware for the radio, a ${lacking}`
      : `Wi-Fi works only where the radio is a ${working}: Debian has no firmware for the ${lacking} that others have`
  const instead = there === undefined ? undefined : choicesFor(catalogue, board, there)
  return instead === undefined ? what : `${what} (it works with ${instead})`
}

/** How a base and a kernel with the firmware are asked for; undefined: there are none. */
function choicesFor(
  catalogue: Catalogue,
  { arch, soc }: Board,
  there: NonNullable<NonNullable<Board['wifi_firmware']>['there_with']>,
): string | undefined {
  const bases = catalogue.ids('bases').filter((id) => {
    const base = catalogue.entry('bases', id, 'bases').value
    return base.kind === there.base && base.arch === arch[0]
  })
  const kernels = catalogue.ids('kernel').filter((id) => {
    const { family, builds } = catalogue.entry('kernel', id, 'kernel').value
    return (
      family === there.kernel &&
      Object.values(builds).some(
        (build) => build.socs.includes(soc) && build.arch.includes(arch[0]!),
      )
    )
  })
  return bases.length === 0 || kernels.length === 0
    ? undefined
    : `--base ${bases.join(' or ')}, and with kernel.source ${kernels.join(' or ')}`
}
