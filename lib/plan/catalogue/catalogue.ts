import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { z } from 'zod'
import { filesBelow, textOf } from '../../common/files/text-files.ts'
import type { TextFile } from '../../common/files/text-files.ts'
import { UserError } from '../../common/words/errors.ts'
import { didYouMean } from '../../common/words/nearest.ts'
import { visible } from '../../common/words/visible.ts'
import type { Checked } from '../kept-plan.ts'
import { Base } from '../schema/base.ts'
import { Board } from '../schema/board.ts'
import { Id, listShows } from '../schema/common.ts'
import { KernelSource } from '../schema/kernel.ts'
import { Package } from '../schema/package.ts'
import { Profile } from '../schema/profile.ts'
import { Soundcard } from '../schema/soundcard.ts'
import { Tuning } from '../schema/tuning.ts'
import { parseYaml } from './yaml.ts'
import type { Located } from './yaml.ts'

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

type Entry<F extends Folder> = Located<z.output<(typeof folders)[F]>>

/** That a data folder has no such entry, with the nearest one or with what shows all of them. */
export const thereIsNo = (folder: string, id: string, ids: readonly string[]): string =>
  `there is no ${folder}/${visible(id)}.yaml${didYouMean(id, ids) || ` (${listShows(folder)})`}`

/** The data of a repository. What has been read once is not read again. */
export interface Catalogue {
  /** the folder of the repository */
  root: string
  /** The ids in a data folder, sorted. */
  ids(folder: string): string[]
  /**
   * One entry of a data folder; `asked` is the place that names it. Throws UserError with the
   * nearest id, or with what shows all of them.
   */
  entry<F extends Folder>(folder: F, id: string, asked: string): Entry<F>
  /** Every file below a folder, sorted by path. */
  texts(folder: string): TextFile[]
  /** One file below a folder, which `asked` names. Throws UserError with the nearest path. */
  file(folder: string, path: string, asked: string): TextFile
  /** A YAML file of the repository that has a schema of its own, such as `priorities.yaml`. */
  table<S extends z.ZodType>(name: string, schema: S): Located<z.output<S>>
}

/** The id that a data file has by its name; it goes into scripts and paths. UserError for others. */
function idOf(folder: string, file: string): string {
  const id = file.slice(0, -'.yaml'.length)
  const { error } = Id.safeParse(id)
  if (error)
    throw new UserError(
      `${visible(join(folder, file))}: the name of the file is its id: ${error.issues[0]!.message}`,
    )
  return id
}

/**
 * Opens the data of a repository. `checked`: what another catalogue has checked before; a text that
 * is no longer the same counts for nothing.
 */
export function openCatalogue(root: string, checked: Checked = new Map()): Catalogue {
  const seen = new Map<string, unknown>()
  const once = <T>(key: string, make: () => T): T => {
    if (!seen.has(key)) seen.set(key, make())
    return seen.get(key) as T
  }
  const ids = (folder: string): string[] =>
    once(`ids of ${folder}`, () => {
      const dir = join(root, folder)
      const files = existsSync(dir) ? readdirSync(dir).filter((file) => file.endsWith('.yaml')) : []
      return files.map((file) => idOf(folder, file)).sort()
    })
  const read = (name: string, schema: z.ZodType): Located<unknown> => {
    const text = textOf(join(root, name), root)
    const parsed = (): Located<unknown> =>
      once(`places of ${name}`, () => parseYaml(text, name, schema))
    const known = checked.get(name)
    // where a part of it stands is seldom asked
    if (known?.text === text) return { value: known.value, at: (path) => parsed().at(path) }
    checked.set(name, { text, value: parsed().value })
    return parsed()
  }
  const texts = (folder: string): TextFile[] =>
    once(`texts of ${folder}`, () => filesBelow(root, folder))
  return {
    root,
    ids,
    texts,
    entry<F extends Folder>(folder: F, id: string, asked: string): Entry<F> {
      const name = join(folder, `${id}.yaml`)
      if (seen.has(name)) return seen.get(name) as Entry<F>
      if (basename(id) !== id || !existsSync(join(root, name)))
        throw new UserError(`${asked}: ${thereIsNo(folder, id, ids(folder))}`)
      return once(name, () => read(name, folders[folder])) as Entry<F>
    },
    file(folder, path, asked) {
      const files = texts(folder)
      const found = files.find((file) => file.path === path)
      if (found) return found
      const paths = files.map((file) => file.path)
      throw new UserError(`${asked}: there is no ${folder}/${path}${didYouMean(path, paths)}`)
    },
    table: <S extends z.ZodType>(name: string, schema: S) =>
      once(name, () => read(name, schema)) as Located<z.output<S>>,
  }
}
