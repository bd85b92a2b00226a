import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { runStages } from '../../scripts/session/session.ts'
import { root } from '../downbeat.ts'
import { unpacked } from './unpack.ts'

let said: string[]
beforeAll(async () => {
  const { made } = await runStages(
    resolve(openCatalogue(root), join(root, 'image.yaml')),
    [unpacked],
    { quiet: true },
  )
  said = readFileSync(made.get('unpacked')!.outputs['said']!, 'utf8').split('\n')
})

/** All that was said of an image under this word. */
const answers = (image: string, what: string): string[] =>
  said.flatMap((line) =>
    line.startsWith(`${image} ${what} `) ? [line.slice(`${image} ${what} `.length)] : [],
  )
const facts = (image: string): Record<string, string> =>
  Object.fromEntries(
    answers(image, 'fact').map((line) => [
      line.slice(0, line.indexOf('=')),
      line.slice(line.indexOf('=') + 1),
    ]),
  )

const formats = ['xz', 'img', 'zstd', 'gzip', 'zip']
// of the three kinds of file systems; the first is one of the five formats
const kinds: [string, string][] = [
  ['xz', 'as pi-gen makes it'],
  ['old', 'with block maps and blocks of 1 KiB'],
  ['new', 'with files within inodes, checksums, and a journal to replay'],
]

describe('an image', () => {
  test.for(kinds)(
    'unpacks (%s, %s) into what was put into it: every property of every file',
    ([image]) => {
      expect(answers(image, 'status')).toEqual(['0'])
      expect(answers(image, 'different')).toEqual([])
      expect(Number(answers(image, 'compared')[0])).toBeGreaterThan(10_100)
    },
  )

  test.for(kinds)('unpacks (%s, %s) with a word about each thing that is left out', ([image]) => {
    expect(answers(image, 'note')).toEqual([
      './device-b: a device node',
      './device-c: a device node',
      './none: its attribute trusted.overlay.opaque',
      './socket: a socket',
    ])
  })

  test('gives the same bytes whatever it is packed with', () => {
    expect(formats.map((format) => answers(format, 'status'))).toEqual(formats.map(() => ['0']))
    expect(answers('img', 'tar')).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)])
    for (const format of formats) {
      expect(answers(format, 'tar')).toEqual(answers('img', 'tar'))
      expect(facts(format)).toEqual(facts('img'))
    }
  })

  test('says what it is', () => {
    expect(facts('xz')).toMatchObject({
      raw_bytes: String(96 << 20),
      table: 'dos',
      disk_id: '0123abcd',
      boot_start: '16384',
      boot_sectors: '40960',
      boot_type: 'vfat',
      boot_label: 'BOOTFS',
      boot_uuid: '1234-ABCD',
      root_start: '57344',
      root_sectors: String((96 << 11) - 57344 - 2048),
      root_type: 'ext4',
      root_label: 'rootfs',
      root_features: expect.not.stringMatching(/64bit|metadata_csum/) as string,
      root_block_bytes: '4096',
      root_inode_bytes: '256',
      boot_mount: '/boot/firmware',
      os_id: 'debian',
      os_codename: 'trixie',
      arch: 'arm64',
      rpi_issue: 'Raspberry Pi reference 2026-06-18',
    })
    expect(Number(facts('xz')['root_used_bytes'])).toBeGreaterThan(10_000_000)
    expect(facts('old')).toMatchObject({
      root_features: expect.not.stringContaining('extent') as string,
      root_block_bytes: '1024',
    })
    expect(facts('new')).toMatchObject({
      table: 'gpt',
      disk_id: '01234567-89AB-CDEF-0123-456789ABCDEF',
      root_features: expect.stringMatching(/inline_data.*metadata_csum/) as string,
    })
    // an older one: no os-release to speak of, one architecture, /boot
    expect(facts('small')).toMatchObject({
      os_id: 'raspbian',
      os_codename: '',
      arch: 'armhf',
      rpi_issue: '',
      boot_mount: '/boot',
    })
  })
})

const again = 'remove it and fetch it again'
const notThisKind =
  'is not of a kind that can be rebuilt: a FAT and a Linux partition with ext4 are needed, just these; it has'

// `file` stands for the image's path
describe('nothing is left, and one line says why,', () => {
  test.for([
    ['there is no such file', 'missing', 'file is no file that can be read'],
    ['the file is empty', 'empty', `file is empty: ${again}`],
    [
      'it is a web page',
      'page',
      'file is neither a disk image nor one packed by xz, zstd, gzip or zip; it begins with: <!DOCTYPE html>?<p>404 Not Found</p>?',
    ],
    [
      'an .xz is cut short',
      'xz-cut',
      `file is cut short or damaged (xz: (stdin): Unexpected end of input): ${again}`,
    ],
    [
      'a byte of an .xz is another',
      'xz-flipped',
      `file is cut short or damaged (xz: (stdin): Compressed data is corrupt): ${again}`,
    ],
    [
      'a .zst is cut short',
      'zstd-cut',
      /^file is cut short or damaged \(.*premature end\): remove it and fetch it again$/,
    ],
    [
      'a .gz is cut short',
      'gzip-cut',
      `file is cut short or damaged (gzip: stdin: unexpected end of file): ${again}`,
    ],
    [
      'a .zip is cut short',
      'zip-cut',
      `file is cut short or damaged (unzip finds no list of files in it): ${again}`,
    ],
    [
      'a byte of a .zip is another',
      'zip-flipped',
      /^file is cut short or damaged \(small\.img bad CRC .*\): remove it and fetch it again$/,
    ],
    [
      'a .zip has two images',
      'zip-two',
      'file has 2 images in it, and only one can be taken: one.img two.img',
    ],
    ['a .zip has none', 'zip-none', 'file has no .img in it, but: README.txt disk.vdi'],
    [
      'an .img is cut short',
      'img-cut',
      /^file is cut short: partition 2 ends at 40894464 bytes, and the unpacked image at 31457280: remove /,
    ],
    [
      'the sha256 is another',
      'sum',
      /^file unpacks to an image with the sha256 [0-9a-f]{64}, but 0{64} is expected: remove it and fetch it again, or correct the sha256$/,
    ],
    [
      'what was packed is no image',
      'text-in-xz',
      'what file unpacks to is no disk image: it has no partition table',
    ],
    [
      'there is no Linux partition',
      'no-linux',
      `file ${notThisKind} partition 1 of type c with vfat of 20 MiB; partition 2 of type 82 with ext4 of 11 MiB`,
    ],
    [
      'the Linux partition is no ext4',
      'not-ext4',
      `file ${notThisKind} partition 1 of type c with vfat of 20 MiB; partition 2 of type 83 with nothing known of 11 MiB`,
    ],
    [
      'there are two of them',
      'two-linux',
      `file ${notThisKind} partition 1 of type c with vfat of 20 MiB; partition 2 of type 83 with ext4 of 11 MiB; partition 3 of type 83 with ext4 of 1 MiB`,
    ],
    [
      'fstab mounts no FAT',
      'no-fat',
      'the /etc/fstab of file has to mount one FAT, but mounts none',
    ],
    [
      'a folder is encrypted',
      'encrypted',
      'the ext4 of file cannot be unpacked: ./secret: is encrypted, and its key is not in the image',
    ],
    [
      'a file is sealed',
      'verity',
      'the ext4 of file cannot be unpacked: ./etc/fstab: is sealed with fs-verity, which a tar cannot carry',
    ],
    [
      'the folder of fstab is damaged',
      'damaged-etc',
      /^the ext4 of file cannot be read \(\/etc\/fstab: Directory block checksum does not match directory block\): remove /,
    ],
    [
      'another folder is damaged',
      'damaged-secret',
      'the ext4 of file cannot be unpacked: ./secret: cannot read the folder: Directory block checksum does not match directory block',
    ],
  ] as [string, string, string | RegExp][])('when %s', ([, image, why]) => {
    expect(answers(image, 'status')).toEqual(['1'])
    const words = answers(image, 'said').map((line) =>
      line.replace(/^unpack: /, '').replace(/bad\/[\w-]+/, 'file'),
    )
    expect(words).toEqual([typeof why === 'string' ? why : expect.stringMatching(why)])
    expect(answers(image, 'left')).toEqual(['0'])
  })
})

describe('an image that was made for harm', () => {
  const last = (image: string): string[] =>
    answers(image, 'said').map((line) => line.replace(/bad\/[\w-]+|small\.img/, 'file'))

  test('runs nothing: the text in its superblock, its folders and its names are no program', () => {
    expect(said.filter((line) => line.startsWith('made '))).toEqual([])
    expect(answers('superblock', 'status')).toEqual(['0'])
    expect(facts('superblock')).toMatchObject({
      root_block_bytes: '1024',
      root_used_bytes: '46080',
      os_codename: 'trixie',
    })
    expect(answers('fat-names', 'status')).toEqual(['0'])
  })

  test('is written back with the same names of folders and files, whatever letters they have', () => {
    expect(answers('written', 'different')).toEqual([])
    expect(Number(answers('written', 'compared')[0])).toBe(13 * 4)
  })

  test('prints nothing that a terminal would obey', () => {
    expect(answers('attribute-name', 'note')).toEqual([
      String.raw`./f: its attribute trusted.a\012unpack: all is well\033[2J\033]0;pwned\007`,
    ])
  })

  test.for([
    [
      'a name with a / in it',
      'fat-slash',
      'unpack: the FAT of file has a name that cannot be one: ..\\pwXXX-evil-long-name.txt',
    ],
    [
      'a folder of the FAT that lies in itself',
      'fat-loop',
      /^unpack: the FAT of file cannot be listed to its end .*: remove it and fetch it again$/,
    ],
    [
      'hundreds of names of the FAT for the same blocks',
      'fat-shared',
      /^unpack: the FAT of file is damaged: its files have 1\d{9} bytes, and it has 20971520: /,
    ],
    [
      'a size near 2^63',
      'ext4-size',
      'unpack: the ext4 of file cannot be unpacked: ./f: is more than is allowed for all files together: 17179869184 bytes are allowed, holes too; if that is right, allow more: --set more',
    ],
    [
      'a folder with two names, thirty levels deep',
      'ext4-dag',
      /unpacked: [./ab]+: is damaged: a folder cannot have two names$/,
    ],
    [
      'an ACL of an odd length',
      'ext4-acl-odd',
      'unpack: the ext4 of file cannot be unpacked: ./f: has an ACL of an unknown form',
    ],
    [
      'more bytes than are allowed',
      'too-large',
      'unpack: file unpacks to more than 1000000 bytes; if that is right, allow more: --set more',
    ],
  ] as [string, string, string | RegExp][])('with %s is refused', ([, image, why]) => {
    expect(answers(image, 'status')).toEqual(['1'])
    expect(last(image)).toEqual([typeof why === 'string' ? why : expect.stringMatching(why)])
    expect(answers(image, 'left')).toEqual(['0'])
  })

  test('is no image that has just the bytes that are allowed', () => {
    expect(answers('large-enough', 'status')).toEqual(['0'])
  })

  test('or is damaged in any way ends in a tar or in one sentence, with no fault of memory', () => {
    expect(answers('mutants', 'bad')).toEqual([])
    expect(answers('mutants', 'tried')).toEqual(['400'])
  })
})
