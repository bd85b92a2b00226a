import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { HostError } from '../../lib/common/words/errors.ts'
import { findImage } from '../../lib/card/image-file/find-image.ts'
import type { Patch } from '../../lib/card/image-file/source.ts'
import { openSource, PIECE, withPatches } from '../../lib/card/image-file/source.ts'
import { unpack } from '../../lib/card/image-file/unpack.ts'
import { refusal } from './fixtures.ts'
import { bmapText, folderOf, imageBytes, MiB, noise } from './flash-fixtures.ts'

const image = imageBytes(12)
const ranges = [
  [0, 1],
  [512, 1280],
  [3071, 3071],
] as const
const map = bmapText(image, ranges)

const through = (command: string, args: string[], input: Buffer): Buffer =>
  spawnSync(command, args, { input, maxBuffer: 1 << 26 }).stdout
const zstd = (part: Buffer): Buffer =>
  through('zstd', ['-1', '-c', `--stream-size=${part.length}`], part)
const packed = {
  'x.img': image,
  'x.img.xz': through('xz', ['-0', '-c'], image),
  'x.img.zst': zstd(image),
}

/** What a target that was full of 0xee would hold, and the pieces that were written to it. */
async function written(path: string, patches: Patch[] = []) {
  const source = await openSource(path, patches)
  const data = Buffer.alloc(image.length, 0xee)
  const pieces: [start: number, bytes: number][] = []
  for await (const piece of source.pieces(new AbortController().signal)) {
    piece.data.copy(data, piece.start)
    pieces.push([piece.start, piece.data.length])
  }
  return { source, data, pieces }
}

const whole = async (path: string): Promise<string> =>
  written(path).then(
    () => 'taken',
    (error: Error) => error.message,
  )

describe.each(Object.entries(packed))('%s', (name, bytes) => {
  test('without a map is written whole, blocks of zeros too, because a file system may rely on them', async () => {
    const { source, data, pieces } = await written(join(folderOf({ [name]: bytes }), name))
    expect(data.equals(image)).toBe(true)
    expect(source).toMatchObject({ bytes: image.length, mapped: image.length, map: undefined })
    expect(pieces).toEqual([0, 1, 2].map((i) => [i * PIECE, PIECE]))
  })

  test('with a map is written where the map says, and what is between stays as it was', async () => {
    const folder = folderOf({ [name]: bytes, 'x.bmap': map })
    const { source, data, pieces } = await written(join(folder, name))
    expect(source).toMatchObject({
      bytes: image.length,
      mapped: 772 * 4096,
      map: join(folder, 'x.bmap'),
    })
    const expected = Buffer.alloc(image.length, 0xee)
    for (const [first, last] of ranges)
      image.copy(expected, first * 4096, first * 4096, (last + 1) * 4096)
    expect(data.equals(expected)).toBe(true)
    expect(pieces.map(([start]) => start)).toEqual([0, 2 * MiB, 3071 * 4096])
  })

  test('that has other bytes than its map tells of is refused with the range', async () => {
    const other = bmapText(Buffer.from(image).fill('!', 3 * MiB, 3 * MiB + 1), ranges)
    const folder = folderOf({ [name]: bytes, 'x.bmap': other })
    expect(await whole(join(folder, name))).toBe(
      `${join(folder, name)}: its bytes 2097152 to 5246975 do not match ${join(folder, 'x.bmap')}: the image or its map is damaged; get both again`,
    )
  })

  test('and a map of another size do not belong together', async () => {
    const folder = folderOf({ [name]: bytes, 'x.img.bmap': bmapText(imageBytes(16), [[0, 0]]) })
    expect(await whole(join(folder, name))).toMatch(
      /x\.img\.bmap: this map is of another image: of 16777216 bytes, and .* has 12582912$/,
    )
  })

  test('that ends too early is refused', async () => {
    const folder = folderOf({
      [name]: bytes.subarray(0, bytes.length - 1024),
      'y.img': image.subarray(0, 8 * MiB),
      'y.bmap': map,
    })
    if (name === 'x.img')
      expect(await whole(join(folder, 'y.img'))).toMatch(/y\.bmap: this map is of another image/)
    else
      expect(await whole(join(folder, name))).toMatch(
        /: it is damaged, or not whole \(.+\); get it again$/,
      )
  })
})

test('damage of a packed image is found even behind its last byte, where its checksum is', async () => {
  const broken = Buffer.from(packed['x.img.zst'])
  broken[broken.length - 1]! ^= 1
  expect(await whole(join(folderOf({ 'x.img.zst': broken }), 'x.img.zst'))).toMatch(
    /: it is damaged, or not whole \(.*checksum.*\); get it again$/i,
  )
})

test('a zstd file of many frames is read to its end, which Node itself would not do', async () => {
  const frames = Buffer.concat([zstd(image.subarray(0, 5 * MiB)), zstd(image.subarray(5 * MiB))])
  const { data, source } = await written(join(folderOf({ 'x.img.zst': frames }), 'x.img.zst'))
  expect([source.bytes, data.equals(image)]).toEqual([image.length, true])
})

test('an image whose packing does not say how large it is, is read to its end', async () => {
  const unknown = through('zstd', ['-1', '-c'], image) // from a pipe
  const { data, source } = await written(join(folderOf({ 'x.img.zst': unknown }), 'x.img.zst'))
  expect([source.bytes, source.mapped, data.equals(image)]).toEqual([undefined, undefined, true])
})

test('what is packed otherwise, or is no whole number of sectors, is refused before anything else', async () => {
  const folder = folderOf({
    'x.img.gz': Buffer.from('1f8b0800', 'hex'),
    'y.img': Buffer.alloc(1000),
    'z.img': '',
  })
  expect(await whole(join(folder, 'x.img.gz'))).toMatch(
    /x\.img\.gz: it is packed in a way that is not read here; unpack it first: gunzip /,
  )
  expect(await whole(join(folder, 'y.img'))).toMatch(
    /y\.img: this is no image of a disk: 1000 bytes are no whole number of sectors$/,
  )
  expect(await whole(join(folder, 'z.img'))).toMatch(/z\.img: this is no image of a disk: 0 bytes/)
})

test('what is packed is known by its bytes, not by its name', async () => {
  expect(
    (await written(join(folderOf({ 'x.img': packed['x.img.xz'] }), 'x.img'))).data.equals(image),
  ).toBe(true)
})

test('a program that is missing for unpacking is named with the command that installs it', async () => {
  const path = join(folderOf({ 'x.img.xz': packed['x.img.xz'] }), 'x.img.xz')
  const before = process.env['PATH']
  process.env['PATH'] = '/nowhere'
  try {
    await expect(openSource(path)).rejects.toThrow(
      new HostError(`xz is missing, which unpacks ${path}`, 'sudo apt-get install xz-utils'),
    )
    const { chunks } = unpack(path, 'xz', new AbortController().signal)
    await expect(chunks[Symbol.asyncIterator]().next()).rejects.toThrow(
      `xz is missing, which unpacks ${path}`,
    )
  } finally {
    process.env['PATH'] = before
  }
})

test('unpacking that was stopped before it began does not begin', async () => {
  const folder = folderOf({ 'x.img.xz': packed['x.img.xz'] })
  // one that never comes to an end by itself
  writeFileSync(join(folder, 'xz'), '#!/bin/sh\nexec tail -f /dev/null\n', { mode: 0o755 })
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`)
  onTestFinished(() => void vi.unstubAllEnvs())
  const { chunks } = unpack(join(folder, 'x.img.xz'), 'xz', AbortSignal.abort(new Error('stopped')))
  await expect(chunks[Symbol.asyncIterator]().next()).rejects.toThrow('stopped')
})

describe('a part of the image that is replaced by other bytes', () => {
  const patch = noise(2 * MiB, 11)
  const patched = (start: number, data = patch): Buffer => {
    const expected = Buffer.from(image)
    data.copy(expected, start)
    return expected
  }

  test.each(Object.keys(packed))('is what is written of it (%s)', async (name) => {
    const folder = folderOf(packed)
    const { data } = await written(join(folder, name), [{ start: 3 * MiB, data: patch }])
    expect(data.equals(patched(3 * MiB))).toBe(true)
  })

  test.each(Object.keys(packed))(
    'counts as mapped, beside what the map names (%s)',
    async (name) => {
      const folder = folderOf({ ...packed, 'x.bmap': map })
      const { data, source } = await written(join(folder, name), [{ start: 5 * MiB, data: patch }])
      expect(source.mapped).toBe((2 + 768 + 512 + 1) * 4096)
      expect(
        data.subarray(2 * MiB, 7 * MiB).equals(patched(5 * MiB).subarray(2 * MiB, 7 * MiB)),
      ).toBe(true)
      expect(data[8 * MiB]).toBe(0xee)
    },
  )

  test('may begin and end anywhere: whole blocks are written, with the bytes of the image around it', async () => {
    const few = noise(100, 13)
    const folder = folderOf({ ...packed, 'x.bmap': map })
    const { data, pieces } = await written(join(folder, 'x.img'), [
      { start: 9 * MiB + 4090, data: few },
    ])
    expect(pieces).toContainEqual([9 * MiB, 8192])
    expect(
      data
        .subarray(9 * MiB, 9 * MiB + 8192)
        .equals(patched(9 * MiB + 4090, few).subarray(9 * MiB, 9 * MiB + 8192)),
    ).toBe(true)
  })

  test('leaves every range of the map whole, with its checksum, and adds only blocks that none of them has', () => {
    const sums = [
      { start: 0, end: 8192, sha256: 'a' },
      { start: 16384, end: 65536, sha256: 'b' },
    ]
    const [first, second] = sums
    expect(withPatches(sums, [{ start: 20480, end: 24576 }], MiB)).toEqual(sums)
    expect(withPatches(sums, [{ start: 8192, end: 16384 }], MiB)).toEqual([
      first,
      { start: 8192, end: 16384 },
      second,
    ])
    expect(withPatches(sums, [{ start: 8192, end: 8192 }], MiB)).toEqual(sums)
    expect(withPatches(sums, [{ start: 4000, end: 65537 }], MiB)).toEqual([
      first,
      { start: 8192, end: 16384 },
      second,
      { start: 65536, end: 69632 },
    ])
    const two = [8200, 9000].map((start) => ({ start, end: start + 100 })) // in one block
    expect(withPatches(sums, two, MiB)).toEqual([first, { start: 8192, end: 12288 }, second])
    expect(withPatches(sums, [{ start: MiB - 512, end: MiB }], MiB)).toEqual([
      ...sums,
      { start: MiB - 4096, end: MiB },
    ])
  })

  test.each(Object.keys(packed))(
    'does not hide damage of what is around it, nor of what it takes the place of (%s)',
    async (name) => {
      const broken = Buffer.from(image).fill('!', 3 * MiB, 3 * MiB + 1)
      const other = bmapText(broken, ranges)
      const folder = folderOf({ ...packed, 'x.bmap': other })
      const over = (start: number) =>
        written(join(folder, name), [{ start, data: noise(4096, 29) }])
      const said =
        / its bytes 2097152 to 5246975 do not match .*x\.bmap: the image or its map is damaged; get both again$/
      await expect(over(4 * MiB)).rejects.toThrow(said)
      await expect(over(3 * MiB)).rejects.toThrow(said)
    },
  )

  test('several of them lie where they belong, in whatever order they are given', async () => {
    const folder = folderOf({ 'x.img': image })
    const { data } = await written(join(folder, 'x.img'), [
      { start: 6 * MiB + 512, data: noise(512, 19) },
      { start: 6 * MiB, data: noise(512, 17) },
    ])
    const expected = patched(6 * MiB, noise(512, 17))
    noise(512, 19).copy(expected, 6 * MiB + 512)
    expect(data.equals(expected)).toBe(true)
  })

  test('must lie within the image, and not upon another', async () => {
    const folder = folderOf({ 'x.img': image })
    const one = { start: 11 * MiB, data: patch }
    await expect(openSource(join(folder, 'x.img'), [one])).rejects.toThrow(
      /x\.img: it has no bytes 11534336 to 13631487, which settings would be in$/,
    )
    const two = [0, MiB].map((start) => ({ start, data: one.data }))
    await expect(openSource(join(folder, 'x.img'), two)).rejects.toThrow(
      'two patches at byte 1048576',
    )
  })
})

describe('the image that is meant by', () => {
  test('a folder is the one of its name, unpacked rather than packed', () => {
    const folder = folderOf({ 'a.img': '', 'b.img.xz': '', 'b.img.zst': '' })
    expect(findImage(folder)).toBe(join(folder, 'a.img'))
    writeFileSync(join(folder, `${folder.split('/').at(-1)!}.img.xz`), '')
    expect(findImage(`${folder}/`)).toBe(join(folder, `${folder.split('/').at(-1)!}.img.xz`))
  })

  test('a folder with none or with several is not guessed', () => {
    const [none, many] = [folderOf({ 'a.txt': '' }), folderOf({ 'a.img': '', 'b.img': '' })]
    expect(refusal(() => findImage(none))).toBe(
      `${none}: there is no image in it (.img, .img.zst, .img.xz); ./downbeat build makes one`,
    )
    expect(refusal(() => findImage(many))).toBe(
      `${many}: there are several images in it (a.img, b.img): name one`,
    )
  })

  test('a file is that file; a map, a device and nothing are refused', () => {
    const folder = folderOf({ 'a.img': '', 'a.bmap': '' })
    expect(findImage(join(folder, 'a.img'))).toBe(join(folder, 'a.img'))
    expect(refusal(() => findImage(join(folder, 'a.bmap')))).toMatch(
      'name the image, the map is found beside it',
    )
    expect(refusal(() => findImage('/dev/null'))).toBe(
      '/dev/null: this is no file; the image comes first, and then the disk',
    )
    expect(refusal(() => findImage('/nowhere'))).toBe(
      '/nowhere: there is no such file (./downbeat build makes out/images/<name>)',
    )
  })
})
