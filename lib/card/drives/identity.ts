import { statSync } from 'node:fs'

/**
 * What the kernel calls a device in its own files, `8:16`, of what stat(2) gives on Linux
 * (makedev(3)).
 */
export const deviceNumber = (rdev: bigint): string => {
  const major = ((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & 0xfffff000n)
  const minor = (rdev & 0xffn) | ((rdev >> 12n) & 0xffffff00n)
  return `${major}:${minor}`
}

/** The other way round: what stat(2) gives for such a device. */
export const deviceOf = (major: bigint, minor: bigint): bigint =>
  (minor & 0xffn) | ((major & 0xfffn) << 8n) | ((minor >> 8n) << 20n) | ((major >> 12n) << 44n)

/** What is one file under all its names: the number of its file system, and its own in there. */
export const fileNumber = ({ dev, ino }: { dev: bigint; ino: bigint }): string => `${dev}:${ino}`

/** A file that is read while a disk is written to. */
export interface Origin {
  /** its fileNumber */
  file: string
  /** the number of the device that its file system is on */
  device: string
}

export function originOf(path: string): Origin {
  const found = statSync(path, { bigint: true })
  return { file: fileNumber(found), device: deviceNumber(found.dev) }
}

/**
 * What something is, whatever name leads to it: `file 64769:131` or `device 8:16`. Undefined for
 * what is neither, or is not there, or may not be looked at.
 */
export function identityOf(path: string): string | undefined {
  try {
    const found = statSync(path, { bigint: true })
    if (found.isFile()) return `file ${fileNumber(found)}`
    return found.isBlockDevice() ? `device ${deviceNumber(found.rdev)}` : undefined
  } catch {
    return undefined
  }
}
