import { lstatSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

/** As Linux has it: so many links may follow each other (path_resolution(7)). */
const MOST_LINKS = 40

/**
 * Where a path leads for somebody whose root is `root`: links are followed inside of it, and never
 * out of it. The last part need not be there. Throws for links in a circle.
 */
export function within(root: string, path: string): string {
  let rest = parts(path)
  let at: string[] = []
  for (let links = 0; rest.length > 0;) {
    const [name, ...others] = rest as [string, ...string[]]
    rest = others
    if (name === '..') {
      at = at.slice(0, -1)
      continue
    }
    const here = join(root, ...at, name)
    if (lstatSync(here, { throwIfNoEntry: false })?.isSymbolicLink() !== true) {
      at = [...at, name]
      continue
    }
    if (++links > MOST_LINKS) throw new Error(`${path}: its links lead in a circle`)
    const target = readlinkSync(here)
    if (target.startsWith('/')) at = []
    rest = [...parts(target), ...rest]
  }
  return join(root, ...at)
}

const parts = (path: string): string[] =>
  path.split('/').filter((name) => name !== '' && name !== '.')
