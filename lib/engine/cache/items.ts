import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Entry } from './cache.ts'

/** A thing of a cache that can be removed by itself. */
export interface Item {
  path: string
  /** of a stage; fetched once, and perhaps needed again; or what a killed build has left */
  kind: 'result' | 'download' | 'rest'
  /** on the disk */
  bytes: number
  /** when it was used last, in milliseconds; 0: by nobody any more */
  used_ms: number
}

const RESULT = /^[a-z0-9-]+-[0-9a-f]{16}$/
const REST = /^(locks|clean\.time|[a-z0-9-]+-[0-9a-f]{16}\.half(\.time(-\d+)?)?)$/

/** Whether something in a cache has the name of what downbeat itself puts there. */
export const isOfCache = (name: string): boolean =>
  RESULT.test(name) ||
  REST.test(name) ||
  ['.npm.lock', 'cache.lock', 'compile', 'kept', 'node'].includes(name)

/**
 * What of a cache a build writes to, such as `kept/debs`: not the insides of results, of which some
 * belong to ids of a user namespace while they are made.
 */
export const isWritten = (below: string): boolean =>
  /^([^/]+|(locks|node)\/[^/]+|[^/]+\/entry\.json|kept\/[^/]+(\/[^/]+)?|kept\/ccache\/[^/]+\/[^/]+)$/.test(
    below,
  )

// A file system that writes down each time of reading (relatime) does so once a day.
const DAY_MS = 24 * 3600 * 1000

/**
 * What is in a cache, but for Node, what it has compiled, and the compiler cache, which has a bound
 * of its own. It costs milliseconds: what a result takes on the disk is as its entry.json says, for
 * a toolbox has 50,000 files.
 */
export function itemsOf(cache: string): Item[] {
  const items = readdirSync(cache).flatMap((name): Item[] => {
    const path = join(cache, name)
    if (RESULT.test(name)) return [resultAt(path)]
    return REST.test(name) ? [{ path, kind: 'rest', bytes: 0, used_ms: 0 }] : []
  })
  const kept = join(cache, 'kept')
  const folders = existsSync(kept) ? readdirSync(kept).filter((name) => name !== 'ccache') : []
  return [...items, ...folders.flatMap((name) => downloadsIn(join(kept, name)))]
}

function resultAt(path: string): Item {
  const file = join(path, 'entry.json')
  try {
    const { outputs } = JSON.parse(readFileSync(file, 'utf8')) as Entry
    let bytes = 0
    for (const output of Object.values(outputs)) {
      const own = lstatSync(join(path, output.path))
      bytes += own.isDirectory() ? output.bytes : own.blocks * 512 // the image of a disk has holes
    }
    return { path, kind: 'result', bytes, used_ms: lstatSync(file).mtimeMs }
  } catch {
    return { path, kind: 'rest', bytes: 0, used_ms: 0 } // damaged
  }
}

/** Each file by itself, but a git repository as a whole. */
function downloadsIn(path: string): Item[] {
  const own = lstatSync(path)
  if (!own.isDirectory()) {
    // a lock, which nobody holds
    if (own.size === 0) return [{ path, kind: 'rest', bytes: 0, used_ms: 0 }]
    return [
      {
        path,
        kind: 'download',
        bytes: own.blocks * 512,
        used_ms: Math.max(own.atimeMs + DAY_MS, own.mtimeMs),
      },
    ]
  }
  const items = readdirSync(path).flatMap((name) => downloadsIn(join(path, name)))
  if (!path.endsWith('.git')) return items
  const bytes = items.reduce((sum, item) => sum + item.bytes, 0)
  return [
    { path, kind: 'download', bytes, used_ms: Math.max(0, ...items.map((item) => item.used_ms)) },
  ]
}

/** "3 results and 12 downloads (4.2 GiB)" */
export function itemsInWords(items: readonly Item[]): string {
  const counted = (['result', 'download'] as const).flatMap((kind) => {
    const number = items.filter((item) => item.kind === kind).length
    return number === 0 ? [] : [`${number} ${kind}${number === 1 ? '' : 's'}`]
  })
  return counted.length === 0 ? 'nothing' : `${counted.join(' and ')} (${gib(bytesOf(items))})`
}

export const bytesOf = (items: readonly Item[]): number =>
  items.reduce((sum, { bytes }) => sum + bytes, 0)

/** Bytes as GiB, with one decimal. */
export const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`
