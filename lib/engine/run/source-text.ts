import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Rooms whose files are no part of any key, each with the reason why a change in it can change no
 * byte of a result.
 */
export const WITHOUT: Readonly<Record<string, string>> = {
  'lib/common/words': 'says to people what is wrong or how far it is; no result holds any of it',
  'lib/engine/run':
    'decides which stage runs and when; a stage gets the same from it whatever runs beside it',
  'lib/engine/cache': 'keeps results and removes them; it gives back what it was given, or nothing',
  'lib/engine/fetch': 'lets only bytes through that have the hash that was asked for',
  'lib/engine/shell':
    'hands over a script and gives back what it printed; what is around the script is in the room below',
}

/**
 * What the commands of every stage find around them: a part of every key, for it decides umask,
 * time zone, locale and what is mounted.
 */
export const SURROUNDINGS = 'lib/engine/sandbox'

/** A file that says what a stage is. */
const saysStage = /= defineStage\(/

/** A file that was read: its text, and the files that it imports. */
interface Source {
  text: string
  imports: string[]
}

/** What was read for one stage: others share most of it. Undefined: there is no such file. */
export interface Sources {
  files: Map<string, Source | undefined>
  folders: Map<string, string[]>
}

export const noSources = (): Sources => ({ files: new Map(), folders: new Map() })

/**
 * The text that decides what a stage does. It is made of these files: the file of the stage, the
 * folder of the same name beside it, and what its commands find around them (SURROUNDINGS). It also
 * has every file that one of these imports, directly or not. Other stages are left out, because
 * their keys stand for them. Type imports are left out, because they decide nothing. Paths are
 * relative to the repository. What `known` has is not read again.
 */
export function sourceText(url: string, known = noSources()): [string, string][] {
  const file = fileURLToPath(url)
  const root = repositoryOf(file)
  const seen = new Map<string, string>()
  const add = (path: string): void => {
    const name = relative(root, path)
    if (seen.has(name) || dirname(name) in WITHOUT) return
    const source = once(known.files, path, () => sourceAt(path))
    if (!source || (path !== file && saysStage.test(source.text))) return
    seen.set(name, source.text)
    source.imports.forEach(add)
  }
  add(file)
  for (const folder of [join(dirname(file), basename(file, '.ts')), join(root, SURROUNDINGS)])
    once(known.folders, folder, () => pathsBelow(folder)).forEach(add)
  return [...seen].sort(([a], [b]) => (a < b ? -1 : 1))
}

function sourceAt(path: string): Source | undefined {
  if (!existsSync(path)) return undefined
  const text = readFileSync(path, 'utf8')
  if (!path.endsWith('.ts')) return { text, imports: [] }
  const found = text.matchAll(/^import (?!type\b)[^;'"]*?from '(\.[^']+)'$/gm)
  return { text, imports: Array.from(found, ([, target]) => resolve(dirname(path), target!)) }
}

/** Every file below a folder, which need not be there. */
const pathsBelow = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((found) => found.isFile())
        .map((found) => join(found.parentPath, found.name))
    : []

function once<T>(known: Map<string, T>, key: string, make: () => T): T {
  if (!known.has(key)) known.set(key, make())
  return known.get(key) as T
}

/** The nearest folder above a file that holds a package. */
function repositoryOf(file: string): string {
  let folder = dirname(file)
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder))
    folder = dirname(folder)
  return folder
}
