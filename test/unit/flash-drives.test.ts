import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HostError } from '../../lib/common/words/errors.ts'
import { difference, fingerprint, systemMounts } from '../../lib/card/drives/drive.ts'
import { driveAt, listDrives } from '../../lib/card/drives/drives.ts'
import { drivesOfLsblk } from '../../lib/card/drives/lsblk.ts'
import { repository } from './fixtures.ts'
import { card, emptyFile, folderOf, systemError } from './flash-fixtures.ts'

const captured = (name: string): string =>
  readFileSync(join(repository, 'test/unit/flash', name), 'utf8')
const drives = () => drivesOfLsblk(captured('lsblk.json'))
const drive = (path: string) => drives().find((one) => one.path === path)!

describe('what lsblk says of', () => {
  test('a card in a USB reader', () => {
    expect(drive('/dev/sdb')).toEqual(
      card({
        labels: ['bootfs', 'rootfs'],
        partitions: ['/dev/sdb1', '/dev/sdb2'],
        numbers: ['8:17', '8:18'],
        contents: [
          { device: '/dev/sdb1', type: 'vfat' },
          { device: '/dev/sdb2', type: 'ext4' },
        ],
        mounts: [
          { device: '/dev/sdb1', at: '/media/me/bootfs' },
          { device: '/dev/sdb2', at: '/media/me/rootfs' },
        ],
      }),
    )
  })

  test('a card in a slot of its own: its bus makes it removable', () => {
    expect(drive('/dev/mmcblk1')).toMatchObject({
      kind: 'disk',
      removable: true,
      transport: 'mmc',
      model: '',
    })
  })

  test('a disk on a SATA port that may be opened: the kernel calls it removable, but it is no card', () => {
    expect(drive('/dev/sde')).toMatchObject({ removable: false, transport: 'sata' })
  })

  test('what is closed: an encrypted volume that nobody has opened', () => {
    expect(drive('/dev/sdf')).toMatchObject({
      users: [],
      contents: [{ device: '/dev/sdf1', type: 'crypto_LUKS' }],
    })
  })

  test('an eMMC, which is soldered on: it has boot areas, which are no disks for an image either', () => {
    expect(drive('/dev/mmcblk0')).toMatchObject({
      kind: 'disk',
      removable: false,
      transport: 'mmc',
    })
    expect(drive('/dev/mmcblk0boot0')).toMatchObject({ kind: 'none' })
  })

  test('the disk of the system, through encryption and volumes', () => {
    expect(systemMounts(drive('/dev/nvme0n1'))).toEqual(['/boot/efi', '/', '[SWAP]'])
    expect(drive('/dev/nvme0n1').users).toEqual([
      { device: '/dev/mapper/luks', type: 'crypt' },
      { device: '/dev/mapper/vg-root', type: 'lvm' },
      { device: '/dev/mapper/vg-swap', type: 'lvm' },
    ])
  })

  test('optical drives, RAM disks and loop devices', () => {
    expect(['/dev/sr0', '/dev/zram0', '/dev/loop3'].map((path) => drive(path).kind)).toEqual([
      'none',
      'none',
      'loop',
    ])
  })
})

test('an old lsblk, which writes "0", "1" and numbers as text and knows one mount point, says the same', () => {
  const [old] = drivesOfLsblk(captured('lsblk-old.json'))
  expect(old).toMatchObject({
    path: '/dev/sdb',
    bytes: 64_000_000_000,
    removable: true,
    readOnly: true,
    sector_bytes: 512,
  })
  expect(old!.mounts).toEqual([{ device: '/dev/sdb1', at: '/media/me/boot' }])
})

test('an lsblk that does not know the column of all mount points is asked for the first', async () => {
  const asked: string[][] = []
  const found = await listDrives((...argv) => {
    asked.push(argv)
    return argv.at(-1)!.endsWith(',mountpoints')
      ? Promise.reject(new Error('lsblk: unknown column: mountpoints'))
      : Promise.resolve(captured('lsblk-old.json'))
  }, 'linux')
  expect(found.map(({ path }) => path)).toEqual(['/dev/sdb'])
  expect(asked).toHaveLength(2)
})

test('a machine without lsblk, and one whose lsblk says nothing that can be read, are told so', async () => {
  const missing = listDrives(() => Promise.reject(systemError('ENOENT')), 'linux')
  await expect(missing).rejects.toThrow(
    new HostError('lsblk is missing, which lists the disks', 'sudo apt-get install util-linux'),
  )
  await expect(listDrives(() => Promise.resolve('nothing'), 'linux')).rejects.toThrow(
    /^lsblk could not say which disks there are \(/,
  )
})

describe('a disk is named', () => {
  const list = () => Promise.resolve(drives())

  test('by a link to it, too', async () => {
    const link = join(folderOf({}), 'card')
    symlinkSync('/dev/null', link) // a device that is on every machine
    const found = await driveAt(link, () => Promise.resolve([card({ path: '/dev/null' })]))
    expect(found.path).toBe('/dev/null')
  })

  test('as a whole: a partition is refused with the name of its disk', async () => {
    const parts = () => Promise.resolve([card({ partitions: ['/dev/null'] })])
    await expect(driveAt('/dev/null', parts)).rejects.toThrow(
      '/dev/null: this is a part of a disk; name the whole: /dev/sdb',
    )
  })

  test('exactly: what is not there, a folder, and a device that is no disk are refused', async () => {
    await expect(driveAt('/dev/not-there', list)).rejects.toThrow(
      /^\/dev\/not-there: there is no such disk \(\.\/downbeat flash <image> lists/,
    )
    await expect(driveAt('not-there.img', list)).rejects.toThrow(
      'a file that stands for a card must be there already',
    )
    await expect(driveAt('/', list)).rejects.toThrow('/: this is no disk')
    await expect(driveAt('/dev/null', list)).rejects.toThrow(
      '/dev/null: this is no disk that could be written to',
    )
  })

  test('or a file that is there', async () => {
    const path = emptyFile(join(folderOf({}), 'card.img'), 4096)
    expect(await driveAt(path, list)).toMatchObject({
      path,
      kind: 'file',
      bytes: 4096,
      readOnly: false,
    })
  })
})

test('a disk is confirmed by its name, its model and its size', () => {
  expect(fingerprint(card({ model: 'SDXC' }))).toBe('sdb SDXC 64.0GB')
  expect(fingerprint(card({ model: '', bytes: 512_000_000 }))).toBe('sdb 512.0MB')
})

describe('a disk that is looked at again', () => {
  test('is the same when nothing has changed but what is on it', () => {
    expect(difference(card(), card({ labels: ['new'] }))).toBeUndefined()
  })

  test('is another one when its model, serial number, size or number differs', () => {
    expect(difference(card(), card({ model: 'Other' }))).toBe(
      'its model was "SD Transcend" and is "Other"',
    )
    expect(difference(card(), card({ serial: '7' }))).toBe(
      'its serial number was "000000000039" and is "7"',
    )
    expect(difference(card(), card({ bytes: 32_000_000_000 }))).toBe(
      'its size was "64.0 GB" and is "32.0 GB"',
    )
    expect(difference(card(), card({ bytes: 64_000_000_512 }))).toBe('its size has changed')
    expect(difference(card(), card({ number: '8:32' }))).toBe('its number was "8:16" and is "8:32"')
  })

  test('is another card in the same reader when the kernel has counted one more', () => {
    expect(difference(card({ sequence: '11' }), card({ sequence: '12' }))).toBe(
      'its medium was "11" and is "12"',
    )
  })

  test('may have gone', () => {
    expect(difference(card(), undefined)).toBe('it has gone')
  })
})

test('on another system than Linux no disk is listed, and it is said what does write cards there', async () => {
  const asked: string[] = []
  const ask = (...argv: string[]) => (asked.push(...argv), Promise.resolve(''))
  await expect(listDrives(ask, 'darwin')).rejects.toThrow(
    new HostError(
      'disks are written to on Linux only',
      'take Raspberry Pi Imager here: "Use custom", and the .img or .img.xz file (docs/flashing.md)',
    ),
  )
  expect(asked).toEqual([])
})
