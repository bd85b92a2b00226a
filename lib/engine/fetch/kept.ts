import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { HostError } from '../../common/words/errors.ts'
import { fetchBytes } from './small.ts'
import type { SmallOptions } from './small.ts'

/** A small file that was fetched, or one of before. */
export interface Fetched {
  bytes: Buffer
  /** Keeps it for a time without its server: to be called when it is known to be right. */
  keep(): void
}

/**
 * The bytes of a small file, fetched anew; offline, and where its server cannot be had, those that
 * were kept at `path` the last time. For files that are judged by what they say, such as a
 * signature by a known key, wherever they come from. Errors as fetchBytes has them, if nothing is
 * kept.
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
