import { basename } from 'node:path'
import { UserError } from '../../common/words/errors.ts'
import { visible } from '../../common/words/visible.ts'
import { together } from '../../common/words/together.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { Located } from '../catalogue/yaml.ts'
import type { PlannedBoard } from '../plan.ts'
import type { BaseData } from '../schema/base.ts'
import { isVirt } from '../virt.ts'
import { debianInstructions, runs } from '../instructions.ts'
import type { BoardData } from '../schema/board.ts'
import { rules, whyNot } from '../schema/values.ts'
import type { ImageChoices } from '../schema/image.ts'
import { anyUsbCard, isServed } from './kernel.ts'
import type { ChosenKernel, OfferedCard } from './kernel.ts'

type Board = { id: string } & BoardData

/** The boards that are asked for. Throws UserError for those that there are not. */
export const namedBoards = (catalogue: Catalogue, { value, at }: Located<ImageChoices>): Board[] =>
  together(
    ...value.board.map((id, i) => () => ({
      id,
      ...catalogue.entry('boards', id, at(['board', i])).value,
    })),
  )

/** Throws UserError for boards that the base is not made for. */
export function refuseForeign(
  catalogue: Catalogue,
  boards: readonly Board[],
  { at }: Located<ImageChoices>,
  base: { id: string; data: BaseData },
  card: OfferedCard,
): void {
  const bases = (): string => basesFor(catalogue, boards, card)
  const mistakes = boards.flatMap((board, i) =>
    runs(board, base.data)
      ? []
      : [
          `${at(['board', i])} board: ${board.id} does not run ${foreign(board, base.data)}, which ${base.id} is made of: it runs ${board.arch.join(', ')} (${bases()})`,
        ],
  )
  if (mistakes.length > 0) throw new UserError(mistakes.join('\n'))
}

/** What a board does not run of a base, in words. */
const foreign = (
  board: Board,
  { arch, instructions = debianInstructions[arch] }: BaseData,
): string =>
  board.instructions === undefined || instructions === undefined
    ? arch
    : `${arch} for ${instructions}`

/** Which bases all of the boards run, with a kernel that serves the card if there is one. */
function basesFor(catalogue: Catalogue, boards: readonly Board[], card: OfferedCard): string {
  const fit = catalogue.ids('bases').filter((id) => {
    const { value } = catalogue.entry('bases', id, id)
    return boards.every((board) => runs(board, value))
  })
  if (fit.length === 0) return 'no base runs on all of these boards: make an image for each'
  const servedWith = (one: OfferedCard): string[] =>
    fit.filter((id) =>
      isServed(catalogue, { boards, card: one, base: catalogue.entry('bases', id, id).value }),
    )
  const said = (ids: string[]): string => ids.map((id) => `--base ${id}`).join(' or ')
  const served = servedWith(card)
  if (served.length > 0) return said(served)
  const others = servedWith(anyUsbCard)
  return others.length > 0
    ? `${said(others)}, with another sound card`
    : 'no kernel runs on all of these boards: make an image for each'
}

/** A board with the emulator for this kernel, if there is one. */
export function emulatedWith(
  { emulators, ...board }: Board,
  { build: { kernel_arch, virt_cpu }, data: { family } }: ChosenKernel,
): PlannedBoard {
  const emulator = emulators[kernel_arch]
  if (!emulator || (virt_cpu === undefined && isVirt(emulator))) return board
  const { pcie, ...plain } = emulator
  if (pcie?.kernel !== family) return { ...board, emulator: plain }
  const cannot_prove = plain.cannot_prove.filter((id) => !pcie.proves.includes(id))
  return { ...board, emulator: { ...plain, cannot_prove, pcie } }
}

/** The name of an image whose choices give it none: that of their file. */
export function defaultName(file: string, boards: readonly { id: string }[], card: string): string {
  const stem = basename(file, '.yaml')
  const why = whyNot(rules.image_name, stem)
  if (why !== undefined)
    throw new UserError(
      `${visible(file)}: the image is named after the file: ${why} (or say name:)`,
    )
  return stem === 'image'
    ? `${boards[0]!.id}${boards.length > 1 ? '-and-others' : ''}-${card}`
    : stem
}
