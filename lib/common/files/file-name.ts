import { relative, resolve } from 'node:path'
import { visible } from '../words/visible.ts'

/**
 * What messages call a file: its path from the repository at `root`. A file of somebody's own lies
 * outside. It is called as it would be typed, with `./` in front, so that nobody takes it for the
 * repository's own.
 */
export function nameOf(file: string, root: string): string {
  const inside = relative(root, file)
  if (!inside.startsWith('../')) return visible(inside)
  const here = relative(process.cwd(), file)
  if (here.startsWith('../../')) return visible(file)
  return visible(here.startsWith('../') ? here : `./${here}`)
}

/** The file that messages call so. */
export const fileOf = (name: string, root: string): string =>
  /^\.\.?\//.test(name) ? resolve(name) : resolve(root, name)
