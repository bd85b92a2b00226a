import { statSync } from 'node:fs'
import { packingOf } from '../image-file/unpack.ts'

/**
 * Why a file must not be written to where it lies; undefined: it may. An image that a build has
 * published is read-only, and has a second name in the cache: what is written to the one is in the
 * other.
 */
export function whyNotInPlace(path: string): string | undefined {
  const { mode, nlink } = statSync(path)
  if (packingOf(path) !== 'raw') return 'it is packed'
  if ((mode & 0o222) === 0) return 'it is read-only'
  if (nlink > 1) return `it has ${nlink - 1} more ${nlink === 2 ? 'name' : 'names'} (hard links)`
  return undefined
}
