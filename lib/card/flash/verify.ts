import { createHash } from 'node:crypto'
import { ProofError } from '../../common/words/errors.ts'
import { alignedBuffers } from '../image-file/buffers.ts'
import { sizeInWords } from '../drives/drive.ts'
import { PIECE } from '../image-file/source.ts'
import { readAll } from './target.ts'
import type { Target } from './target.ts'

/** What was written at `start`. */
export interface Sum {
  start: number
  bytes: number
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
    sums.push({ start: start + at, bytes: part.length, sha256: sha256(part) })
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
    const into = buffers[i % 2]!.subarray(0, group.bytes)
    await readAll(target, into, group.start)
    return into
  }
  const total = sums.reduce((sum, { bytes }) => sum + bytes, 0)
  let done = 0
  let next = read(0)
  for (const [i, { start, sums: expected, bytes }] of groups.entries()) {
    const data = (await next)!
    next = read(i + 1)
    next.catch(() => undefined) // it is awaited in the next turn, if there is one
    for (const sum of expected)
      if (
        !sha256(data.subarray(sum.start - start, sum.start - start + sum.bytes)).equals(sum.sha256)
      )
        throw lies(sum)
    done += bytes
    onBytes?.(done, total)
    signal?.throwIfAborted()
  }
}

/** What lies side by side is read together, up to a piece. */
function grouped(sums: readonly Sum[]): { start: number; bytes: number; sums: Sum[] }[] {
  const groups: { start: number; bytes: number; sums: Sum[] }[] = []
  for (const sum of sums) {
    const last = groups.at(-1)
    if (last && last.start + last.bytes === sum.start && last.bytes + sum.bytes <= PIECE) {
      last.sums.push(sum)
      last.bytes += sum.bytes
    } else groups.push({ start: sum.start, bytes: sum.bytes, sums: [sum] })
  }
  return groups
}

const lies = ({ start, bytes }: Sum): ProofError =>
  new ProofError(
    `it gives back other bytes than were written to it, from byte ${start} on (${sizeInWords(start)}; somewhere in the next ${bytes}): it is worn out, or has less room than it says; take another card`,
  )
