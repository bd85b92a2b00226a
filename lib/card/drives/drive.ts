import type { Holder } from './in-use.ts'

/**
 * A disk as the tools of the system describe it, or a regular file in its place. Nothing here
 * depends on which system.
 */
export interface Drive {
  /** what is opened to write, such as `/dev/sdb` */
  path: string
  /** `none`: optical drives, RAM disks and the like, which hold no image of a Raspberry Pi */
  kind: 'disk' | 'loop' | 'file' | 'none'
  model: string
  serial: string
  bytes: number
  /** `usb`, `mmc`, `sata` …; empty where it is not known */
  transport: string
  /**
   * on USB or in a card slot. The kernel calls other disks removable, too: those on a SATA port that
   * may be opened while the machine runs
   */
  removable: boolean
  readOnly: boolean
  /** what it counts in: partition tables are numbers of these */
  sector_bytes: number
  /** where it or a part of it is mounted; `[SWAP]` for swap */
  mounts: { device: string; at: string }[]
  /** what else lies on it and may be in use: volumes of LVM, dm-crypt, RAID */
  users: { device: string; type: string }[]
  /** file systems and the like, as lsblk calls them; closed ones, too */
  contents: { device: string; type: string }[]
  labels: string[]
  /** of its partitions, as their devices are called */
  partitions: string[]
  /** the kernel's number of it, `8:16` (of a file: file system and inode) */
  number: string
  /** the kernel's numbers of all that lies on it: partitions, volumes */
  numbers: string[]
  /** of a file, how many names it has (hard links); of a device 1 */
  names: number
  /** who uses it just now, besides those that mount it */
  holders: Holder[]
  /** what a loop device is made of; without `file`: it is no file, or nobody can look at it */
  behind?: { path: string; file?: Drive }
  /** one higher each time that a medium is put in; where the kernel counts (Linux 5.15) */
  sequence?: string
}

const system = /^\/$|^\/(boot|usr|var|home)(\/|$)|^\[SWAP\]$/

/**
 * Where the running system itself is on this disk: of its mounts those that it cannot do without.
 */
export const systemMounts = ({ mounts }: Drive): string[] =>
  mounts.map(({ at }) => at).filter((at) => system.test(at))

/** `64.0 GB`: of a million bytes, as it is printed on cards. */
export function sizeInWords(bytes: number): string {
  const [unit, name] = bytes < 1e9 ? [1e6, 'MB'] : bytes < 1e12 ? [1e9, 'GB'] : [1e12, 'TB']
  return `${(bytes / unit).toFixed(1)} ${name}`
}

/** What somebody must type who means this disk: `sdb SDXC 64.0GB`. */
export const fingerprint = ({ path, model, bytes }: Drive): string =>
  [
    path.slice(path.lastIndexOf('/') + 1),
    ...model.split(/\s+/),
    sizeInWords(bytes).replace(' ', ''),
  ]
    .filter(Boolean)
    .join(' ')

/** What is different about a disk that was looked at again, in words; undefined: it is the same. */
export function difference(before: Drive, after: Drive | undefined): string | undefined {
  if (after === undefined) return 'it has gone'
  const told = (key: 'model' | 'serial' | 'bytes' | 'number' | 'sequence'): string => {
    const [was, is] = [before, after].map((drive) =>
      key === 'bytes' ? sizeInWords(drive.bytes) : (drive[key] ?? ''),
    )
    const name = {
      model: 'model',
      serial: 'serial number',
      bytes: 'size',
      number: 'number',
      sequence: 'medium',
    }[key]
    return was === is ? `its ${name} has changed` : `its ${name} was "${was}" and is "${is}"`
  }
  for (const key of ['model', 'serial', 'bytes', 'number', 'sequence'] as const)
    if (before[key] !== after[key]) return told(key)
  return undefined
}
