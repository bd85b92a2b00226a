import { closeSync, lstatSync, readdirSync, readlinkSync } from 'node:fs'
import { join, relative } from 'node:path'
import { nameOf } from '../../common/files/file-name.ts'
import { openNamed } from '../../common/files/named.ts'
import { UserError } from '../../common/words/errors.ts'
import type { Looked } from './folder.ts'
import { sumOf } from './sum.ts'

/** A file or a link that is laid into the image; its path below files/ is its path in the image. */
export type OwnFile =
  | { path: string; mode: number; bytes: number; sha256: string }
  | { path: string; link: string }

/** Files and links below files/, sorted by path. */
export function filesToLay(from: Looked, made: ReadonlySet<string>): OwnFile[] {
  const dir = join(from.folder, 'files')
  if (lstatSync(dir, { throwIfNoEntry: false }) === undefined) return []
  const found: OwnFile[] = []
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue
    const file = join(entry.parentPath, entry.name)
    const path = relative(dir, file)
    const wrong = (what: string): UserError => new UserError(`${nameOf(file, from.root)}: ${what}`)
    try {
      found.push(oneFile(file, path, made, wrong))
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      from.mistakes.push(error.message)
    }
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}

function oneFile(
  file: string,
  path: string,
  made: ReadonlySet<string>,
  wrong: (what: string) => UserError,
): OwnFile {
  if (/[\p{Cc}\\]/u.test(path))
    throw wrong('its name has a control character or a backslash in it: take another name')
  if (made.has(path))
    throw wrong(
      `the image makes this file from a template: put yours into templates/${path.replace(/^boot\/firmware\//, 'boot/').replace(/^(?!boot\/)/, 'root/')}`,
    )
  const state = lstatSync(file)
  if (state.isSymbolicLink() && path.startsWith('boot/firmware/'))
    throw wrong('is a link, which the boot partition cannot have: put the file itself there')
  if (state.isSymbolicLink()) return { path, link: readlinkSync(file) }
  const opened = openNamed(file, wrong)
  try {
    return { path, mode: state.mode & 0o777, ...sumOf(opened) }
  } finally {
    closeSync(opened)
  }
}
