import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  existsSync,
  realpathSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { HostError } from '../../common/words/errors.ts'
import { mountOf, whyNoRoots } from './mounts.ts'
import { requireOwner } from './owners.ts'
import type { Owned } from './owners.ts'

/** A folder that downbeat keeps for itself. */
export interface Place extends Owned {
  /** of the environment: names another one */
  variable: string
  /** what may be there before downbeat has marked it */
  ours: (name: string) => boolean
  /** whether stages are made in it */
  roots: boolean
}

const mark = (path: string): string => join(path, '.downbeat')

/**
 * Whether downbeat has marked a folder as its own: nothing is removed where the mark is missing.
 */
export const isMarked = (path: string): boolean => existsSync(mark(path))

/** Makes a folder downbeat's own, or throws a HostError that says why it cannot be. */
export function takeFolder(place: Place): void {
  const { path, variable, ours, roots } = place
  const another = `set ${variable} to another folder`
  mayBe(place)
  try {
    makeFolder(path)
    requireOwner([place])
    const foreign = isMarked(path) ? undefined : readdirSync(path).find((name) => !ours(name))
    if (foreign !== undefined)
      throw new HostError(
        `${path} holds other things (${foreign})`,
        `set ${variable} to a folder that is empty or not there yet`,
      )
    writeFileSync(mark(path), 'made by downbeat; ./downbeat clean may remove what is here\n')
    // The roots of stages have setuid programs, as every Debian has: nobody else is to start them.
    if (roots) chmodSync(path, 0o700)
  } catch (error) {
    if (error instanceof HostError) throw error
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'ENOTDIR' || code === 'EEXIST')
      throw new HostError(`${path} is no folder`, another)
    if (code === 'ENOSPC')
      throw new HostError(
        `the disk of ${path} is full`,
        'make room there, then run the same command again',
      )
    throw new HostError(`${path} cannot be written to (${code})`, another)
  }
}

/** One after the other: Node's own way to make several never ends below /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  try {
    mkdirSync(path)
  } catch (error) {
    // another downbeat has made it meanwhile
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/**
 * HostError unless a folder, which need not be there yet, has a name and a disk that every tool can
 * work with.
 */
function mayBe({ path, variable, roots }: Place): void {
  const odd = /[\s:,]/.exec(path)
  if (odd) {
    const what = `the path ${path} has a "${odd[0]}" in it, which the kernel's build and QEMU cannot take`
    throw new HostError(what, `move the folder, or set ${variable} to another one`)
  }
  const why = roots ? whyNotOn(path) : undefined
  if (why !== undefined)
    throw new HostError(`${path} lies on ${why}`, `set ${variable} to a folder of a local disk`)
}

function whyNotOn(path: string): string | undefined {
  let there = path
  while (!existsSync(there)) there = dirname(there)
  const mounts = '/proc/self/mountinfo'
  const mount = existsSync(mounts)
    ? mountOf(realpathSync(there), readFileSync(mounts, 'utf8'))
    : undefined
  return mount && whyNoRoots(mount)
}
