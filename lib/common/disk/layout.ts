/**
 * Where things are on the card. Sector 16384 is where Raspberry Pi OS has begun its boot partition
 * since 2024, so that it is aligned to the erase blocks of all cards; the boot ROM of the Pi 3 and
 * older wants an MBR.
 */
export const disk = {
  sector_bytes: 512,
  boot: { start: 16384, sectors: 256 * 2048, label: 'bootfs' },
  root: { start: 16384 + 256 * 2048, label: 'rootfs' },
} as const

/** Byte offset of a partition. */
export const offsetOf = (partition: { start: number }): number =>
  partition.start * disk.sector_bytes

/**
 * What sfdisk reads: an MBR with the two partitions, the second to the end; PARTUUIDs are made of
 * the signature.
 */
export const partitionTable = (signature: string): string =>
  [
    'label: dos',
    `label-id: 0x${signature}`,
    'unit: sectors',
    `sector-size: ${disk.sector_bytes}`,
    `start=${disk.boot.start}, size=${disk.boot.sectors}, type=c`,
    `start=${disk.root.start}, type=83`,
    '',
  ].join('\n')
