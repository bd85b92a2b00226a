import { existsSync, lstatSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fingerprint, sha256 } from '../../common/files/sha256.ts'
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

/**
 * One folder a result, named `<stage>-<key>`; a folder is there whole or not at all. Its entry.json
 * has the time of the last use.
 */
export interface Cache {
  dir: string
  folder(stage: string, key: string): string
  /**
   * The entry, if it is there and its files are as they were written. `onBroken` hears what is
   * wrong otherwise.
   */
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
        for (const [name, was] of Object.entries(entry.outputs))
          await check(join(home, was.path), name, was)
        return entry
      } catch (error) {
        onBroken(error instanceof Error ? error.message : String(error))
        return undefined
      }
    },
  }
}

/**
 * A file whose size and time are as they were is taken as it was; one that was touched is read
 * again.
 */
async function check(path: string, name: string, was: Entry['outputs'][string]): Promise<void> {
  if (!existsSync(path)) throw new Error(`${name} is missing`)
  const now = lstatSync(path)
  if (now.isDirectory()) {
    if ((await fingerprint(path)).sha256 !== was.sha256) throw new Error(`${name} has changed`)
    return
  }
  if (now.size !== was.bytes)
    throw new Error(`${name} has ${now.size} bytes instead of ${was.bytes}`)
  if (now.mtimeMs !== was.mtime_ms && (await sha256(path)) !== was.sha256)
    throw new Error(`${name} has changed`)
}

/**
 * Writes the entry of a finished folder and gives it its name, in one step; an older one of that
 * name goes first.
 */
export async function commit(
  cache: Cache,
  half: string,
  draft: Omit<Entry, 'outputs'>,
  outputs: Record<string, string>,
): Promise<Entry> {
  const entry: Entry = { ...draft, outputs: {} }
  for (const [name, path] of Object.entries(outputs))
    entry.outputs[name] = { path, ...(await fingerprint(join(half, 'out', path))) }
  writeFileSync(join(half, 'out', 'entry.json'), `${JSON.stringify(entry, null, 2)}\n`)
  const home = cache.folder(draft.stage, draft.key)
  if (existsSync(home)) renameSync(home, join(half, 'replaced'))
  renameSync(join(half, 'out'), home)
  return entry
}
