import { alignedBuffers } from '../image-file/buffers.ts'
import type { Drive } from '../drives/drive.ts'
import type { Holding } from './on-target.ts'
import { nameOf, onTarget } from './on-target.ts'
import type { Patch } from '../image-file/source.ts'
import { syncAll, writeAll } from './target.ts'
import { sumsOf, verify } from './verify.ts'

/**
 * Writes groups of patches, which are made of whole sectors, to a drive that they were made for and
 * that was looked at before that, and reads them back. Each group is on the medium before the next
 * one is begun. Another disk that has taken its place is refused, and
 * whatever goes wrong ends with an error that says so in one sentence, and whether the card has
 * been touched. They are few: once begun, they are written to the last.
 */
export async function writePatches(
  steps: readonly (readonly Patch[])[],
  drive: Drive,
  options: Holding,
): Promise<void> {
  const groups = steps.map((group) =>
    group.map(({ start, data }) => ({ start, data: aligned(data) })),
  )
  const last = new Map(groups.flat().map((piece) => [piece.start, piece])) // the last of each block
  await onTarget(drive, options, async (target, leave) => {
    options.signal.throwIfAborted()
    leave(
      `the settings on ${nameOf(drive)} may be half written: run the same command again, or flash it again`,
    )
    for (const group of groups) {
      for (const { start, data } of group) await writeAll(target, data, start)
      await syncAll(target, group.at(-1)?.start ?? 0)
    }
    const there = [...last.values()].sort((a, b) => a.start - b.start)
    await verify(
      target,
      there.flatMap(({ start, data }) => sumsOf(data, start)),
    )
  })
}

function aligned(data: Buffer): Buffer {
  const [buffer] = alignedBuffers(1, data.length) as [Buffer]
  data.copy(buffer)
  return buffer
}
