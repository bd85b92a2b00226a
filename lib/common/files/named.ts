import { closeSync, constants, fstatSync, openSync } from 'node:fs'
import { messageOf } from '../words/errors.ts'
import type { UserError } from '../words/errors.ts'

/**
 * Opens a regular file that somebody names, for reading. `wrong` makes the error where there is
 * none, or something else: a folder, a pipe, a device, or what may not be read.
 */
export function openNamed(file: string, wrong: (what: string) => UserError): number {
  let opened: number
  try {
    opened = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK) // a pipe would wait for a writer
  } catch (error) {
    throw wrong(whyNotOpened(error))
  }
  const stat = fstatSync(opened)
  if (stat.isFile()) return opened
  closeSync(opened)
  throw wrong(
    stat.isDirectory()
      ? 'is a folder: name a file'
      : 'is no regular file: name a file, not a pipe or a device',
  )
}

/** UserError unless there is such a file, which may be read. */
export const mustBeFile = (file: string, wrong: (what: string) => UserError): void =>
  closeSync(openNamed(file, wrong))

/** What the system's word for a file that it does not open means. */
export function whyNotOpened(error: unknown): string {
  const { code = '' } = error as NodeJS.ErrnoException
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    ENOTDIR: 'there is no such file: a part of its path is no folder',
    EACCES: 'you may not read it (EACCES)',
    ELOOP: 'is a link that leads to itself',
    ENAMETOOLONG: 'there is no such file: its name is too long',
    ENXIO: 'is no regular file: name a file, not a socket or a device',
  }
  return known[code] ?? `cannot be read (${code || messageOf(error)})`
}
