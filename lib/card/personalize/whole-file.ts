import { execFile } from 'node:child_process'
import { open, readdir, rename, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { HostError } from '../../common/words/errors.ts'
import { identityOf } from '../drives/identity.ts'
import { whatIsInUse } from '../drives/in-use.ts'
import { nameFor, namelessIn } from './anonymous.ts'

/**
 * Writes a file that is there whole or not at all, and that only its owner reads. It has no name
 * before it is whole, so that nothing is left of a run that was killed. Where the file system has no
 * files without a name, it is called `<path>.<process>.half` until then. Fails as the system does.
 */
export async function writeWhole(
  path: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const half = `${path}.${process.pid}.half`
  const without = await namelessIn(dirname(path))
  const file = without ?? (await open(half, 'wx', 0o600))
  try {
    await write(file)
    await file.sync()
    if (without && (await link(file, path))) return
    if (without && !(await link(file, half, '--force')))
      throw new HostError(
        `${path}: what was written could not get a name`,
        'name a file on another disk: -o FILE',
      )
    await rename(half, path)
  } catch (error) {
    await rm(half, { force: true })
    throw error
  } finally {
    await file.close()
  }
}

/** Gives a file a name. Node has no linkat(2); false: something has that name. */
const link = (file: FileHandle, path: string, ...more: string[]): Promise<boolean> =>
  promisify(execFile)('ln', [
    '--logical',
    '--no-target-directory',
    ...more,
    '--',
    nameFor(file),
    path,
  ]).then(
    () => true,
    () => false,
  )

/**
 * Removes what runs that were killed have left of this file, and of no other: nobody has it open.
 * Gives the names.
 */
export async function removeHalves(path: string): Promise<string[]> {
  const name = basename(path)
  const there = (await readdir(dirname(path)))
    .filter(
      (found) => found.startsWith(`${name}.`) && /^\.\d+\.half$/.test(found.slice(name.length)),
    )
    .map((found) => join(dirname(path), found))
  if (there.length === 0) return []
  const inUse = whatIsInUse()
  const left = there.filter((found) => !inUse.has(identityOf(found) ?? ''))
  for (const found of left) await rm(found, { force: true })
  return left
}
