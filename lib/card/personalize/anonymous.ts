import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { HostError } from '../../common/words/errors.ts'

/** open(2): a file without a name. Node has no word for it. */
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY

/**
 * A file without a name, on the disk of a folder. Nothing of it is left however this process ends,
 * and so it may hold secrets. undefined: that file system has none such (a FAT, many network ones).
 */
export const namelessIn = (folder: string): Promise<FileHandle | undefined> =>
  open(folder, constants.O_RDWR | O_TMPFILE, 0o600).catch(() => undefined)

/**
 * The same on any file system: there it has a name while nothing is in it. HostError where no file
 * can be made.
 */
export async function nameless(folder: string): Promise<FileHandle> {
  const made = await namelessIn(folder)
  if (made) return made
  const path = join(folder, `downbeat-${randomUUID()}`)
  const file = await open(path, 'wx+', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOSPC') throw error // that is told wherever it happens
    throw new HostError(
      `${folder}: no file can be made there (${error.code}), and the settings are prepared in one`,
      'name another folder in TMPDIR, then run the same command again',
    )
  })
  await rm(path)
  return file
}

/** By which name another program of this user can open it, as long as this process has it open. */
export const nameFor = ({ fd }: FileHandle): string => `/proc/${process.pid}/fd/${fd}`
