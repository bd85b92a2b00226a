import { z } from 'zod'
import type { Drive } from './drive.ts'
import { parsePlist } from './plist.ts'

// macOS: written by what Apple's manual page and captured output say, and never tried on a Mac.

const Volume = z.object({
  DeviceIdentifier: z.string(),
  VolumeName: z.string().optional(),
  MountPoint: z.string().optional(),
})
const List = z.object({
  AllDisksAndPartitions: z.array(
    Volume.extend({
      Partitions: z.array(Volume).default([]),
      APFSVolumes: z.array(Volume).default([]),
      Size: z.number().default(0),
    }),
  ),
})
const Info = z.object({
  DeviceIdentifier: z.string(),
  MediaName: z.string().default(''),
  IORegistryEntryName: z.string().default(''),
  TotalSize: z.number().optional(),
  Size: z.number().default(0),
  DeviceBlockSize: z.number().default(512),
  BusProtocol: z.string().default(''),
  Internal: z.boolean().default(false),
  Ejectable: z.boolean().default(false),
  RemovableMedia: z.boolean().default(false),
  WritableMedia: z.boolean().default(true),
  VirtualOrPhysical: z.string().default('Physical'),
})

/** The whole disks in what `diskutil list -plist external physical` prints. */
export const namesOfDiskutil = (list: string): string[] =>
  List.parse(parsePlist(list)).AllDisksAndPartitions.map(({ DeviceIdentifier }) => DeviceIdentifier)

/**
 * One of them, with what `diskutil info -plist` prints of it. Its raw device is written to: the
 * other one is many times slower.
 */
export function driveOfDiskutil(list: string, info: string): Drive {
  const found = Info.parse(parsePlist(info))
  const name = found.DeviceIdentifier
  const disk = List.parse(parsePlist(list)).AllDisksAndPartitions.find(
    ({ DeviceIdentifier }) => DeviceIdentifier === name,
  )
  const volumes = disk === undefined ? [] : [disk, ...disk.Partitions, ...disk.APFSVolumes]
  const { DeviceBlockSize, BusProtocol, Internal, Ejectable, RemovableMedia } = found
  return {
    path: `/dev/r${name}`,
    kind: found.VirtualOrPhysical === 'Virtual' ? 'none' : 'disk',
    model: (found.MediaName || found.IORegistryEntryName).trim(),
    serial: '', // diskutil does not say it
    bytes: found.TotalSize ?? found.Size,
    transport: BusProtocol === 'Secure Digital' ? 'mmc' : BusProtocol.toLowerCase(),
    removable: RemovableMedia || Ejectable || !Internal,
    readOnly: !found.WritableMedia,
    sector_bytes: DeviceBlockSize,
    mounts: volumes.flatMap(({ MountPoint }) =>
      MountPoint === undefined ? [] : [{ device: `/dev/${name}`, at: MountPoint }],
    ),
    users: [],
    labels: volumes.flatMap(({ VolumeName }) =>
      VolumeName === undefined || VolumeName === '' ? [] : [VolumeName],
    ),
    partitions: volumes
      .map(({ DeviceIdentifier }) => `/dev/${DeviceIdentifier}`)
      .filter((path) => path !== `/dev/${name}`),
    number: name,
    unmount: 'diskutil unmountDisk',
  }
}
