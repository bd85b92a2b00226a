import { closeSync, lstatSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { nameOf } from '../../common/files/file-name.ts'
import { openNamed } from '../../common/files/named.ts'
import { UserError } from '../../common/words/errors.ts'
import { whyNotOnFat } from './fat-names.ts'
import type { Looked } from './folder.ts'
import { namesIn } from './names.ts'
import { sumOf } from './sum.ts'

/** What is laid into the image; its path below files/ is its path in the image. */
export type OwnFile =
  | { kind: 'folder'; path: string; mode: number }
  | { kind: 'file'; path: string; mode: number; bytes: number; sha256: string }
  | { kind: 'link'; path: string; target: string }

/** Where the boot partition is mounted. */
const BOOT = 'boot/firmware/'

/** All that is below files/: a folder comes before what is in it. No link is followed. */
export function filesToLay(from: Looked, made: ReadonlySet<string>): OwnFile[] {
  const dir = join(from.folder, 'files')
  const found: OwnFile[] = []
  const walk = (below: string): void => {
    for (const name of namesIn(join(dir, below), from)) {
      const path = `${below}${name}`
      const file = join(dir, path)
      try {
        const one = oneFile(file, path, made, (what) => wrong(file, from.root, what))
        found.push(one)
        if (one.kind === 'folder') walk(`${path}/`)
      } catch (error) {
        if (!(error instanceof UserError)) throw error
        from.mistakes.push(error.message)
      }
    }
  }
  walk('')
  const boot = found.filter(({ path }) => path.startsWith(BOOT))
  const known = new Map([...made].map((path) => [path.toLowerCase(), path]))
  for (const { path } of boot) {
    const other = known.get(path.toLowerCase())
    if (other !== undefined && other !== path)
      from.mistakes.push(
        wrong(
          join(dir, path),
          from.root,
          `FAT takes its name for that of ${other}: take another name`,
        ).message,
      )
    known.set(path.toLowerCase(), path)
  }
  return found
}

const wrong = (file: string, root: string, what: string): UserError =>
  new UserError(`${nameOf(file, root)}: ${what}`)

function oneFile(
  file: string,
  path: string,
  made: ReadonlySet<string>,
  no: (what: string) => UserError,
): OwnFile {
  if (/[\p{Cc}\\\uFFFD]/u.test(path))
    throw no(
      'its name has a control character or a backslash in it, or is no UTF-8: take another name',
    )
  if (path.startsWith(BOOT)) {
    const why = whyNotOnFat(path.slice(BOOT.length))
    if (why !== undefined) throw no(why)
  }
  if (made.has(path))
    throw no(
      `the image makes this file from a template: put yours into templates/${path.startsWith(BOOT) ? `boot/${path.slice(BOOT.length)}` : `root/${path}`}`,
    )
  const state = lstatSync(file)
  if (state.isSymbolicLink()) {
    if (path.startsWith(BOOT))
      throw no('is a link, which the boot partition cannot have: put the file itself there')
    return { kind: 'link', path, target: readlinkSync(file) }
  }
  const mode = state.mode & 0o7777
  if ((mode & 0o7000) !== 0 && !state.isDirectory())
    throw no(
      'would run with the rights of its owner (setuid, setgid or sticky), and everything here is root’s: chmod ug-s,-t it, and let a hook give it such a mode where that is meant',
    )
  if (state.isDirectory()) return { kind: 'folder', path, mode: mode & 0o777 }
  const opened = openNamed(file, no)
  try {
    return { kind: 'file', path, mode, ...sumOf(opened) }
  } finally {
    closeSync(opened)
  }
}
