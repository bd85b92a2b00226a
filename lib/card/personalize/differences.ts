import type { FileHandle } from 'node:fs/promises'
import type { Extent } from '../../common/files/extent.ts'
import type { Patch } from '../image-file/source.ts'

const CHUNK = 2 ** 20
const BLOCK = 4096

/** The blocks in which a file differs from another one of the same length, as they are in it. */
export async function differences(before: FileHandle, after: FileHandle): Promise<Patch[]> {
  const patches: Patch[] = []
  const [a, b] = [Buffer.alloc(CHUNK), Buffer.alloc(CHUNK)]
  const { size } = await after.stat()
  for (let done = 0; done < size; done += CHUNK) {
    const { bytesRead } = await before.read(a, 0, CHUNK, done)
    await after.read(b, 0, CHUNK, done)
    if (a.equals(b)) continue
    for (let block = 0; block < bytesRead; block += BLOCK) {
      const end = Math.min(block + BLOCK, bytesRead)
      if (a.compare(b, block, end, block, end) !== 0)
        patches.push({ start: done + block, data: Buffer.from(b.subarray(block, end)) })
    }
  }
  return patches
}

/**
 * Where the tables of a FAT32 lie (its first sector says so: Microsoft's fatgen103, BPB_RsvdSecCnt,
 * BPB_NumFATs, BPB_FATSz32, in sectors of BPB_BytsPerSec).
 */
export async function fatsOf(partition: FileHandle): Promise<Extent> {
  const sector = Buffer.alloc(512)
  await partition.read(sector, 0, 512, 0)
  const bytes = sector.readUInt16LE(11)
  const start = sector.readUInt16LE(14) * bytes
  return { start, end: start + sector.readUInt8(16) * sector.readUInt32LE(36) * bytes }
}

/**
 * Blocks in two groups. What has a new name is in the tables first, so that no name leads to free
 * clusters. What loses its name is in them last. A run that is killed between the groups loses
 * clusters at most.
 */
export function inOrder(
  patches: readonly Patch[],
  fats: Extent,
  order: 'fat first' | 'fat last',
): Patch[][] {
  const ofFat = ({ start, data }: Patch): boolean =>
    start < fats.end && start + data.length > fats.start
  const groups = [patches.filter(ofFat), patches.filter((patch) => !ofFat(patch))]
  return order === 'fat first' ? groups : groups.toReversed()
}
