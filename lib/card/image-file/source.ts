import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { UserError } from '../../common/words/errors.ts'
import type { Mapped } from '../../common/disk/read-bmap.ts'
import { bmapBeside, readBmap } from '../../common/disk/read-bmap.ts'
import { alignedBuffers } from './buffers.ts'
import { sizeInWords } from '../drives/drive.ts'
import { openReader } from './reader.ts'
import { packingOf, unpackedSize } from './unpack.ts'

/**
 * Bytes that take the place of the image's from `start` on, such as a block of the boot partition
 * with settings of the user's.
 */
export interface Patch {
  start: number
  data: Buffer
}

/** Bytes to write, and where; they are overwritten when the next but one is asked for. */
export interface Piece {
  start: number
  data: Buffer
}

/** An image that is to be written. */
export interface Source {
  path: string
  /** of the whole image; undefined where its compression does not say */
  bytes: number | undefined
  /** how many of them are written */
  mapped: number | undefined
  /** the block map that says so */
  map: string | undefined
  /**
   * What is to be written, in ascending order, once. UserError for a file that is damaged or not
   * whole.
   */
  pieces(signal: AbortSignal): AsyncGenerator<Piece>
}

/** As much as is read and written at a time. */
export const PIECE = 4 * 2 ** 20
/** Patches are widened to these, so that every piece is made of whole sectors. */
const BLOCK = 4096

/**
 * Opens an image file. With a block map beside it, only the mapped blocks are written, and each
 * range is checked against the map. The file systems of the image do not use the other blocks, so
 * the card may keep its old bytes there. Without a map everything is written, also blocks of zeros:
 * a file system may need them (an empty directory of FAT, an inode table), and nobody says whether
 * it does.
 *
 * Blocks that patches touch count as mapped. The checksums of the map are for the bytes of the
 * image itself, before patches are written over them.
 */
export async function openSource(path: string, patches: readonly Patch[] = []): Promise<Source> {
  const packing = packingOf(path)
  const found = bmapBeside(path)
  const map = found === undefined ? undefined : readBmap(found)
  const own = packing === 'raw' ? statSync(path).size : await unpackedSize(path, packing)
  if (map && own !== undefined && map.bytes !== own)
    throw new UserError(
      `${map.path}: this map is of another image: of ${map.bytes} bytes, and ${path} has ${own}`,
    )
  const bytes = map?.bytes ?? own
  if (bytes !== undefined) wholeSectors(path, bytes)
  const placed = place(path, patches, bytes)
  const ranges = withPatches(
    map?.ranges ?? [{ start: 0, end: bytes ?? Infinity }],
    placed,
    bytes ?? Infinity,
  )
  const mapped = ranges.reduce((sum, { start, end }) => sum + end - start, 0)
  return {
    path,
    bytes,
    mapped: Number.isFinite(mapped) ? mapped : undefined,
    map: map?.path,
    async *pieces(signal) {
      const image = await openReader(path, packing, signal)
      const buffers = alignedBuffers(2, PIECE)
      let turn = 0
      try {
        for (const range of ranges) {
          const hash = createHash('sha256')
          for (let at = range.start; at < range.end; at += PIECE) {
            const whole = buffers[turn++ % 2]!.subarray(0, Math.min(PIECE, range.end - at))
            const data = whole.subarray(0, await image.read(whole, at))
            if (data.length < whole.length && bytes !== undefined)
              throw tooShort(path, at + data.length, bytes)
            if (range.sha256 !== undefined) hash.update(data)
            for (const { start, end, data: patch } of placed) {
              const [from, to] = [Math.max(start, at), Math.min(end, at + data.length)]
              if (from < to) patch.copy(data, from - at, from - start, to - start)
            }
            if (data.length > 0) yield { start: at, data }
            if (data.length < whole.length) return wholeSectors(path, at + data.length)
          }
          if (range.sha256 !== undefined && hash.digest('hex') !== range.sha256)
            throw differs(path, range, map!.path)
        }
        // Only behind the last byte the unpacking tool says whether all were right; with a map its
        // checksums have said so.
        if (map === undefined && (await image.read(buffers[0]!.subarray(0, 1), bytes!)) > 0)
          throw tooLong(path, bytes!)
      } finally {
        await image.close()
      }
    },
  }
}

type Placed = Patch & Mapped

/** Where patches lie. UserError for one that is not within the image, or upon another. */
function place(image: string, patches: readonly Patch[], bytes: number | undefined): Placed[] {
  const placed = patches
    .map((patch) => ({ ...patch, end: patch.start + patch.data.length }))
    .sort((a, b) => a.start - b.start)
  for (const [i, { start, end }] of placed.entries()) {
    if (end > (bytes ?? Infinity))
      throw new UserError(
        `${image}: it has no bytes ${start} to ${end - 1}, which settings would be in`,
      )
    if (start < (placed[i - 1]?.end ?? 0)) throw new Error(`two patches at byte ${start}`)
  }
  return placed
}

/**
 * The ranges as they are, and between them, without a checksum, the blocks that patches touch and
 * that no range has.
 */
export function withPatches(
  ranges: readonly Mapped[],
  patches: readonly Mapped[],
  bytes: number,
): Mapped[] {
  const more: Mapped[] = []
  for (const { start, end } of patches.filter((patch) => patch.end > patch.start)) {
    let from = Math.max(Math.floor(start / BLOCK) * BLOCK, more.at(-1)?.end ?? 0)
    const to = Math.min(Math.ceil(end / BLOCK) * BLOCK, bytes)
    for (const range of ranges.filter((one) => one.start < to && one.end > from)) {
      if (from < range.start) more.push({ start: from, end: range.start })
      from = Math.max(from, range.end)
    }
    if (from < to) more.push({ start: from, end: to })
  }
  return [...ranges, ...more].sort((a, b) => a.start - b.start)
}

function wholeSectors(path: string, bytes: number): void {
  if (bytes === 0 || bytes % 512 !== 0)
    throw new UserError(
      `${path}: this is no image of a disk: ${bytes} bytes are no whole number of sectors`,
    )
}

const tooLong = (path: string, bytes: number): UserError =>
  new UserError(`${path}: it is longer than the ${bytes} bytes that it should have`)

const tooShort = (path: string, at: number, bytes: number): UserError =>
  new UserError(`${path}: it ends after ${sizeInWords(at)} of ${sizeInWords(bytes)}; get it again`)

const differs = (path: string, { start, end }: Mapped, map: string): UserError =>
  new UserError(
    `${path}: its bytes ${start} to ${end - 1} do not match ${map}: the image or its map is damaged; get both again`,
  )
