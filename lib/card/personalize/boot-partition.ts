import { open, writeFile } from 'node:fs/promises'
import type { Extent } from '../../common/disk/extent.ts'
import { UserError } from '../../common/words/errors.ts'
import type { Patch } from '../image-file/source.ts'
import { openReader } from '../image-file/reader.ts'
import { writable, writeAll } from '../flash/target.ts'
import { packingOf } from '../image-file/unpack.ts'

const CHUNK = 2 ** 20
const BLOCK = 4096
const SECTOR = 512
/** Partition types of FAT32 in an MBR. */
const FAT32 = new Set([0x0b, 0x0c])

/**
 * Copies the boot partition of an image (also a packed one) or of a card into a file, blocks of
 * zeros as holes. UserError: it has none.
 */
export async function takeBootPartition(
  path: string,
  into: string,
  signal: AbortSignal,
): Promise<Extent> {
  const reader = await openReader(path, packingOf(path), signal)
  const file = await open(into, 'wx', 0o600)
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
      if (part.some((byte) => byte !== 0)) await writeAll(writable(file), part, done)
    }
    await file.truncate(bytes)
    return extent
  } finally {
    await file.close()
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

/**
 * What differs between two files of one length, in blocks: each run of them as a patch of its own
 * in `folder`.
 */
export async function differences(
  before: string,
  after: string,
  at: number,
  folder: string,
): Promise<Patch[]> {
  const [old, now] = await Promise.all([open(before, 'r'), open(after, 'r')])
  const patches: Patch[] = []
  try {
    const [a, b] = [Buffer.alloc(CHUNK), Buffer.alloc(CHUNK)]
    let run: { start: number; blocks: Buffer[] } | undefined
    const close = async (): Promise<void> => {
      if (!run) return
      const path = `${folder}/patch-${patches.length}`
      await writeFile(path, Buffer.concat(run.blocks), { flag: 'wx', mode: 0o600 })
      patches.push({ start: at + run.start, path })
      run = undefined
    }
    const { size } = await now.stat()
    for (let done = 0; done < size; done += CHUNK) {
      const { bytesRead } = await old.read(a, 0, CHUNK, done)
      await now.read(b, 0, CHUNK, done)
      for (let block = 0; block < bytesRead; block += BLOCK) {
        const [was, is] = [a, b].map((chunk) =>
          chunk.subarray(block, Math.min(block + BLOCK, bytesRead)),
        ) as [Buffer, Buffer]
        if (was.equals(is)) await close()
        else (run ??= { start: done + block, blocks: [] }).blocks.push(Buffer.from(is))
      }
    }
    await close()
    return patches
  } finally {
    await Promise.all([old.close(), now.close()])
  }
}
