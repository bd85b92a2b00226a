import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { filesBelow } from './text-files.ts'

// What runs every stage, and so decides no byte of any: a change here must not make everything anew.
// So does what fetches: only bytes with the hash that was asked for come of it.
const engine = new Set(['stage.ts', 'shell.ts', 'errors.ts', 'download.ts', 'fetch-text.ts', 'fetch-kept.ts', 'mirrors.ts'])

/**
 * The text that decides what a stage does: its file, the folder of its name beside it, and the parts of lib that either
 * imports, to the end. Other stages are left out: their keys stand for them. Type imports decide nothing.
 */
export function sourceText(url: string): [string, string][] {
  const file = fileURLToPath(url)
  const root = dirname(dirname(file))
  const seen = new Map<string, string>()
  const read = (path: string): void => {
    if (seen.has(path) || !existsSync(path)) return
    const text = readFileSync(path, 'utf8')
    seen.set(path, text)
    for (const [, target] of text.matchAll(/^import (?!type\b)[^;'"]*?from '(\.[^']+)'$/gm)) {
      const imported = resolve(dirname(path), target!)
      if (dirname(imported).startsWith(join(root, 'lib')) && !engine.has(basename(imported)) && basename(dirname(imported)) !== 'download')
        read(imported)
    }
  }
  read(file)
  const own = join(dirname(file), basename(file, '.ts'))
  for (const { path } of filesBelow(root, relative(root, own))) read(join(own, path))
  return [...seen].map(([path, text]): [string, string] => [relative(root, path), text]).sort(([a], [b]) => (a < b ? -1 : 1))
}
