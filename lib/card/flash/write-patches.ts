import { readFile } from 'node:fs/promises'
import { alignedBuffers } from '../image-file/buffers.ts'
import type { Drive } from '../drives/drive.ts'
import type { Holding } from './on-target.ts'
import { nameOf, onTarget } from './on-target.ts'
import type { Patch } from '../image-file/source.ts'
import { syncAll, writeAll } from './target.ts'
import { sumsOf, verify } from './verify.ts'

/**
 * Writes patches, which are made of whole sectors, to a drive that they were made for and that was
 * looked at before that, and reads them back. Another disk that has taken its place is refused, and
 * whatever goes wrong ends with an error that says so in one sentence, and whether the card has
 * been touched. They are few: once begun, they are written to the last.
 */
export async function writePatches(
  patches: readonly Patch[],
  drive: Drive,
  options: Holding,
): Promise<void> {
  const pieces = await Promise.all(
    patches.map(async ({ start, path }) => ({ start, data: aligned(await readFile(path)) })),
  )
  await onTarget(drive, options, async (target, leave) => {
    options.signal.throwIfAborted()
    leave(
      `the settings on ${nameOf(drive)} may be half written: run the same command again, or flash it again`,
    )
    for (const { start, data } of pieces) await writeAll(target, data, start)
    await syncAll(target, pieces.at(-1)?.start ?? 0)
    await verify(
      target,
      pieces.flatMap(({ start, data }) => sumsOf(data, start)),
    )
  })
}

function aligned(data: Buffer): Buffer {
  const [buffer] = alignedBuffers(1, data.length) as [Buffer]
  data.copy(buffer)
  return buffer
}
