import { createHash } from 'node:crypto'
import { lstatSync, readdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dataExtents } from './data-extents.ts'
import type { Extent } from './extent.ts'

const PIECE = 1 << 20
const ZEROS = Buffer.alloc(PIECE)

/**
 * sha256 of a file, of whatever size. A piece is read while the one before it is hashed. Holes are
 * not read: the system would fill as much memory with zeros, which takes longer than all the rest.
 */
export async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  const buffers = [Buffer.allocUnsafe(PIECE), Buffer.allocUnsafe(PIECE)]
  const file = await open(path)
  try {
    const pieces = piecesOf(dataExtents(path), (await file.stat()).size)
    const bytesOf = (i: number): Promise<Buffer> | Buffer => {
      const { start, end, hole } = pieces[i]!
      return hole ? ZEROS.subarray(0, end - start) : read(file, buffers[i % 2]!, { start, end })
    }
    let next = pieces.length > 0 ? bytesOf(0) : undefined
    for (let i = 0; next !== undefined; i += 1) {
      const bytes: Buffer = await next
      next = i + 1 < pieces.length ? bytesOf(i + 1) : undefined
      hash.update(bytes)
    }
    return hash.digest('hex')
  } finally {
    await file.close()
  }
}

/** The whole file in pieces of at most PIECE bytes, each of data or of a hole. */
function piecesOf(data: readonly Extent[], size: number): (Extent & { hole: boolean })[] {
  const pieces: (Extent & { hole: boolean })[] = []
  let at = 0
  const cut = (until: number, hole: boolean): void => {
    for (; at < until; at = pieces.at(-1)!.end)
      pieces.push({ start: at, end: Math.min(until, at + PIECE), hole })
  }
  for (const { start, end } of data) {
    cut(start, true)
    cut(end, false)
  }
  cut(size, true)
  return pieces
}

/** Reads a run of bytes of a file into a buffer: less of it where the file has become shorter. */
async function read(file: FileHandle, into: Buffer, { start, end }: Extent): Promise<Buffer> {
  let got = 0
  while (got < end - start) {
    const { bytesRead } = await file.read(into, got, end - start - got, start + got)
    if (bytesRead === 0) break
    got += bytesRead
  }
  return into.subarray(0, got)
}

/**
 * Size and hash of an output. A folder's hash is of the names, sizes, times and links in it: it may
 * hold 50,000 files.
 */
export async function fingerprint(
  path: string,
): Promise<{ bytes: number; sha256: string; mtime_ms: number }> {
  const own = lstatSync(path)
  if (!own.isDirectory())
    return { bytes: own.size, sha256: await sha256(path), mtime_ms: own.mtimeMs }
  // hashed at once: a call for each file would take as long as to look at it
  const lines: string[] = []
  let bytes = 0
  const walk = (dir: string): void => {
    for (const name of readdirSync(dir).sort()) {
      const file = `${dir}/${name}`
      const { size, mtimeMs, mode } = lstatSync(file)
      const folder = (mode & 0o170000) === 0o040000
      lines.push(
        folder
          ? `${file.slice(path.length)}/\n`
          : `${file.slice(path.length)} ${size} ${mtimeMs} ${mode}\n`,
      )
      bytes += folder ? 0 : size
      if (folder) walk(file)
    }
  }
  walk(path)
  return {
    bytes,
    sha256: createHash('sha256').update(lines.join('')).digest('hex'),
    mtime_ms: own.mtimeMs,
  }
}
