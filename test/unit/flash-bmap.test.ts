import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { bmapBeside, parseBmap, readBmap } from '../../lib/common/disk/read-bmap.ts'
import { refusal, repository } from './fixtures.ts'
import { bmapText, folderOf, imageBytes, MiB, sha256 } from './flash-fixtures.ts'

const image = imageBytes(12)
const ranges = [
  [0, 1],
  [512, 1280],
  [3071, 3071],
] as const

test('a map that bmap-tools itself has made is read', () => {
  const { bytes, ranges: found } = readBmap(join(repository, 'test/unit/flash/bmaptool.bmap'))
  expect(bytes).toBe(3 * MiB + 512)
  expect(found.map(({ start, end }) => [start, end])).toEqual([
    [0, 8192],
    [MiB, MiB + 4096],
    [3 * MiB, 3 * MiB + 512], // the image ends within its last block
  ])
  expect(found[1]!.sha256).toBe(sha256(Buffer.alloc(4096, 'b')))
})

test('the ranges of a map are bytes of the image, with their checksums', () => {
  const { bytes, ranges: found } = parseBmap(bmapText(image, ranges), 'x.bmap')
  expect(bytes).toBe(image.length)
  expect(found).toEqual(
    ranges.map(([first, last]) => {
      const [start, end] = [first * 4096, (last + 1) * 4096]
      return { start, end, sha256: sha256(image.subarray(start, end)) }
    }),
  )
})

test('the map of an image is found under both of its names, and for a packed image too', () => {
  const folder = folderOf({ 'a.img.bmap': '', 'b.bmap': '', 'c.img': '' })
  const beside = (name: string) => bmapBeside(join(folder, name))?.slice(folder.length + 1)
  expect(['a.img', 'a.img.xz', 'a.img.zst', 'b.img', 'b.img.zst', 'c.img'].map(beside)).toEqual([
    'a.img.bmap',
    'a.img.bmap',
    'a.img.bmap',
    'b.bmap',
    'b.bmap',
    undefined,
  ])
})

describe('a map is refused', () => {
  const hint = '; get it again, or take it away: without a map every block is written'
  const said = (text: string) => refusal(() => parseBmap(text, 'x.bmap'))
  const edited = (from: string | RegExp, to: string) =>
    said(bmapText(image, ranges, (text) => text.replace(from, to)))

  test('when a byte of it has changed, of which its own checksum tells', () => {
    const text = bmapText(image, ranges)
    expect(said(text.replace('512-1280', '512-1281'))).toBe(
      `x.bmap: it has been changed or damaged: its own checksum differs${hint}`,
    )
  })

  test('when it is no map, or ends too early', () => {
    expect(said('<html></html>')).toBe(`x.bmap: this is no block map, or a part of one${hint}`)
    expect(said(bmapText(image, ranges).slice(0, -20))).toBe(
      `x.bmap: this is no block map, or a part of one${hint}`,
    )
  })

  test('when it is of another version, or has other checksums', () => {
    expect(edited('version="2.0"', 'version="1.4"')).toBe(
      `x.bmap: a block map of version 1.4, and only 2.0 is read${hint}`,
    )
    expect(edited('sha256', 'md5')).toBe(
      `x.bmap: its checksums are md5, and only sha256 is read${hint}`,
    )
  })

  test('when a number is missing, doubled or none', () => {
    expect(edited(/<BlockSize>.*/, '')).toBe(
      `x.bmap: there should be one BlockSize, and there are none${hint}`,
    )
    expect(edited(/(<BlockSize>.*)/, '$1$1')).toBe(
      `x.bmap: there should be one BlockSize, and there are 2${hint}`,
    )
    expect(edited(/<BlockSize>.*</, '<BlockSize>4k<')).toBe(`x.bmap: BlockSize is no number${hint}`)
  })

  test('when its blocks are no sectors, or its numbers contradict each other', () => {
    expect(edited('<BlockSize> 4096', '<BlockSize> 1000')).toBe(
      `x.bmap: blocks of 1000 bytes are no multiple of a sector${hint}`,
    )
    expect(edited('<BlocksCount> 3072', '<BlocksCount> 3071')).toBe(
      `x.bmap: its numbers contradict each other${hint}`,
    )
    expect(edited('> 772 ', '> 773 ')).toBe(`x.bmap: it should have 773 blocks, and has 772${hint}`)
  })

  test('when a range has no checksum, or lies outside the image, upon another or before it', () => {
    expect(edited(/<Range chksum="[^"]*"> 0-1/, '<Range> 0-1')).toBe(
      `x.bmap: a range that cannot be read: "0-1"${hint}`,
    )
    for (const odd of ['4000', '100-99', '1280-1281', '3'])
      expect(edited('> 3071 ', `> ${odd} `), odd).toMatch(
        `a range that is not where it should be: "${odd}"`,
      )
  })
})
