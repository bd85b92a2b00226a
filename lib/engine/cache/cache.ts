import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Usage } from '../shell/shell.ts'

/** What a finished stage left: `entry.json` in its folder. */
export interface Entry {
  stage: string
  key: string
  outputs: Record<string, { path: string; bytes: number; sha256: string; mtime_ms: number }>
  /** what making it cost */
  wall_s: number
  usage: Usage
}

/** One folder a result, named `<stage>-<key>`; a folder is there whole or not at all. Its entry.json has the time of the last use. */
export interface Cache {
  dir: string
  folder(stage: string, key: string): string
  /** The entry, if it is there and its files are as they were written. `onBroken` hears what is wrong otherwise. */
  find(stage: string, key: string, onBroken: (what: string) => void): Promise<Entry | undefined>
}

/** What the folder of a result is called. */
export const nameOf = (stage: string, key: string): string => `${stage}-${key.slice(0, 16)}`

export function openCache(dir: string): Cache {
  mkdirSync(dir, { recursive: true })
  const folder = (stage: string, key: string): string => join(dir, nameOf(stage, key))
  return {
    dir,
    folder,
    async find(stage, key, onBroken) {
      const home = folder(stage, key)
      if (!existsSync(home)) return undefined
      try {
        const entry = JSON.parse(readFileSync(join(home, 'entry.json'), 'utf8')) as Entry
        if (entry.key !== key) throw new Error('entry.json is of another key')
        for (const [name, was] of Object.entries(entry.outputs)) await check(join(home, was.path), name, was)
        return entry
      } catch (error) {
        onBroken(error instanceof Error ? error.message : String(error))
        return undefined
      }
    },
  }
}

/** A file whose size and time are as they were is taken as it was; one that was touched is read again. */
async function check(path: string, name: string, was: Entry['outputs'][string]): Promise<void> {
  if (!existsSync(path)) throw new Error(`${name} is missing`)
  const now = lstatSync(path)
  if (now.isDirectory()) {
    if ((await fingerprint(path)).sha256 !== was.sha256) throw new Error(`${name} has changed`)
    return
  }
  if (now.size !== was.bytes) throw new Error(`${name} has ${now.size} bytes instead of ${was.bytes}`)
  if (now.mtimeMs !== was.mtime_ms && (await sha256(path)) !== was.sha256) throw new Error(`${name} has changed`)
}

/** sha256 of a file, of whatever size: read piece by piece into the same memory, which takes half the time of a stream. */
export async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  const piece = Buffer.allocUnsafe(1 << 20)
  const file = await open(path)
  try {
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, piece.length)
      if (bytesRead === 0) return hash.digest('hex')
      hash.update(piece.subarray(0, bytesRead))
    }
  } finally {
    await file.close()
  }
}

/** Size and hash of an output. A folder's hash is of the names, sizes, times and links in it: it may hold 50,000 files. */
export async function fingerprint(path: string): Promise<{ bytes: number; sha256: string; mtime_ms: number }> {
  const own = lstatSync(path)
  if (!own.isDirectory()) return { bytes: own.size, sha256: await sha256(path), mtime_ms: own.mtimeMs }
  const lines: string[] = [] // hashed at once: a call for each file would take as long as to look at it
  let bytes = 0
  const walk = (dir: string): void => {
    for (const name of readdirSync(dir).sort()) {
      const file = `${dir}/${name}`
      const { size, mtimeMs, mode } = lstatSync(file)
      const folder = (mode & 0o170000) === 0o040000
      lines.push(folder ? `${file.slice(path.length)}/\n` : `${file.slice(path.length)} ${size} ${mtimeMs} ${mode}\n`)
      bytes += folder ? 0 : size
      if (folder) walk(file)
    }
  }
  walk(path)
  return { bytes, sha256: createHash('sha256').update(lines.join('')).digest('hex'), mtime_ms: own.mtimeMs }
}

/** Writes the entry of a finished folder and gives it its name, in one step; an older one of that name goes first. */
export async function commit(cache: Cache, half: string, draft: Omit<Entry, 'outputs'>, outputs: Record<string, string>): Promise<Entry> {
  const entry: Entry = { ...draft, outputs: {} }
  for (const [name, path] of Object.entries(outputs)) entry.outputs[name] = { path, ...(await fingerprint(join(half, 'out', path))) }
  writeFileSync(join(half, 'out', 'entry.json'), `${JSON.stringify(entry, null, 2)}\n`)
  const home = cache.folder(draft.stage, draft.key)
  if (existsSync(home)) renameSync(home, join(half, 'replaced'))
  renameSync(join(half, 'out'), home)
  return entry
}

/** Removes a folder that belongs to the caller alone. False where parts of it belong to ids of a user namespace. */
export function removeOwn(path: string): boolean {
  try {
    rmSync(path, { recursive: true, force: true })
    return true
  } catch {
    return false
  }
}
