import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { z } from 'zod'
import { nameOf } from '../../lib/common/files/file-name.ts'
import { textOf } from '../../lib/common/files/text-files.ts'
import { UserError } from '../../lib/common/words/errors.ts'
import { thereIsNo } from '../../lib/plan/catalogue/catalogue.ts'
import type { Catalogue, Folder } from '../../lib/plan/catalogue/catalogue.ts'
import { reportOf } from './read.ts'
import type { Report } from './read.ts'
import { Emulated, OnBoard } from './record.ts'

/** What somebody, or some build, has really seen. */
export interface Records {
  emulated: readonly Emulated[]
  boards: readonly OnBoard[]
}

/** What of a record has a file of its own in the data, beside its boards. */
interface Parts {
  base: string
  kernel: string
  soundcard: string
}

/** Where the records of a kind lie. */
export const FOLDERS = { emulated: 'proven/emulated', boards: 'proven/boards' } as const

/** What the file of a record is called: of what was seen before in the same place, the last one stays. */
export const nameOfEmulated = ({ image }: Pick<Emulated, 'image'>): string => `${image}.json`
export const nameOfOnBoard = ({ board, soundcard, base, kernel, by }: OnBoard): string =>
  `${[board, soundcard, base, kernel, by.toLowerCase()].join('.')}.json`

/** All records of this repository. UserError, with the place, for one that is none. */
export function readRecords(catalogue: Catalogue): Records {
  return {
    emulated: read(catalogue, FOLDERS.emulated, Emulated, nameOfEmulated, (one) => one.boards),
    boards: read(catalogue, FOLDERS.boards, OnBoard, nameOfOnBoard, (one) => [one.board]),
  }
}

function read<T extends Parts>(
  catalogue: Catalogue,
  folder: string,
  schema: z.ZodType<T>,
  called: (record: T) => string,
  boards: (record: T) => readonly string[],
): T[] {
  const path = join(catalogue.root, folder)
  if (!existsSync(path)) return []
  return readdirSync(path)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => {
      const full = join(path, file)
      const name = nameOf(full, catalogue.root)
      const record = reportOf(textOf(full, catalogue.root), name, schema)
      refuseUnknown(catalogue, record, boards(record.value))
      const expected = called(record.value)
      if (file !== expected)
        throw new UserError(`${name}: by what is in it, it has to be called ${expected}`)
      return record.value
    })
}

/** UserError where the data of this repository has not what a record, or a report, is about. */
export function refuseUnknown(
  catalogue: Catalogue,
  { value, at }: Report<Parts>,
  boards: readonly string[],
): void {
  const names: [Folder, string, string][] = [
    ['bases', value.base, 'base'],
    ['kernel', value.kernel, 'kernel'],
    ['soundcards', value.soundcard, 'soundcard'],
    ...boards.map((id): [Folder, string, string] => ['boards', id, 'board']),
  ]
  for (const [folder, id, key] of names)
    if (!catalogue.ids(folder).includes(id))
      throw new UserError(`${at([key])} ${key}: ${thereIsNo(folder, id, catalogue.ids(folder))}`)
}
