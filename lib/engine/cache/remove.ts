import { existsSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { sandboxed } from '../sandbox/sandbox.ts'
import { createShell } from '../shell/shell.ts'

/**
 * Removes a folder of whatever owners: unfinished trees of an ordinary user have some that only the
 * namespace has.
 */
export async function removeTree(path: string): Promise<void> {
  if (!existsSync(path) || removeOwn(path)) return
  const folder = dirname(path)
  const shell = createShell({
    wrap: sandboxed({
      cwd: folder,
      writable: [folder],
      readable: [],
      network: false,
      mounts: false,
    }),
    onLine: () => {},
    signal: new AbortController().signal,
    usage: { user: 0, system: 0, peak_kib: 0 },
    timeFile: `${path}.time`,
  })
  await shell`rm -rf ${path}`
}

/**
 * Removes a folder that belongs to the caller alone. False where parts of it belong to ids of a
 * user namespace.
 */
export function removeOwn(path: string): boolean {
  try {
    rmSync(path, { recursive: true, force: true })
    return true
  } catch {
    return false
  }
}
