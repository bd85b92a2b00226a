import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { mirrored } from '../../lib/engine/fetch/mirrors.ts'
import type { Mirror } from '../../lib/engine/fetch/mirrors.ts'

/**
 * The archives that the root in `folder` names, as files of a sources.list.d: at the addresses that
 * the mirrors have, with keys out of this root.
 */
export function archivesOf(folder: string, mirrors: readonly Mirror[]): Record<string, string> {
  const found = globSync('etc/apt/{sources.list,sources.list.d/*.{list,sources}}', { cwd: folder })
  const sources = found.map((path): [string, string] => [
    basename(path) === 'sources.list' ? 'main.list' : basename(path),
    readFileSync(`${folder}/${path}`, 'utf8')
      .replaceAll(/^(?!\s*#).*/gm, (line) =>
        line.replaceAll(/https?:\/\/\S+/g, (address) => mirrored(address, mirrors)),
      )
      .replaceAll(/(signed-by\s*[=:]\s*)\//gi, `$1${folder}/`),
  ])
  return Object.fromEntries(sources)
}
