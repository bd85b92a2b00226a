import { accessSync, constants, existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { typedWord } from '../../common/quote.ts'
import { HostError } from '../../common/words/errors.ts'

/** What of a folder is looked at: its path, and which names below it, as `images/downbeat`. */
export interface Owned {
  path: string
  variable: string
  looks: (below: string) => boolean
}

/** So many are named; more are counted. */
const NAMED = 5

/**
 * HostError unless this user owns these folders, and may write to them, as deep as a build does.
 * What root has made there once, nobody else can change, and the other way round. Names all that is
 * wrong, and the one command that mends it.
 */
export function requireOwner(folders: readonly Owned[]): void {
  const we = process.getuid?.() ?? 0
  const found = folders.filter(({ path }) => existsSync(path))
  if (we === 0) return requireRoot(found)
  const all = found.flatMap((folder) => seenIn(folder, we))
  const foreign = all.filter(({ uid }) => uid !== we)
  if (foreign.length > 0) {
    const roots = new Set(foreign.map(({ top, real }) => (isBelow(real, top) ? top : real)))
    throw new HostError(
      told(foreign, ({ path, uid }) => `${path} belongs to ${nameOf(uid)}`),
      `sudo chown -R ${ourselves()} ${[...roots].map(typedWord).join(' ')}`,
    )
  }
  const closed = all.filter(({ path, isFolder }) => isFolder && !may(path, constants.W_OK))
  if (closed.length > 0)
    throw new HostError(
      told(closed, ({ path }) => `${path} may not be written to: its own mode forbids it`),
      `chmod u+rwx ${closed.map(({ path }) => typedWord(path)).join(' ')}`,
    )
}

/** Root may write everywhere, but what it makes in the folder of another user is not that user's. */
function requireRoot(folders: readonly Owned[]): void {
  for (const { path, variable } of folders) {
    const owner = statSync(path).uid
    if (owner !== 0)
      throw new HostError(
        `${path} belongs to ${nameOf(owner)}`,
        `run the same as that user, without sudo; or set ${variable} to another folder`,
      )
  }
}

interface Seen {
  path: string
  /** without links; and the same of the folder that it was found in */
  real: string
  top: string
  uid: number
  isFolder: boolean
}

/** A folder, and all in it that is looked at. What is foreign or closed is not gone into. */
function seenIn({ path: folder, looks }: Owned, we: number): Seen[] {
  const top = realpathSync(folder)
  const walk = (below: string): Seen[] => {
    const path = join(folder, below)
    const own = statSync(path, { throwIfNoEntry: false }) // another build may have removed it
    if (!own) return []
    const isFolder = own.isDirectory()
    const seen = { path, real: realpathSync(path), top, uid: own.uid, isFolder }
    const open = isFolder && own.uid === we && may(path, constants.R_OK | constants.X_OK)
    if (!open) return [seen]
    const names = readdirSync(path).map((name) => (below === '' ? name : `${below}/${name}`))
    return [seen, ...names.filter(looks).flatMap(walk)]
  }
  return walk('')
}

const isBelow = (path: string, top: string): boolean => `${path}/`.startsWith(`${top}/`)

const told = (all: readonly Seen[], line: (one: Seen) => string): string =>
  [
    ...all.slice(0, NAMED).map(line),
    ...(all.length > NAMED ? [`and so it is with ${all.length - NAMED} more`] : []),
  ].join('\n  ')

/** Whether this user may do that, by access(2). */
const may = (path: string, mode: number): boolean => {
  try {
    accessSync(path, mode)
    return true
  } catch {
    return false
  }
}

const nameOf = (uid: number): string => (uid === 0 ? 'root' : `another user (${uid})`)

/** This user and his group, as chown takes them; numbers where the system has no name for him. */
function ourselves(): string {
  try {
    return `${typedWord(userInfo().username)}:`
  } catch {
    return `${process.getuid?.()}:${process.getgid?.()}`
  }
}
