import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import type { Drive } from '../drives/drive.ts'
import { deviceNumber, fileNumber } from '../drives/identity.ts'

/**
 * What is written to. As of the system's own calls, fewer bytes than wanted may be written or read.
 */
export interface Target {
  readonly bytes: number
  /** the kernel's number of what was opened, as `Drive.number` */
  readonly number: string
  write: (data: Buffer, start: number) => Promise<number>
  read: (into: Buffer, start: number) => Promise<number>
  /** Settles when everything written is on the medium. */
  sync: () => Promise<void>
  close: () => Promise<void>
}

/** Something that was asked of a target and failed, at this byte of it. */
export class TargetError extends Error {
  override name = 'TargetError'
  readonly doing: 'opened' | 'written' | 'read'
  readonly at: number
  readonly code: string
  constructor(doing: 'opened' | 'written' | 'read', at: number, code: string) {
    super(`${doing} at ${at}: ${code}`)
    this.doing = doing
    this.at = at
    this.code = code
  }
}

/**
 * Opens a disk for this process alone: with O_EXCL (and no O_CREAT) Linux gives a block device to
 * one only, and not at all while any part of it is mounted or in use. O_DIRECT goes past the page
 * cache, so that progress and errors are those of the card, and what is read back comes from it. A
 * regular file has neither, and so what is read back may come from memory.
 */
export async function openTarget({ path, kind, bytes }: Drive): Promise<Target> {
  const special = kind === 'file' ? 0 : constants.O_EXCL | constants.O_DIRECT
  const file = await open(path, constants.O_RDWR | special).catch((error: unknown) => {
    throw new TargetError('opened', 0, codeOf(error))
  })
  const found = await file.stat({ bigint: true })
  return {
    bytes,
    number: kind === 'file' ? fileNumber(found) : deviceNumber(found.rdev),
    ...writable(file),
    read: async (into, start) => (await file.read(into, 0, into.length, start)).bytesRead,
    sync: () => file.sync(),
    close: () => file.close(),
  }
}

/** What `writeAll` needs of an open file. */
export const writable = (file: Pick<FileHandle, 'write'>): Pick<Target, 'write'> => ({
  write: async (data, start) => (await file.write(data, 0, data.length, start)).bytesWritten,
})

/** Writes all of it, however many calls that takes. TargetError. */
export async function writeAll(
  target: Pick<Target, 'write'>,
  data: Buffer,
  start: number,
): Promise<void> {
  for (let done = 0; done < data.length;) {
    const at = start + done
    const written = await target.write(data.subarray(done), at).catch((error: unknown) => {
      throw new TargetError('written', at, codeOf(error))
    })
    if (written === 0) throw new TargetError('written', at, 'ENOSPC')
    done += written
  }
}

/** Fills all of it. TargetError, also when the target ends before. */
export async function readAll(target: Target, into: Buffer, start: number): Promise<void> {
  for (let done = 0; done < into.length;) {
    const at = start + done
    const got = await target.read(into.subarray(done), at).catch((error: unknown) => {
      throw new TargetError('read', at, codeOf(error))
    })
    if (got === 0) throw new TargetError('read', at, 'EIO')
    done += got
  }
}

/** Waits until all is on the medium. `at`: what was written last. TargetError. */
export async function syncAll(target: Target, at: number): Promise<void> {
  await target.sync().catch((error: unknown) => {
    throw new TargetError('written', at, codeOf(error))
  })
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error)
