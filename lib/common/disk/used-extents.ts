import { closeSync, openSync, readSync } from 'node:fs'
import type { Extent } from '../files/extent.ts'

/**
 * What of the FAT32 file system at `offset` of a disk image is in use: boot sectors, both tables,
 * and every cluster that is not free. Source: Microsoft's FAT specification (fatgen103), "BPB" and
 * "FAT data structure".
 */
export function fatExtents(file: string, offset: number): Extent[] {
  const image = openSync(file, 'r')
  try {
    const read = (from: number, bytes: number): Buffer => {
      const buffer = Buffer.alloc(bytes)
      if (readSync(image, buffer, 0, bytes, offset + from) !== bytes)
        throw new Error(`${file} ends within its FAT`)
      return buffer
    }
    const bpb = read(0, 512)
    const sector = bpb.readUInt16LE(11)
    const cluster = bpb.readUInt8(13) * sector
    const table = { at: bpb.readUInt16LE(14) * sector, bytes: bpb.readUInt32LE(36) * sector }
    if (bpb.readUInt16LE(510) !== 0xaa55 || bpb.readUInt16LE(22) !== 0 || cluster === 0)
      throw new Error(`${file} has no FAT32 at ${offset}`)
    const data = table.at + bpb.readUInt8(16) * table.bytes
    const clusters = Math.floor((bpb.readUInt32LE(32) * sector - data) / cluster)
    const entries = read(table.at, table.bytes)
    const used: Extent[] = [{ start: offset, end: offset + data }]
    for (let i = 0; i < clusters; i++) {
      // the first cluster has the number 2; the uppermost four bits mean nothing
      if ((entries.readUInt32LE((i + 2) * 4) & 0x0fffffff) === 0) continue
      const start = offset + data + i * cluster
      const last = used.at(-1)!
      if (last.end === start) last.end += cluster
      else used.push({ start, end: start + cluster })
    }
    return used
  } finally {
    closeSync(image)
  }
}

/**
 * What of the ext4 at `offset` is in use, by what dumpe2fs says is free of it: journal, inode
 * tables and spare superblocks are in use.
 */
export function ext4Extents(dumpe2fs: string, offset: number): Extent[] {
  const figure = (name: string): number => {
    const found = new RegExp(`^${name}: +(\\d+)$`, 'm').exec(dumpe2fs)?.[1]
    if (found === undefined) throw new Error(`dumpe2fs did not say "${name}"`)
    return Number(found)
  }
  const block = figure('Block size')
  const free = [...dumpe2fs.matchAll(/^ {2}Free blocks: (.*)$/gm)].flatMap(([, ranges]) =>
    ranges!
      .split(', ')
      .filter(Boolean)
      .map((range) => range.split('-').map(Number)),
  )
  const counted = free.reduce((sum, [first, last = first]) => sum + last! - first! + 1, 0)
  if (counted !== figure('Free blocks'))
    throw new Error(`dumpe2fs listed ${counted} free blocks of ${figure('Free blocks')}`)
  const used: Extent[] = []
  let next = 0
  for (const [first, last = first] of [...free, [figure('Block count')]]) {
    if (first! > next) used.push({ start: offset + next * block, end: offset + first! * block })
    next = last! + 1
  }
  return used
}
