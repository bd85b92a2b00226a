import { createHash } from 'node:crypto'
import {
  ftruncateSync,
  openSync,
  closeSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { blockMap } from '../../lib/common/disk/write-bmap.ts'
import { ext4Extents, fatExtents } from '../../lib/common/disk/used-extents.ts'
import { temporaryFolder } from './fixtures.ts'

const BLOCK = 4096
const sha256 = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex')

/** A file of holes, but for these blocks, which are full of a letter. */
function sparse(blocks: number, letters: Record<number, string>, more = 0): string {
  const file = join(temporaryFolder(), 'disk.img')
  const opened = openSync(file, 'w')
  ftruncateSync(opened, blocks * BLOCK + more)
  for (const [block, letter] of Object.entries(letters))
    writeSync(opened, Buffer.alloc(BLOCK, letter), 0, BLOCK, Number(block) * BLOCK)
  closeSync(opened)
  return file
}

const figure = (map: string, name: string): string =>
  new RegExp(`<${name}> (\\S+) </${name}>`).exec(map)![1]!
const ranges = (map: string): { range: string; sha256: string }[] =>
  [...map.matchAll(/<Range chksum="([0-9a-f]{64})"> ([\d-]+) <\/Range>/g)].map(
    ([, sum, range]) => ({ range: range!, sha256: sum! }),
  )

describe('the block map', () => {
  test('has every block that holds something, neighbours in one range with the hash of them all', async () => {
    const map = await blockMap(sparse(3000, { 1: 'a', 2: 'b', 2000: 'c' }), [])
    expect(ranges(map)).toEqual([
      {
        range: '1-2',
        sha256: sha256(Buffer.concat([Buffer.alloc(BLOCK, 'a'), Buffer.alloc(BLOCK, 'b')])),
      },
      { range: '2000', sha256: sha256(Buffer.alloc(BLOCK, 'c')) },
    ])
    expect(
      ['ImageSize', 'BlockSize', 'BlocksCount', 'MappedBlocksCount', 'ChecksumType'].map((name) =>
        figure(map, name),
      ),
    ).toEqual([String(3000 * BLOCK), '4096', '3000', '3', 'sha256'])
  })

  test('has what is in use too, though it holds zeros: what was on the card before must not stay there', async () => {
    const used = [{ start: 5 * BLOCK + 1, end: 6 * BLOCK + 1 }]
    expect(ranges(await blockMap(sparse(10, { 7: 'x' }), used))).toEqual([
      {
        range: '5-7',
        sha256: sha256(Buffer.concat([Buffer.alloc(2 * BLOCK), Buffer.alloc(BLOCK, 'x')])),
      },
    ])
  })

  test('is the same whether the zeros of the file are holes or written', async () => {
    const holes = sparse(2100, { 3: 'a', 1024: 'b' })
    const full = join(temporaryFolder(), 'disk.img')
    writeFileSync(full, readFileSync(holes))
    expect(statSync(full).blocks).toBeGreaterThan(statSync(holes).blocks)
    expect(await blockMap(full, [])).toBe(await blockMap(holes, []))
  })

  test('ends where the image ends, within a block too', async () => {
    const map = await blockMap(sparse(1, {}, 100), [{ start: BLOCK, end: BLOCK + 100 }])
    expect(figure(map, 'BlocksCount')).toBe('2')
    expect(ranges(map)).toEqual([{ range: '1', sha256: sha256(Buffer.alloc(100)) }])
  })

  test('of nothing but zeros is empty', async () => {
    expect(ranges(await blockMap(sparse(3, {}), []))).toEqual([])
  })

  test('has the checksum of itself, with zeros in its place', async () => {
    const map = await blockMap(sparse(3, { 0: 'a' }), [])
    const own = figure(map, 'BmapFileChecksum')
    expect(sha256(map.replace(own, '0'.repeat(64)))).toBe(own)
  })
})

/**
 * A FAT32 with sectors of 512 bytes, 4 a cluster, 32 reserved ones and two tables of one sector;
 * these clusters are taken.
 */
function fat(offset: number, taken: Record<number, number>): string {
  const bytes = Buffer.alloc(offset + 100 * 512)
  const bpb = bytes.subarray(offset)
  bpb.writeUInt16LE(512, 11)
  bpb.writeUInt8(4, 13)
  bpb.writeUInt16LE(32, 14)
  bpb.writeUInt8(2, 16)
  bpb.writeUInt32LE(100, 32)
  bpb.writeUInt32LE(1, 36)
  bpb.writeUInt16LE(0xaa55, 510)
  for (const [cluster, next] of Object.entries(taken))
    bpb.writeUInt32LE(next, 32 * 512 + Number(cluster) * 4)
  const file = join(temporaryFolder(), 'fat.img')
  writeFileSync(file, bytes)
  return file
}

describe('of a FAT is in use', () => {
  const data = 34 * 512
  const cluster = 4 * 512

  test('all before the clusters, and each cluster that is not free, the last of a file too', () => {
    const file = fat(8192, {
      0: 0x0ffffff8,
      1: 0x0fffffff,
      2: 0x0fffffff,
      3: 5,
      5: 0x0ffffff8,
      6: 0xf0000000,
    })
    expect(fatExtents(file, 8192)).toEqual([
      { start: 8192, end: 8192 + data + 2 * cluster },
      { start: 8192 + data + 3 * cluster, end: 8192 + data + 4 * cluster },
    ])
  })

  test('nothing beyond its end, whatever the rest of its table says', () => {
    const used = fatExtents(fat(0, { 17: 1, 18: 1, 19: 1 }), 0)
    expect(used.at(-1)!.end).toBe(data + 16 * cluster) // 66 sectors are 16 clusters and a half
  })

  test('and where there is none, that is said', () => {
    expect(() => fatExtents(sparse(3, {}), 4096)).toThrow('has no FAT32 at 4096')
    expect(() => fatExtents(sparse(1, {}), 4096)).toThrow('ends within its FAT')
  })
})

describe('of an ext4 is in use', () => {
  const said = (free: number, ...groups: string[]): string =>
    [
      'Block count:              1000',
      `Free blocks:              ${free}`,
      'First block:              0',
      'Block size:               4096',
      ...groups.flatMap((blocks, i) => [
        `Group ${i}: (Blocks ${i * 500}-${i * 500 + 499})`,
        `  Free blocks: ${blocks}`,
        '  Free inodes: 12-20',
      ]),
    ].join('\n')

  test('what dumpe2fs does not call free, over the ends of groups', () => {
    expect(ext4Extents(said(310, '100-299, 310', '500-508, 900-999'), 8192)).toEqual([
      { start: 8192, end: 8192 + 100 * BLOCK },
      { start: 8192 + 300 * BLOCK, end: 8192 + 310 * BLOCK },
      { start: 8192 + 311 * BLOCK, end: 8192 + 500 * BLOCK },
      { start: 8192 + 509 * BLOCK, end: 8192 + 900 * BLOCK },
    ])
  })

  test('all of it, where nothing is free', () => {
    expect(ext4Extents(said(0, '', ''), 0)).toEqual([{ start: 0, end: 1000 * BLOCK }])
  })

  test('and where the ranges are not all there, that is said: a block that is wrongly free would not be written', () => {
    expect(() => ext4Extents(said(400, '100-299', ''), 0)).toThrow(
      'dumpe2fs listed 200 free blocks of 400',
    )
    expect(() => ext4Extents('', 0)).toThrow('dumpe2fs did not say "Block size"')
  })
})
