import { UserError } from '../../common/words/errors.ts'
import { createMeter } from '../../common/words/meter.ts'
import type { Progress } from '../../common/words/meter.ts'
import { alignedBuffers } from '../image-file/buffers.ts'
import { sizeInWords } from '../drives/drive.ts'
import type { Piece, Source } from '../image-file/source.ts'
import { syncAll, writeAll } from './target.ts'
import type { Target } from './target.ts'
import { sumsOf, verify } from './verify.ts'
import type { Sum } from './verify.ts'

/**
 * What holds the partition table and begins everything that makes a card bootable: written last.
 */
export const HEAD = 2 ** 20

export type Phase = 'writing' | 'reading back'

/**
 * The state in which a target is left if writing fails now. unbootable: it cannot start. doubtful:
 * nobody knows whether it looks bootable. Before the first of these, nothing was written.
 */
export type Left = 'unbootable' | 'doubtful'

export interface CopyOptions {
  signal: AbortSignal
  onLeft?: (left: Left) => void
  /** at most twice a second; `at` is the byte of the target */
  onProgress?: (phase: Phase, progress: Progress) => void
}

/** What was done. Bytes of the image, and seconds. */
export interface Copied {
  bytes: number
  write_s: number
  verify_s: number
}

/**
 * Writes an image and reads it back. The first MiB is zeroed before anything else, and written
 * last. So a card never looks bootable if it was pulled out, or if writing was stopped. The target
 * has to be large enough for the whole image.
 *
 * TargetError: the target refuses something. ProofError: the target gives back other bytes.
 * UserError: the source is not an image, or too large.
 */
export async function copy(source: Source, target: Target, options: CopyOptions): Promise<Copied> {
  const { signal, onProgress = () => undefined, onLeft = () => undefined } = options
  const [head, blank] = alignedBuffers(2, HEAD).map((buffer) =>
    buffer.subarray(0, Math.min(HEAD, target.bytes)),
  ) as [Buffer, Buffer]
  const tell = (phase: Phase) => createMeter(0, (progress) => onProgress(phase, progress))
  const pieces = source.pieces(signal)
  try {
    const first = (await pieces.next()).value as Piece | undefined
    if (!first || first.start !== 0 || first.data.readUInt16LE(510) !== 0xaa55)
      throw new UserError(
        `${source.path}: this is no image of a disk: it does not begin with a partition table`,
      )
    signal.throwIfAborted()
    onLeft('doubtful')
    await put(target, blank)
    onLeft('unbootable')
    await wipeEnd(target, blank)
    const started = performance.now()
    const sums: Sum[] = []
    const written = tell('writing')
    let [bytes, end] = [0, 0]
    for (let piece: Piece | undefined = first; piece;) {
      const { start, data }: Piece = piece
      const next = pieces.next() // is read while this one is written
      next.catch(() => undefined) // it is awaited below, if nothing else fails before
      end = start + data.length
      if (end > target.bytes)
        throw new UserError(
          `${source.path}: it is larger than the target, which has ${sizeInWords(target.bytes)}`,
        )
      const inHead = Math.max(0, Math.min(data.length, head.length - start))
      data.copy(head, start, 0, inHead)
      const rest = data.subarray(inHead)
      const writing = writeAll(target, rest, start + inHead)
      sums.push(...sumsOf(rest, start + inHead))
      await writing
      bytes += data.length
      written(bytes, source.mapped)
      signal.throwIfAborted()
      piece = (await next).value as Piece | undefined
    }
    await syncAll(target, end)
    const checked = performance.now()
    const readBack = tell('reading back')
    await verify(target, sums, { signal, onBytes: readBack })
    signal.throwIfAborted() // the last time: the rest takes no time, and with it the card is whole
    onLeft('doubtful')
    try {
      await put(target, head)
    } catch (error) {
      await put(target, blank).then(
        () => onLeft('unbootable'),
        () => undefined, // what has failed first is what is told
      )
      throw error
    }
    return {
      bytes,
      write_s: (checked - started) / 1000,
      verify_s: (performance.now() - checked) / 1000,
    }
  } finally {
    await pieces.return(undefined)
  }
}

/**
 * Writes the first bytes, and sees whether they are there: a card that is worn out may take
 * everything and keep nothing.
 */
async function put(target: Target, first: Buffer): Promise<void> {
  await writeAll(target, first, 0)
  await syncAll(target, 0)
  await verify(target, sumsOf(first, 0))
}

/**
 * Zeroes the last MiB, where the second copy of a GPT would contradict the image's own partition
 * table; a card that has less room than it says often fails there, at once.
 */
async function wipeEnd(target: Target, blank: Buffer): Promise<void> {
  const last = target.bytes - blank.length
  await writeAll(target, blank, last)
  await syncAll(target, last)
}
