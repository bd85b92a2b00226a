import type { FileHandle } from 'node:fs/promises'
import type { Extent } from '../../common/files/extent.ts'
import { UserError } from '../../common/words/errors.ts'
import { openReader } from '../image-file/reader.ts'
import { writable, writeAll } from '../flash/target.ts'
import { packingOf } from '../image-file/unpack.ts'

const CHUNK = 2 ** 20
const SECTOR = 512
/** Partition types of FAT32 in an MBR. */
const FAT32 = new Set([0x0b, 0x0c])

/**
 * Copies the boot partition of an image (also a packed one) or of a card into empty files, what is
 * zero as holes. UserError: it has none.
 */
export async function takeBootPartition(
  path: string,
  into: readonly FileHandle[],
  signal: AbortSignal,
): Promise<Extent> {
  const reader = await openReader(path, packingOf(path), signal)
  try {
    const chunk = Buffer.alloc(CHUNK)
    const extent = bootPartition(
      path,
      chunk.subarray(0, await reader.read(chunk.subarray(0, SECTOR), 0)),
    )
    const bytes = extent.end - extent.start
    for (let done = 0; done < bytes; done += CHUNK) {
      const part = chunk.subarray(0, Math.min(CHUNK, bytes - done))
      if ((await reader.read(part, extent.start + done)) !== part.length)
        throw new UserError(`${path}: it ends inside its boot partition`)
      if (part.some((byte) => byte !== 0))
        for (const file of into) await writeAll(writable(file), part, done)
    }
    for (const file of into) await file.truncate(bytes)
    return extent
  } finally {
    await reader.close()
  }
}

/** The first partition of a table that is an MBR. */
function bootPartition(path: string, sector: Buffer): Extent {
  const whole = sector.length === SECTOR && sector.readUInt16LE(510) === 0xaa55
  const [type, start, sectors] = whole
    ? [sector.readUInt8(450), sector.readUInt32LE(454), sector.readUInt32LE(458)]
    : [0, 0, 0]
  if (!FAT32.has(type) || start === 0 || sectors === 0)
    throw new UserError(
      `${path}: there is no boot partition in it, as an image or a card of downbeat has one`,
    )
  return { start: start * SECTOR, end: (start + sectors) * SECTOR }
}
