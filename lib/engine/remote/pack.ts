import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, mkdirSync, statSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createZstdCompress, createZstdDecompress } from 'node:zlib'

// A folder is packed and unpacked by the system's tar, which keeps every mode and link.

/** Packs an output into a file: zstd of its bytes, or of a tar of what is in it. */
export async function pack(
  from: string,
  kind: 'file' | 'folder',
  to: string,
  signal: AbortSignal,
): Promise<{ sha256: string; bytes: number; unpacked: number }> {
  const hash = createHash('sha256')
  let unpacked = 0
  const compressed = (source: Readable): Promise<void> =>
    pipeline(
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
      { signal },
    )
  if (kind === 'file') await compressed(createReadStream(from, { highWaterMark: 1 << 20 }))
  else {
    const owners = ['--owner=0', '--group=0', '--numeric-owner', '--sort=name']
    const { child, ended } = tar(['-c', '-C', from, ...owners, '.'], signal)
    child.stdin.end()
    await Promise.all([compressed(child.stdout), ended])
  }
  return { sha256: hash.digest('hex'), bytes: statSync(to).size, unpacked }
}

/** Takes it apart again; it may not have more than `limit` bytes. */
export async function unpack(
  from: string,
  kind: 'file' | 'folder',
  to: string,
  { limit, signal }: { limit: number; signal: AbortSignal },
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
  const into = (sink: NodeJS.WritableStream): Promise<void> =>
    pipeline(packed, createZstdDecompress(), bounded, sink, { signal })
  if (kind === 'file') return into(createWriteStream(to))
  mkdirSync(to)
  const { child, ended } = tar(['-x', '-p', '--no-same-owner', '-C', to], signal)
  child.stdout.resume()
  const [fed, taken] = await Promise.allSettled([into(child.stdin), ended])
  // tar has seen the end, and may be gone before the last zeros are given to it
  if (fed.status === 'rejected' && !isClosed(fed.reason)) throw fed.reason
  if (taken.status === 'rejected') throw taken.reason
}

const isClosed = (error: unknown): boolean =>
  ['ERR_STREAM_PREMATURE_CLOSE', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '')

function tar(words: readonly string[], signal: AbortSignal) {
  const child = spawn('tar', words, { stdio: ['pipe', 'pipe', 'pipe'], signal })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text.slice(0, 1000)))
  const ended = new Promise<void>((done, failed) => {
    child.once('error', failed)
    child.once('close', (status) => {
      if (status === 0) done()
      else failed(new Error(said.split('\n')[0] || `tar ended with ${status}`))
    })
  })
  ended.catch(() => undefined) // whoever waits hears of it
  return { child, ended }
}
