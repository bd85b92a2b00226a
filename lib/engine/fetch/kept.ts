import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { HostError } from '../../common/words/errors.ts'
import { fetchBytes } from './small.ts'
import type { SmallOptions } from './small.ts'

/** A small file: fetched now, or kept from an earlier run. */
export interface Fetched {
  bytes: Buffer
  /**
   * Keeps the file for a time when its server cannot be reached. Call it once the file is known to
   * be right.
   */
  keep(): void
}

/**
 * Fetches a small file and returns its bytes. Offline, or if the server cannot be reached, it
 * returns the bytes that were kept at `path` the last time. Use it only for files that are judged
 * by their content, such as a signature by a known key. For these it does not matter where they
 * come from. If nothing is kept, the errors are those of fetchBytes.
 */
export async function fetchOrKept(
  url: string,
  { path, ...options }: SmallOptions & { path: string },
): Promise<Fetched> {
  const kept = (): Fetched => ({ bytes: readFileSync(path), keep: () => undefined })
  if (options.offline && existsSync(path)) return kept()
  try {
    const bytes = await fetchBytes(url, options)
    const keep = (): void => {
      const half = `${path}.${process.pid}.half`
      writeFileSync(half, bytes)
      renameSync(half, path)
    }
    return { bytes, keep }
  } catch (error) {
    if (!(error instanceof HostError) || !existsSync(path)) throw error
    options.onLine?.(`${error.message}; what was kept of it is used`)
    return kept()
  }
}
