import { statSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import type { z } from 'zod'
import { textOf } from '../../common/files/text-files.ts'
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
import { filesLaid, laid, ownFiles, yamlsLaid } from '../own/layers.ts'
import type { Laid } from '../own/layers.ts'
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

/**
 * The data of a repository, and of a folder of somebody's own that may lie over it. What has been
 * read once is not read again.
 */
export interface Catalogue {
  /** the folder of the repository */
  root: string
  /** the folder of somebody's own that lies over it, if there is one */
  over: string | undefined
  /** What of the data is somebody's own, sorted. */
  own(): Laid[]
  /** What messages call a file of the data: its path, or where somebody's own one lies. */
  called(path: string): string
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
function idOf(file: string, name: string): string {
  const id = basename(file, '.yaml')
  const { error } = Id.safeParse(id)
  if (error)
    throw new UserError(`${name}: the name of the file is its id: ${error.issues[0]!.message}`)
  return id
}

/**
 * Opens the data of a repository, under that of the folder `own`. `checked`: what another catalogue
 * has checked before; a text that is no longer the same counts for nothing.
 */
export function openCatalogue(root: string, checked: Checked = new Map(), own?: string): Catalogue {
  const layers = { root, own }
  const seen = new Map<string, unknown>()
  const once = <T>(key: string, make: () => T): T => {
    if (!seen.has(key)) seen.set(key, make())
    return seen.get(key) as T
  }
  const ids = (folder: string): string[] =>
    once(`ids of ${folder}`, () =>
      yamlsLaid(layers, folder)
        .map((file) => join(folder, file))
        .map((path) => idOf(path, laid(layers, path).name))
        .sort(),
    )
  const read = (path: string, schema: z.ZodType): Located<unknown> => {
    const { file, name, own: its } = laid(layers, path)
    const key = its === undefined ? path : file
    const text = textOf(file, root)
    const parsed = (): Located<unknown> =>
      once(`places of ${path}`, () => parseYaml(text, name, schema))
    const known = checked.get(key)
    // where a part of it stands is seldom asked
    if (known?.text === text) return { value: known.value, at: (part) => parsed().at(part) }
    checked.set(key, { text, value: parsed().value })
    return parsed()
  }
  const texts = (folder: string): TextFile[] =>
    once(`texts of ${folder}`, () =>
      filesLaid(layers, folder).map(({ path, file }) => ({
        path: relative(folder, path),
        text: textOf(file, root),
        executable: (statSync(file).mode & 0o100) !== 0,
      })),
    )
  return {
    root,
    over: own,
    own: () => once('own', () => ownFiles(layers)),
    called: (path) => laid(layers, path).name,
    ids,
    texts,
    entry<F extends Folder>(folder: F, id: string, asked: string): Entry<F> {
      const name = join(folder, `${id}.yaml`)
      if (seen.has(name)) return seen.get(name) as Entry<F>
      if (!ids(folder).includes(id))
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
