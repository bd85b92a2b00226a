import { existsSync, lstatSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { fingerprint, sha256 } from '../../common/files/sha256.ts'
import { contentsOf } from './contents.ts'
import type { Usage } from '../shell/shell.ts'

/** Of a file, or of a folder, whose sha256 is of names, sizes and times: it may hold 50,000 files. */
interface Output {
  path: string
  bytes: number
  sha256: string
  mtime_ms: number
  /** of a folder: sha256 of every byte in it */
  contents?: string
}

/** What a finished stage left: `entry.json` in its folder. */
export interface Entry {
  stage: string
  key: string
  outputs: Record<string, Output>
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
   * The entry, if it is there and its files are as they were written: by their sizes and times, or
   * by every byte. `onBroken` hears what is wrong otherwise.
   */
  find(
    stage: string,
    key: string,
    onBroken: (what: string) => void,
    by?: 'every byte',
  ): Promise<Entry | undefined>
}

/** What the folder of a result is called. */
export const nameOf = (stage: string, key: string): string => `${stage}-${key.slice(0, 16)}`

export function openCache(dir: string): Cache {
  mkdirSync(dir, { recursive: true })
  const folder = (stage: string, key: string): string => join(dir, nameOf(stage, key))
  return {
    dir,
    folder,
    async find(stage, key, onBroken, by) {
      const home = folder(stage, key)
      if (!existsSync(home)) return undefined
      try {
        const entry = JSON.parse(readFileSync(join(home, 'entry.json'), 'utf8')) as Entry
        if (entry.key !== key) throw new Error('entry.json is of another key')
        for (const [name, was] of Object.entries(entry.outputs))
          await check(join(home, was.path), name, was, by !== undefined)
        return entry
      } catch (error) {
        onBroken(error instanceof Error ? error.message : String(error))
        return undefined
      }
    },
  }
}

/**
 * A file whose size and time are as they were is taken as it was, unless `read`; one that was
 * touched is read again.
 */
async function check(path: string, name: string, was: Output, read: boolean): Promise<void> {
  if (!existsSync(path)) throw new Error(`${name} is missing`)
  const now = lstatSync(path)
  if (now.isDirectory()) {
    if ((await fingerprint(path)).sha256 !== was.sha256) throw new Error(`${name} has changed`)
    if (read && was.contents === undefined)
      throw new Error(`the bytes in ${name} were never summed up`)
    if (read && (await contentsOf(path)) !== was.contents)
      throw new Error(`bytes in ${name} have changed`)
    return
  }
  if (now.size !== was.bytes)
    throw new Error(`${name} has ${now.size} bytes instead of ${was.bytes}`)
  if ((read || now.mtimeMs !== was.mtime_ms) && (await sha256(path)) !== was.sha256)
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
  for (const [name, path] of Object.entries(outputs)) {
    const made = join(half, 'out', path)
    const contents = lstatSync(made).isDirectory() ? { contents: await contentsOf(made) } : {}
    const [sums] = await Promise.all([fingerprint(made), onDisk(made)])
    entry.outputs[name] = { path, ...sums, ...contents }
  }
  writeFileSync(join(half, 'out', 'entry.json'), `${JSON.stringify(entry, null, 2)}\n`)
  const home = cache.folder(draft.stage, draft.key)
  if (existsSync(home)) renameSync(home, join(half, 'replaced'))
  renameSync(join(half, 'out'), home)
  return entry
}

/**
 * Settles when the bytes of a file with holes are on the disk. Its size is there before they are:
 * after a loss of power nobody would notice what is missing. Other files would be too short.
 */
async function onDisk(path: string): Promise<void> {
  const { size, blocks } = lstatSync(path)
  if (blocks * 512 >= size) return
  const file = await open(path)
  try {
    await file.datasync()
  } finally {
    await file.close()
  }
}
