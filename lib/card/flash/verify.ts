import { createHash } from 'node:crypto'
import type { Extent } from '../../common/files/extent.ts'
import { ProofError } from '../../common/words/errors.ts'
import { alignedBuffers } from '../image-file/buffers.ts'
import { sizeInWords } from '../drives/drive.ts'
import { PIECE } from '../image-file/source.ts'
import { readAll } from './target.ts'
import type { Target } from './target.ts'

/** What was written there. */
export interface Sum extends Extent {
  sha256: Buffer
}

/**
 * One checksum for so many bytes: 4 MB of them for a card of 128 GB, and an error is told as
 * exactly.
 */
const GRAIN = 2 ** 20

/** Checksums of what is written at `start`. */
export function sumsOf(data: Buffer, start: number): Sum[] {
  const sums: Sum[] = []
  for (let at = 0; at < data.length; at += GRAIN) {
    const part = data.subarray(at, at + GRAIN)
    sums.push({ start: start + at, end: start + at + part.length, sha256: sha256(part) })
  }
  return sums
}

const sha256 = (data: Buffer): Buffer => createHash('sha256').update(data).digest()

/**
 * Reads everything back that these are the checksums of, and compares. The next piece is read while
 * one is hashed. ProofError with the first byte from which on it differs, as exactly as the
 * checksums are; TargetError.
 */
export async function verify(
  target: Target,
  sums: readonly Sum[],
  {
    signal,
    onBytes,
  }: { signal?: AbortSignal; onBytes?: (done: number, total: number) => void } = {},
): Promise<void> {
  const buffers = alignedBuffers(2, PIECE)
  const groups = grouped(sums)
  const read = async (i: number): Promise<Buffer | undefined> => {
    const group = groups[i]
    if (!group) return undefined
    const into = buffers[i % 2]!.subarray(0, group.end - group.start)
    await readAll(target, into, group.start)
    return into
  }
  const total = sums.reduce((all, { start, end }) => all + end - start, 0)
  let done = 0
  let next = read(0)
  for (const [i, { start, end, sums: expected }] of groups.entries()) {
    const data = (await next)!
    next = read(i + 1)
    next.catch(() => undefined) // it is awaited in the next turn, if there is one
    for (const sum of expected)
      if (!sha256(data.subarray(sum.start - start, sum.end - start)).equals(sum.sha256))
        throw lies(sum)
    done += end - start
    onBytes?.(done, total)
    signal?.throwIfAborted()
  }
}

interface Group extends Extent {
  sums: Sum[]
}

/** What lies side by side is read together, up to a piece. */
function grouped(sums: readonly Sum[]): Group[] {
  const groups: Group[] = []
  for (const sum of sums) {
    const last = groups.at(-1)
    if (last?.end === sum.start && sum.end - last.start <= PIECE) {
      last.sums.push(sum)
      last.end = sum.end
    } else groups.push({ start: sum.start, end: sum.end, sums: [sum] })
  }
  return groups
}

const lies = ({ start, end }: Sum): ProofError =>
  new ProofError(
    `what was read back is not what was written, from byte ${start} on (${sizeInWords(start)}; somewhere in the next ${end - start}): this disk is worn out, or smaller than it says; take another card`,
  )
