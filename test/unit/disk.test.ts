import { expect, test } from 'vitest'
import { disk, offsetOf, partitionTable } from '../../lib/common/disk/layout.ts'

test('both partitions begin at a multiple of 4 MiB, the size of the erase blocks of cards', () => {
  expect(offsetOf(disk.boot) % (4 * 2 ** 20)).toBe(0)
  expect(offsetOf(disk.root) % (4 * 2 ** 20)).toBe(0)
})

test('the root partition begins where the boot partition ends', () => {
  expect(disk.root.start).toBe(disk.boot.start + disk.boot.sectors)
  expect(disk.boot.sectors * disk.sector_bytes).toBe(256 * 2 ** 20)
})

test('the partition table is an MBR with a FAT and a Linux partition, signed with what PARTUUIDs are made of', () => {
  expect(partitionTable('12ab34cd')).toBe(
    'label: dos\nlabel-id: 0x12ab34cd\nunit: sectors\nsector-size: 512\nstart=16384, size=524288, type=c\nstart=540672, type=83\n',
  )
})

test('the names of the file systems fit where they are written: 11 bytes of FAT, 16 of ext4', () => {
  expect(disk.boot.label.length).toBeLessThanOrEqual(11)
  expect(disk.root.label.length).toBeLessThanOrEqual(16)
})
