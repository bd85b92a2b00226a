import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { bytesOf, gib, itemsInWords, itemsOf } from './items.ts'
import type { Item } from './items.ts'
import { lock } from '../../common/files/lock.ts'
import { removeTree } from './remove.ts'

/**
 * The file that is locked shared by whoever uses a cache, and alone by whoever removes something
 * from it.
 */
export const lockOf = (cache: string): string => join(cache, 'cache.lock')

/**
 * Removes items of a cache that nobody uses meanwhile. What is removed half is no result: it has
 * lost its name before.
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
 * Makes room in a cache of more than so many GiB: removes what was unused for longest, but nothing
 * of `keep`, and gives a line that tells of it. Does nothing while another downbeat uses the cache:
 * a later build will.
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
  return `the cache had ${gib(all)}: removed ${itemsInWords(gone)}, unused for longest; DOWNBEAT_CACHE_GIB sets another bound than ${limit_gib}`
}
