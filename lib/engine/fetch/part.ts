import { createHash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import { createReadStream, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { HostError, isFull, messageOf } from '../../common/words/errors.ts'
import { megabytes } from '../../common/words/meter.ts'
import { isOrigin } from './origin.ts'
import type { Origin } from './origin.ts'

/** A file that is not complete: `<file>.part`, and `<file>.part.json` with where it comes from. */
export interface Part {
  readonly bytes: number
  readonly origin: Origin | undefined
  /** the number of connections that brought its bytes */
  readonly pieces: number
  /** the hash of the bytes that are there */
  sha256(): string
  /** Starts again without any bytes; the new ones come from `origin`. */
  begin(origin: Origin): Promise<void>
  /** Says that the next bytes come from another connection. */
  goOn(): void
  append(chunk: Buffer): Promise<void>
  /** HostError when this many more bytes do not fit on the disk. */
  makeSure(bytes: number): void
  /** Removes the bytes that are there. */
  clear(): Promise<void>
  /** Gives the complete file its final name, in one step. */
  finish(): Promise<void>
  /** Closes the file, and removes it if it is empty. */
  close(): Promise<void>
}

/** Opens what there is of a file, and hashes it. HostError where it cannot be written. */
export async function openPart(file: string, signal: AbortSignal): Promise<Part> {
  const [path, note] = [`${file}.part`, `${file}.part.json`]
  const handle = await open(path, 'a').catch((error: unknown) => {
    throw unwritable(path, error)
  })
  let origin = readOrigin(note)
  let hash: Hash = createHash('sha256')
  let [bytes, pieces] = [0, 0]
  const clear = async (): Promise<void> => {
    // first, so that never bytes of one file lie beside the note of another
    await handle.truncate(0)
    rmSync(note, { force: true })
    ;[hash, bytes, pieces, origin] = [createHash('sha256'), 0, 0, undefined]
  }
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal })) {
      hash.update(chunk as Buffer)
      bytes += (chunk as Buffer).length
      pieces = 1
    }
  } catch (error) {
    await handle.close()
    throw error
  }
  return {
    get bytes() {
      return bytes
    },
    get origin() {
      return origin
    },
    get pieces() {
      return pieces
    },
    sha256: () => hash.copy().digest('hex'),
    async begin(from) {
      await clear()
      origin = from
      pieces = 1
      try {
        writeFileSync(note, `${JSON.stringify(from)}\n`)
      } catch (error) {
        throw unwritable(note, error)
      }
    },
    goOn: () => void pieces++,
    async append(chunk) {
      for (let at = 0; at < chunk.length;) {
        try {
          const { bytesWritten } = await handle.write(chunk, at)
          hash.update(chunk.subarray(at, at + bytesWritten))
          bytes += bytesWritten
          at += bytesWritten
        } catch (error) {
          throw unwritable(path, error)
        }
      }
    },
    makeSure(more) {
      const { bavail, bsize } = statfsSync(dirname(path))
      if (bavail * bsize < more)
        throw full(
          dirname(path),
          `: ${megabytes(bavail * bsize)} free, ${megabytes(more)} more needed`,
        )
    },
    clear,
    async finish() {
      await handle.chmod(0o444).catch(() => undefined) // not every disk knows modes
      rmSync(note, { force: true })
      await rename(path, file)
    },
    async close() {
      await handle.close()
      if (bytes === 0) for (const nothing of [path, note]) rmSync(nothing, { force: true })
    },
  }
}

function readOrigin(note: string): Origin | undefined {
  try {
    const said: unknown = JSON.parse(readFileSync(note, 'utf8'))
    return isOrigin(said) ? said : undefined
  } catch {
    return undefined // none, or half of one: its bytes cannot be gone on with
  }
}

const full = (folder: string, more = ''): HostError =>
  new HostError(
    `the disk of ${folder} is full${more}`,
    'make room there (./downbeat clean removes what is cached), then run the same command again: it goes on where it was',
  )

function unwritable(path: string, error: unknown): HostError {
  const { code = '' } = error as NodeJS.ErrnoException
  if (isFull(error)) return full(dirname(path))
  return new HostError(
    `${path} cannot be written (${code || messageOf(error)})`,
    `see who may write to ${dirname(path)}, and how much`,
  )
}
