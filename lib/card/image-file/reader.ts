import { open } from 'node:fs/promises'
import type { Packing } from './unpack.ts'
import { unpack } from './unpack.ts'

/** An image that is read from its beginning to its end. Parts in between may be skipped. */
export interface Reader {
  /**
   * Fills `into` with the bytes at `start`, and returns how many there were. `start` must never go
   * backwards. Fewer bytes than `into` can hold come only at the end of the image.
   */
  read(into: Buffer, start: number): Promise<number>
  close(): Promise<void>
}

export async function openReader(
  path: string,
  packing: Packing,
  signal: AbortSignal,
): Promise<Reader> {
  return packing === 'raw' ? await openFile(path) : openPacked(path, packing, signal)
}

async function openFile(path: string): Promise<Reader> {
  const file = await open(path, 'r')
  return {
    async read(into, start) {
      let done = 0
      while (done < into.length) {
        const { bytesRead } = await file.read(into, done, into.length - done, start + done)
        if (bytesRead === 0) break
        done += bytesRead
      }
      return done
    },
    close: () => file.close(),
  }
}

function openPacked(path: string, packing: 'xz' | 'zstd', signal: AbortSignal): Reader {
  const { chunks, stop } = unpack(path, packing, signal)
  const pieces = chunks[Symbol.asyncIterator]()
  let at = 0
  let chunk: Buffer = Buffer.alloc(0)
  /** Takes up to so many bytes of what comes next; none: the end. */
  const take = async (most: number): Promise<Buffer> => {
    while (chunk.length === 0) {
      const { done, value } = await pieces.next()
      if (done === true) return chunk
      chunk = value
    }
    const taken = chunk.subarray(0, most)
    chunk = chunk.subarray(taken.length)
    at += taken.length
    return taken
  }
  return {
    async read(into, start) {
      for (let left = start - at; left > 0;) {
        const { length } = await take(left)
        if (length === 0) return 0
        left -= length
      }
      let done = 0
      while (done < into.length) {
        const taken = await take(into.length - done)
        if (taken.length === 0) break
        taken.copy(into, done)
        done += taken.length
      }
      return done
    },
    close: async () => stop(),
  }
}
