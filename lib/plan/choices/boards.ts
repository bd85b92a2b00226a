import { basename } from 'node:path'
import { UserError } from '../../common/words/errors.ts'
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

/** The boards that are asked for. Throws UserError where the base is not made for one of them. */
export function chosenBoards(catalogue: Catalogue, { value, at }: Located<ImageChoices>, base: { id: string; data: BaseData }): Board[] {
  const asked = value.board.map((id, i) => ({ id, ...catalogue.entry('boards', id, at(['board', i])).value }))
  const { arch } = base.data
  const without = asked.findIndex((board) => !board.arch.includes(arch))
  if (without < 0) return asked
  const { id, arch: runs } = asked[without]!
  throw new UserError(
    `${at(['board', without])} board: ${id} does not run ${arch}, which ${base.id} is made of: it runs ${runs.join(', ')} (${basesFor(catalogue, asked)})`,
  )
}

/** Which bases all of the boards run. */
function basesFor(catalogue: Catalogue, boards: readonly Board[]): string {
  const fit = catalogue.ids('bases').filter((id) => {
    const { arch } = catalogue.entry('bases', id, id).value
    return boards.every((board) => board.arch.includes(arch))
  })
  return fit.length === 0 ? 'no base runs on all of these boards: make an image for each' : fit.map((id) => `--base ${id}`).join(' or ')
}

/** A board with the emulator for this kernel, if there is one. */
export function emulatedWith({ emulators, ...board }: Board, { kernel_arch, virt_cpu }: ChosenKernel['build']): PlannedBoard {
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
  return stem === 'image' ? `${boards[0]!.id}${boards.length > 1 ? '-and-others' : ''}-${card}` : stem
}
