import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { bytesOf, gib, itemsInWords, itemsOf } from './items.ts'
import type { Item } from './items.ts'
import { lock } from '../../common/files/lock.ts'
import { removeTree } from './remove.ts'

/**
 * The lock file of a cache. A process that uses the cache holds a shared lock on it. A process that
 * removes something from the cache holds an exclusive lock.
 */
export const lockOf = (cache: string): string => join(cache, 'cache.lock')

/**
 * Removes items from a cache. Nobody else may use the cache meanwhile. A result loses its name
 * first, so a result that is only half removed no longer counts as one.
 */
export async function removeItems(items: readonly Item[]): Promise<void> {
  for (const { path, kind } of items) {
    if (kind !== 'result') {
      await removeTree(path)
      continue
    }
    await removeTree(`${path}.half`)
    renameSync(path, `${path}.half`)
    await removeTree(`${path}.half`)
  }
}

/**
 * Makes room in a cache that holds more than `limit_gib` GiB. Removes what was unused for the
 * longest time, but nothing that is in `keep`. Returns a line that tells what was removed. Does
 * nothing while another downbeat uses the cache: a later build will make room.
 */
export async function keepBound(
  cache: string,
  limit_gib: number,
  keep: ReadonlySet<string>,
): Promise<string | undefined> {
  const items = itemsOf(cache)
  const all = bytesOf(items)
  let excess = all - limit_gib * 2 ** 30
  if (excess <= 0) return undefined
  const held = await lock(lockOf(cache), { wait: false })
  if (!held) return undefined
  const gone: Item[] = []
  for (const item of items.sort((a, b) => a.used_ms - b.used_ms)) {
    if (excess <= 0) break
    if (keep.has(item.path)) continue
    gone.push(item)
    excess -= item.bytes
  }
  await removeItems(gone).finally(() => held.release())
  if (bytesOf(gone) === 0) return undefined
  return `the cache had ${gib(all)}: removed ${itemsInWords(gone)}, unused for the longest time; the limit is ${limit_gib} GiB (set DOWNBEAT_CACHE_GIB to change it)`
}
