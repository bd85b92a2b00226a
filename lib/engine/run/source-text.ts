import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { filesBelow } from '../../common/files/text-files.ts'

// What runs every stage, and so decides no byte of any: a change here must not make everything anew.
// So does what fetches: only bytes with the hash that was asked for come of it.
const engine = /^lib\/(?:engine|common\/words)\//

/** A file that says what a stage is. */
const saysStage = /= defineStage\(/

/**
 * The text that decides what a stage does: its file, the folder of its name beside it, and every file that one of these imports, to
 * the end. Other stages are left out: their keys stand for them. Type imports decide nothing. Paths are those in the repository.
 */
export function sourceText(url: string): [string, string][] {
  const file = fileURLToPath(url)
  const root = repositoryOf(file)
  const seen = new Map<string, string>()
  const read = (path: string): void => {
    const name = relative(root, path)
    if (seen.has(name) || engine.test(name) || !existsSync(path)) return
    const text = readFileSync(path, 'utf8')
    if (path !== file && saysStage.test(text)) return
    seen.set(name, text)
    if (!path.endsWith('.ts')) return
    for (const [, target] of text.matchAll(/^import (?!type\b)[^;'"]*?from '(\.[^']+)'$/gm)) read(resolve(dirname(path), target!))
  }
  read(file)
  const own = join(dirname(file), basename(file, '.ts'))
  for (const { path } of filesBelow(root, relative(root, own))) read(join(own, path))
  return [...seen].sort(([a], [b]) => (a < b ? -1 : 1))
}

/** The nearest folder above a file that holds a package. */
function repositoryOf(file: string): string {
  let folder = dirname(file)
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder)
  return folder
}
