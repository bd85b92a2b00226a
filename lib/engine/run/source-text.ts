import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { filesBelow } from '../../common/files/text-files.ts'

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

/**
 * The text that decides what a stage does. It is made of these files: the file of the stage, the
 * folder of the same name beside it, and what its commands find around them (SURROUNDINGS). It also
 * has every file that one of these imports, directly or not. Other stages are left out, because
 * their keys stand for them. Type imports are left out, because they decide nothing. Paths are
 * relative to the repository.
 */
export function sourceText(url: string): [string, string][] {
  const file = fileURLToPath(url)
  const root = repositoryOf(file)
  const seen = new Map<string, string>()
  const read = (path: string): void => {
    const name = relative(root, path)
    if (seen.has(name) || dirname(name) in WITHOUT || !existsSync(path)) return
    const text = readFileSync(path, 'utf8')
    if (path !== file && saysStage.test(text)) return
    seen.set(name, text)
    if (!path.endsWith('.ts')) return
    for (const [, target] of text.matchAll(/^import (?!type\b)[^;'"]*?from '(\.[^']+)'$/gm))
      read(resolve(dirname(path), target!))
  }
  read(file)
  for (const folder of [relative(root, join(dirname(file), basename(file, '.ts'))), SURROUNDINGS])
    for (const { path } of filesBelow(root, folder)) read(join(root, folder, path))
  return [...seen].sort(([a], [b]) => (a < b ? -1 : 1))
}

/** The nearest folder above a file that holds a package. */
function repositoryOf(file: string): string {
  let folder = dirname(file)
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder))
    folder = dirname(folder)
  return folder
}
