import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { z } from 'zod'
import { UserError } from '../../common/words/errors.ts'
import { didYouMean } from '../../common/words/nearest.ts'
import { parseYaml } from './yaml.ts'
import type { Located } from './yaml.ts'
import { Base } from '../schema/base.ts'
import { Board } from '../schema/board.ts'
import { KernelSource } from '../schema/kernel.ts'
import { Package } from '../schema/package.ts'
import { Profile } from '../schema/profile.ts'
import { Soundcard } from '../schema/soundcard.ts'
import { Tuning } from '../schema/tuning.ts'
import { filesBelow, textOf } from '../../common/files/text-files.ts'
import type { TextFile } from '../../common/files/text-files.ts'

/** Which schema checks the files of which data folder. */
export const folders = {
  boards: Board,
  soundcards: Soundcard,
  tunings: Tuning,
  profiles: Profile,
  bases: Base,
  kernel: KernelSource,
  packages: Package,
} as const
export type Folder = keyof typeof folders

let once: Map<string, unknown> | undefined

/** As long as `use` runs, what is read of the data folders is read once: an image has a plan, and one for each sound card more. */
export function readingOnce<T>(use: () => T): T {
  once = new Map()
  try {
    return use()
  } finally {
    once = undefined
  }
}

function kept<T>(key: string, make: () => T): T {
  if (once === undefined) return make()
  if (!once.has(key)) once.set(key, make())
  return once.get(key) as T
}

/** The ids in a data folder, sorted. */
export const idsIn = (root: string, folder: string): string[] => kept(`ids of ${root}/${folder}`, () => readIds(root, folder))

function readIds(root: string, folder: string): string[] {
  const dir = join(root, folder)
  if (!existsSync(dir)) return []
  return readdirSync(dir)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort()
}

/** One entry of a data folder; `asked` is the place that names it. Throws UserError with the nearest id. */
export function entry<F extends Folder>(root: string, folder: F, id: string, asked: string): Located<z.output<(typeof folders)[F]>> {
  return kept(`entry ${root}/${folder}/${id} for ${asked}`, () => readEntry(root, folder, id, asked))
}

function readEntry<F extends Folder>(root: string, folder: F, id: string, asked: string): Located<z.output<(typeof folders)[F]>> {
  const name = join(folder, `${id}.yaml`)
  if (basename(id) !== id || !existsSync(join(root, name)))
    throw new UserError(`${asked}: there is no ${folder}/${id}.yaml${didYouMean(id, idsIn(root, folder))}`)
  const text = textOf(join(root, name), root)
  const known = read.get(name)
  const located = known?.text === text ? known.located : parseYaml(text, name, folders[folder])
  read.set(name, { text, located })
  return located as Located<z.output<(typeof folders)[F]>>
}

/** One plan asks for the same entry again and again, and what takes long is to check it. */
const read = new Map<string, { text: string; located: unknown }>()

/** Every file below a folder, sorted by path. */
export const textFiles = (root: string, folder: string): TextFile[] => kept(`texts of ${root}/${folder}`, () => filesBelow(root, folder))

/** One file of a folder, which `asked` names. */
export function fileIn(root: string, folder: string, path: string, asked: string): TextFile {
  const files = textFiles(root, folder)
  const found = files.find((file) => file.path === path)
  if (!found)
    throw new UserError(
      `${asked}: there is no ${folder}/${path}${didYouMean(
        path,
        files.map((file) => file.path),
      )}`,
    )
  return found
}
