import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, mkdirSync, readdirSync, statSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createZstdCompress, createZstdDecompress } from 'node:zlib'

/** Packs an output into a file: zstd of its bytes, or of a tar of what is in it. */
export async function pack(
  from: string,
  kind: 'file' | 'folder',
  to: string,
): Promise<{ sha256: string; bytes: number; unpacked: number }> {
  const source =
    kind === 'file' ? createReadStream(from, { highWaterMark: 1 << 20 }) : await tarOf(from)
  const hash = createHash('sha256')
  let unpacked = 0
  await pipeline(
    source,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        unpacked += chunk.length
        yield chunk
      }
    },
    createZstdCompress(),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk)
        yield chunk
      }
    },
    createWriteStream(to),
  )
  return { sha256: hash.digest('hex'), bytes: statSync(to).size, unpacked }
}

async function tarOf(folder: string): Promise<Readable> {
  const { create } = await import('tar/create')
  const names = readdirSync(folder).sort()
  // an empty folder is a tar without an entry, which that would not make
  if (names.length === 0) return Readable.from([Buffer.alloc(1024)])
  return Readable.from(
    create({ cwd: folder, portable: true, noMtime: false, preservePaths: false }, names),
  )
}

/** Takes it apart again; it may not have more than `limit` bytes. */
export async function unpack(
  from: string,
  kind: 'file' | 'folder',
  to: string,
  limit: number,
): Promise<void> {
  let bytes = 0
  const bounded = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      bytes += chunk.length
      if (bytes > limit) throw new Error('has more in it than its record says')
      yield chunk
    }
  }
  const packed = createReadStream(from, { highWaterMark: 1 << 20 })
  if (kind === 'file') {
    await pipeline(packed, createZstdDecompress(), bounded, createWriteStream(to))
    return
  }
  const { extract } = await import('tar/extract')
  mkdirSync(to)
  // strict: what it would warn of is an error; it writes through no link, and outside of `cwd` nothing
  const unpacking = extract({ cwd: to, strict: true, preserveOwner: false, umask: 0 })
  await pipeline(packed, createZstdDecompress(), bounded, unpacking)
}
