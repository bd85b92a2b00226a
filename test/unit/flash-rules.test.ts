import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { drivesOfLsblk } from '../../lib/card/drives/lsblk.ts'
import { decide, refusalOf } from '../../lib/card/drives/rules.ts'
import { allowed, decisions, listed } from '../../lib/card/drives/table.ts'
import { repository } from './fixtures.ts'
import { card } from './flash-fixtures.ts'

const GiB = 2 ** 30
const question = { bytes: 2_000_000_000, large: false }
const refused = (different: Parameters<typeof card>[0], asked = question) =>
  refusalOf(card(different), asked)

test('a card on which nothing is mounted may be written to, and so may a stick of 256 GiB', () => {
  expect(refused({})).toBeUndefined()
  expect(refused({ bytes: 256 * GiB })).toBeUndefined()
  expect(refused({ bytes: 2_000_000_000 })).toBeUndefined()
})

describe('refused is', () => {
  const at = (...places: string[]) => ({
    mounts: places.map((at, i) => ({ device: `/dev/sdb${i + 1}`, at })),
  })

  test.each([
    '/',
    '/boot',
    '/boot/firmware',
    '/usr',
    '/var',
    '/var/lib',
    '/home',
    '/home/me',
    '[SWAP]',
  ])('the disk that holds %s, even if it is removable', (place) => {
    expect(refused(at(place))).toBe(`this system itself runs from it (${place})`)
  })

  test('the disk that holds the system in an encrypted volume', () => {
    const { mounts } = { mounts: [{ device: '/dev/mapper/vg-root', at: '/' }] }
    expect(refused({ mounts, users: [{ device: '/dev/mapper/vg-root', type: 'lvm' }] })).toBe(
      'this system itself runs from it (/)',
    )
  })

  test('a mounted disk, with what to type', () => {
    expect(refused(at('/media/me/bootfs', '/bootleg'))).toBe(
      'it is mounted (/media/me/bootfs, /bootleg): sudo umount /dev/sdb1 /dev/sdb2',
    )
  })

  test.each([
    ['lvm', 'sudo lvchange --activate n /dev/mapper/x'],
    ['crypt', 'sudo cryptsetup close x'],
    ['raid1', 'sudo mdadm --stop /dev/mapper/x'],
  ])('a part of something larger, with what to type: %s', (type, close) => {
    expect(refused({ users: [{ device: '/dev/mapper/x', type }] })).toBe(
      `it is part of a larger volume (${type} /dev/mapper/x): close that volume first; ${close}`,
    )
  })

  test('a part of what nobody knows how to close, and what lies upon another before it', () => {
    const [cache, upon] = [
      { device: '/dev/bcache0', type: 'disk' },
      { device: '/dev/mapper/a\\x20b', type: 'crypt' },
    ]
    expect(refused({ users: [cache] })).toMatch(/: close that volume first$/)
    expect(refused({ users: [{ device: '/dev/md0', type: 'raid1' }, upon] })).toMatch(
      /first; sudo cryptsetup close 'a\\x20b'; sudo mdadm --stop \/dev\/md0$/,
    )
  })

  test.each([
    'crypto_LUKS',
    'BitLocker',
    'LVM2_member',
    'linux_raid_member',
    'isw_raid_member',
    'zfs_member',
    'btrfs',
    'bcache',
    'apfs',
    'mpath_member',
  ])('what may be locked, or a part of something larger, with what to type: %s', (type) => {
    const contents = [
      { device: '/dev/sdb1', type: 'vfat' },
      { device: '/dev/sdb2', type },
    ]
    expect(refused({ contents })).toMatch(
      new RegExp(
        `^it holds what may be somebody's data \\(/dev/sdb2: .+ \\(${type}\\)\\): if nobody needs it any more, sudo wipefs --all /dev/sdb2$`,
      ),
    )
  })

  test('what another program uses, with what ends that', () => {
    const holders = [{ by: 'qemu (process 7) has it open for writing', mend: 'end that program' }]
    expect(refused({ holders })).toBe(
      'it is in use (qemu (process 7) has it open for writing): end that program',
    )
  })

  test('the disk on which the image lies, and one of whose partitions it lies on', () => {
    const from = [{ file: '1:2', device: '8:17' }]
    const told = 'the image itself lies on it: copy the image to another disk first'
    for (const different of [{ number: '8:17' }, { numbers: ['8:18', '8:17'] }])
      expect(refusalOf(card(different), { ...question, from })).toBe(told)
    expect(refusalOf(card({ numbers: ['8:18'] }), { ...question, from })).toBeUndefined()
  })

  test('a loop device that is made of another device, or of what cannot be looked at', () => {
    const loop = { kind: 'loop', path: '/dev/loop7' } as const
    expect(refused({ ...loop, behind: { path: '/dev/sda' } })).toBe(
      'it is made of /dev/sda, which is no file that can be looked at: name that, or: sudo losetup --detach /dev/loop7',
    )
    expect(refused(loop)).toMatch(/^it is made of nothing, /)
  })

  test.each(['sata', 'virtio', ''])('a disk that is built in (%s)', (transport) => {
    expect(refused({ removable: false, transport })).toMatch(
      /^it is built in, or on a port for disks \(.+\): only cards and USB disks are written to$/,
    )
  })

  test('NVMe, even where it says that it can be taken out', () => {
    expect(refused({ path: '/dev/nvme0n1', transport: 'nvme' })).toBe(
      'it is built in, or on a port for disks (nvme): only cards and USB disks are written to',
    )
  })

  test('a card whose lock is on', () => {
    expect(refused({ readOnly: true })).toBe(
      'it is read-only: slide the lock on the card or its adapter, and put it in again',
    )
  })

  test('what is no disk, and a reader without a card', () => {
    expect(refused({ kind: 'none' })).toBe('it is no disk that a Raspberry Pi could start from')
    expect(refused({ bytes: 0 })).toBe('there is no card in it')
  })

  test('a disk that is smaller than the image by a sector', () => {
    expect(refused({ bytes: 1_999_999_488 })).toBe(
      'it is too small: it has 2.0 GB (1999999488 bytes), and the image 2.0 GB (2000000000 bytes)',
    )
  })

  test('a disk whose sectors are not those of the image', () => {
    expect(refused({ sector_bytes: 4096 })).toBe(
      'its sectors have 4096 bytes, but the image needs sectors of 512 bytes',
    )
  })

  test('a disk larger than 256 GiB, unless --large is said, and one larger than 2 TiB always', () => {
    expect(refused({ bytes: 256 * GiB + 512 })).toBe(
      'it has 274.9 GB, more than most cards: add --large if it is the right one',
    )
    expect(refused({ bytes: 256 * GiB + 512 }, { ...question, large: true })).toBeUndefined()
    expect(refused({ bytes: 2048 * GiB }, { ...question, large: true })).toBeUndefined()
    expect(refused({ bytes: 2048 * GiB + 512 }, { ...question, large: true })).toBe(
      'it has 2.2 TB: an MBR can describe 2 TiB at most',
    )
  })
})

test('--large lifts no other rule', () => {
  const bad = [
    { removable: false },
    { readOnly: true },
    { mounts: [{ device: '/dev/sdb1', at: '/mnt' }] },
    { bytes: 1 },
  ]
  for (const different of bad)
    expect(refused(different, { ...question, large: true })).toBe(refused(different))
})

test('an image of unknown size is tried on any card', () => {
  expect(refusalOf(card({ bytes: 512 }), { large: false })).toBeUndefined()
})

test('of the disks of a machine cards are allowed, and of the others it is said why not', () => {
  const drives = drivesOfLsblk(readFileSync(join(repository, 'test/unit/flash/lsblk.json'), 'utf8'))
  expect(listed(drives, question)).toEqual([
    '✖ /dev/sdb      SD Transcend, serial 000000000039, 64.0 GB, usb, with bootfs and rootfs on it',
    '    it is mounted (/media/me/bootfs, /media/me/rootfs): sudo umount /dev/sdb1 /dev/sdb2',
    '✔ /dev/sdd      Ultra, serial 4C530001, 31.9 GB, usb',
    '✖ /dev/sde      Port that may be opened, serial X1, 64.0 GB, sata',
    '    it is built in, or on a port for disks (sata): only cards and USB disks are written to',
    '✖ /dev/sdf      Stick, serial X1, 64.0 GB, usb, with 1 partition on it',
    "    it holds what may be somebody's data (/dev/sdf1: an encrypted volume (crypto_LUKS)): if nobody needs it any more, sudo wipefs --all /dev/sdf1",
    '✖ /dev/vdb      no name, 64.0 GB, virtio',
    '    it is built in, or on a port for disks (virtio): only cards and USB disks are written to',
    '✖ /dev/mmcblk0  no name, serial 0x8c6a1b2d, 31.9 GB, mmc',
    '    it is built in, or on a port for disks (mmc): only cards and USB disks are written to',
    '✔ /dev/mmcblk1  no name, serial 0x1d2b4c07, 31.9 GB, mmc',
    '✖ /dev/nvme0n1  Samsung SSD 980 PRO 1TB, serial S5GXNX0T, 1.0 TB, nvme, with 2 partitions on it',
    '    this system itself runs from it (/boot/efi, /, [SWAP])',
  ])
  expect(allowed(drives, question).map(({ path }) => path)).toEqual(['/dev/sdd', '/dev/mmcblk1'])
})

test('the decision table has a line for every rule', () => {
  const lines = decisions(card({ readOnly: true }), question)
  expect(lines).toHaveLength(decide(card(), question).length)
  expect(lines.filter((line) => line.startsWith('  ✖'))).toEqual([
    '  ✖ it is read-only: slide the lock on the card or its adapter, and put it in again',
  ])
})
