import { createHash } from 'node:crypto'
import { readSync } from 'node:fs'

/** Length and sha256 of what an opened file has; at once, because a plan waits for nothing. */
export function sumOf(opened: number): { bytes: number; sha256: string } {
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(1 << 20)
  let bytes = 0
  for (;;) {
    const got = readSync(opened, buffer, 0, buffer.length, bytes)
    if (got === 0) return { bytes, sha256: hash.digest('hex') }
    hash.update(buffer.subarray(0, got))
    bytes += got
  }
}
