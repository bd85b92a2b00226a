import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import type { Extent } from '../files/extent.ts'

const BLOCK = 4096
/** Bytes that are read at once. */
const PIECE = 1024 * BLOCK
const zeros = Buffer.alloc(BLOCK)

/** Blocks, the last one included, as the format has them. */
interface Range {
  first: number
  last: number
  sha256: string
}

/**
 * The block map of a disk image (bmap 2.0, which bmaptool reads). It lists the blocks that have to
 * be written to a card, with the sha256 of each range. These are all blocks that hold anything but
 * zeros, and all blocks of `used`, even if they hold only zeros. The reason: a card is not empty,
 * and its old journal or inodes there would be taken for ours.
 *
 * bmaptool itself maps every part of the file that is not a hole. That leaves out the used blocks
 * of zeros. It also depends on the file system that the image lies on: another one, or a copy of
 * the image, would have its holes in other places.
 */
export async function blockMap(file: string, used: readonly Extent[]): Promise<string> {
  const image = await open(file)
  try {
    const { size } = await image.stat()
    const mapped = new Uint8Array(Math.ceil(size / BLOCK))
    for (const { start, end } of used)
      mapped.fill(1, Math.floor(start / BLOCK), Math.ceil(end / BLOCK))
    const ranges: Range[] = []
    let run: { first: number; hash: ReturnType<typeof createHash> } | undefined
    const close = (next: number): void => {
      if (run) ranges.push({ first: run.first, last: next - 1, sha256: run.hash.digest('hex') })
      run = undefined
    }
    const piece = Buffer.alloc(PIECE)
    for (let at = 0; at < size; at += PIECE) {
      const { bytesRead } = await image.read(piece, 0, PIECE, at)
      if (bytesRead !== Math.min(PIECE, size - at))
        throw new Error(`${file} ended while it was read`)
      for (let from = 0; from < bytesRead; from += BLOCK) {
        const block = piece.subarray(from, Math.min(from + BLOCK, bytesRead))
        const number = (at + from) / BLOCK
        if (mapped[number] === 0 && block.equals(zeros.subarray(0, block.length))) {
          close(number)
          continue
        }
        run ??= { first: number, hash: createHash('sha256') }
        run.hash.update(block)
      }
    }
    close(mapped.length)
    return xml(size, mapped.length, ranges)
  } finally {
    await image.close()
  }
}

/** The map as a file; its own checksum is that of the file with zeros in the checksum's place. */
function xml(size: number, blocks: number, ranges: readonly Range[]): string {
  const nothing = '0'.repeat(64)
  const count = ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0)
  const text = [
    '<?xml version="1.0" ?>',
    '<!-- The blocks of the disk image that have to be written; of the rest it does not matter what is there. -->',
    '<bmap version="2.0">',
    `    <ImageSize> ${size} </ImageSize>`,
    `    <BlockSize> ${BLOCK} </BlockSize>`,
    `    <BlocksCount> ${blocks} </BlocksCount>`,
    `    <MappedBlocksCount> ${count} </MappedBlocksCount>`,
    '    <ChecksumType> sha256 </ChecksumType>',
    `    <BmapFileChecksum> ${nothing} </BmapFileChecksum>`,
    '    <BlockMap>',
    ...ranges.map(
      ({ first, last, sha256 }) =>
        `        <Range chksum="${sha256}"> ${first === last ? first : `${first}-${last}`} </Range>`,
    ),
    '    </BlockMap>',
    '</bmap>',
    '',
  ].join('\n')
  return text.replace(nothing, createHash('sha256').update(text).digest('hex'))
}
