import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { z } from 'zod'
import { filesBelow, textOf } from '../../common/files/text-files.ts'
import type { TextFile } from '../../common/files/text-files.ts'
import { UserError } from '../../common/words/errors.ts'
import { didYouMean } from '../../common/words/nearest.ts'
import { Base } from '../schema/base.ts'
import { Board } from '../schema/board.ts'
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

/** The data of a repository. What has been read once is not read again. */
export interface Catalogue {
  /** the folder of the repository */
  root: string
  /** The ids in a data folder, sorted. */
  ids(folder: string): string[]
  /**
   * One entry of a data folder; `asked` is the place that names it. Throws UserError with the
   * nearest id.
   */
  entry<F extends Folder>(folder: F, id: string, asked: string): Entry<F>
  /** Every file below a folder, sorted by path. */
  texts(folder: string): TextFile[]
  /** One file below a folder, which `asked` names. Throws UserError with the nearest path. */
  file(folder: string, path: string, asked: string): TextFile
  /** A YAML file of the repository that has a schema of its own, such as `priorities.yaml`. */
  table<S extends z.ZodType>(name: string, schema: S): Located<z.output<S>>
}

/** Checked texts of data files by their names: to check one is what takes long. */
export type Checked = Map<string, { text: string; located: unknown }>

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
      return files.map((file) => file.slice(0, -'.yaml'.length)).sort()
    })
  const read = (name: string, schema: z.ZodType): unknown => {
    const text = textOf(join(root, name), root)
    const known = checked.get(name)
    if (known?.text === text) return known.located
    const located = parseYaml(text, name, schema)
    checked.set(name, { text, located })
    return located
  }
  const texts = (folder: string): TextFile[] =>
    once(`texts of ${folder}`, () => filesBelow(root, folder))
  return {
    root,
    ids,
    texts,
    entry<F extends Folder>(folder: F, id: string, asked: string): Entry<F> {
      const name = join(folder, `${id}.yaml`)
      if (basename(id) !== id || !existsSync(join(root, name)))
        throw new UserError(
          `${asked}: there is no ${folder}/${id}.yaml${didYouMean(id, ids(folder))}`,
        )
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
