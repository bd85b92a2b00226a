import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'

/** What is served at an address: bytes that can be read from anywhere, and their names. */
export interface Content {
  length: number
  etag: string
  modified: Date
  /** the bytes from..to, without the one at `to` */
  read(from: number, to: number): AsyncIterable<Buffer> | Iterable<Buffer>
}

const then = new Date('2026-06-18T12:00:00Z')

export const bytesContent = (bytes: Buffer): Content => ({
  length: bytes.length,
  etag: `"${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}"`,
  modified: then,
  *read(from, to) {
    for (let at = from; at < to; at += 65_536) yield bytes.subarray(at, Math.min(to, at + 65_536))
  },
})

/**
 * As many bytes as wanted, without being anywhere: noise that repeats after a prime number of
 * bytes, so that no wrong place looks right.
 */
export function patternContent(length: number, seed = 1): Content {
  const period = 65_521
  const noise = Buffer.alloc(16 * period)
  let state = seed
  for (let i = 0; i < period; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    noise[i] = state >>> 24
  }
  for (let i = 1; i < 16; i++) noise.copy(noise, i * period, 0, period)
  return {
    length,
    etag: `"pattern-${seed}-${length}"`,
    modified: then,
    *read(from, to) {
      for (let at = from; at < to;) {
        const start = at % period
        const piece = noise.subarray(
          start,
          Math.min(noise.length, start + 262_144, start + to - at),
        )
        yield piece
        at += piece.length
      }
    },
  }
}

/** A file as it is now; undefined where there is none. */
export function fileContent(path: string): Content | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isFile() !== true) return undefined
  return {
    length: found.size,
    etag: `"${found.size.toString(16)}-${found.mtimeMs.toString(16)}"`,
    modified: found.mtime,
    read: (from, to) => (from === to ? [] : createReadStream(path, { start: from, end: to - 1 })),
  }
}

/** sha256 of all of it. */
export async function sha256Of(content: Content): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of content.read(0, content.length)) hash.update(piece)
  return hash.digest('hex')
}
