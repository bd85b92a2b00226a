import { createHash } from 'node:crypto'
import { lstatSync, readdirSync } from 'node:fs'
import { open } from 'node:fs/promises'

/**
 * sha256 of a file, of whatever size: read piece by piece into the same memory, which takes half
 * the time of a stream.
 */
export async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  const piece = Buffer.allocUnsafe(1 << 20)
  const file = await open(path)
  try {
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, piece.length)
      if (bytesRead === 0) return hash.digest('hex')
      hash.update(piece.subarray(0, bytesRead))
    }
  } finally {
    await file.close()
  }
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
