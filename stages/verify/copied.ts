import { existsSync, lstatSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { within } from '../../lib/common/files/within.ts'

/** What is copied of every root. Not all of /etc: it takes longer than all the rest. */
const FOLDERS = ['/etc/ssh', '/etc/systemd/system']
const FILES = ['/etc/fstab', '/etc/shadow', '/etc/machine-id', '/var/lib/dpkg/status']

/**
 * What debugfs is asked for, so that these files and folders of a root are below `root`, and the
 * folders that it wants to be there before.
 */
export function requestsFor(
  files: readonly string[],
  more: readonly string[],
): { folders: string[]; requests: string } {
  const whole = [...FOLDERS, ...more]
  const others = [...FILES, ...files].filter(
    (file) => !whole.some((folder) => `${file}/`.startsWith(`${folder}/`)),
  )
  const paths = [...new Set([...whole, ...others])]
  const into = (path: string): string => join('root', dirname(path))
  return {
    folders: [...new Set(paths.map(into))],
    requests: paths.map((path) => `rdump ${path} ${into(path)}\n`).join(''),
  }
}

/**
 * Where the copy of a file is; it need not be there. Throws for a link to what was not copied: it
 * would pass for a file that is not there.
 */
export function copiedOf(root: string, file: string): string {
  const path = within(root, file)
  if (!existsSync(path) && lstatSync(join(root, file), { throwIfNoEntry: false }))
    throw new Error(`${file} is a link: a proof has to name the file that it leads to`)
  return path
}
