import { basename } from 'node:path'
import { UserError } from '../../common/words/errors.ts'
import { together } from '../../common/words/together.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { Located } from '../catalogue/yaml.ts'
import type { PlannedBoard } from '../plan.ts'
import type { BaseData } from '../schema/base.ts'
import { isVirt } from '../schema/board.ts'
import type { BoardData } from '../schema/board.ts'
import { Id } from '../schema/common.ts'
import type { ImageChoices } from '../schema/image.ts'
import type { ChosenKernel } from './kernel.ts'

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
): void {
  const { arch } = base.data
  const bases = (): string => basesFor(catalogue, boards)
  const mistakes = boards.flatMap(({ id, arch: runs }, i) =>
    runs.includes(arch)
      ? []
      : [
          `${at(['board', i])} board: ${id} does not run ${arch}, which ${base.id} is made of: it runs ${runs.join(', ')} (${bases()})`,
        ],
  )
  if (mistakes.length > 0) throw new UserError(mistakes.join('\n'))
}

/** Which bases all of the boards run. */
function basesFor(catalogue: Catalogue, boards: readonly Board[]): string {
  const fit = catalogue.ids('bases').filter((id) => {
    const { arch } = catalogue.entry('bases', id, id).value
    return boards.every((board) => board.arch.includes(arch))
  })
  return fit.length === 0
    ? 'no base runs on all of these boards: make an image for each'
    : fit.map((id) => `--base ${id}`).join(' or ')
}

/** A board with the emulator for this kernel, if there is one. */
export function emulatedWith(
  { emulators, ...board }: Board,
  { kernel_arch, virt_cpu }: ChosenKernel['build'],
): PlannedBoard {
  const emulator = emulators[kernel_arch]
  return emulator && (virt_cpu !== undefined || !isVirt(emulator)) ? { ...board, emulator } : board
}

/** The name of an image whose choices give it none: that of their file. */
export function defaultName(file: string, boards: readonly PlannedBoard[], card: string): string {
  const stem = basename(file, '.yaml')
  if (!Id.safeParse(stem).success)
    throw new UserError(
      `${file}: the image is named after the file, so its name may have lower-case letters, digits, ".", "+" and "-" only (or say name:)`,
    )
  return stem === 'image'
    ? `${boards[0]!.id}${boards.length > 1 ? '-and-others' : ''}-${card}`
    : stem
}
