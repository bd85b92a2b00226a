import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { lockOf, removeItems } from '../../lib/engine/cache/bound.ts'
import { itemsInWords, itemsOf } from '../../lib/engine/cache/items.ts'
import type { Item } from '../../lib/engine/cache/items.ts'
import { HostError, UserError } from '../../lib/common/words/errors.ts'
import { lock } from '../../lib/common/files/lock.ts'
import { isMarked, takeFolder } from '../../lib/engine/cache/own-folder.ts'
import type { Place } from '../../lib/engine/cache/own-folder.ts'
import { removeTree } from '../../lib/engine/cache/remove.ts'
import { say } from '../session/print.ts'
import { cacheFolder, oldCache, out, places } from '../session/session.ts'

interface Options {
  all?: true
  olderThan?: number
}

export function cleanCommand(): Command {
  return new Command('clean')
    .option('--all', 'downloads, compiler cache, and the logs and images of out/, too')
    .addOption(
      new Option(
        '--older-than <age>',
        'only results, and downloads too, that were not used for so long: 30d, 12h',
      )
        .argParser(milliseconds)
        .conflicts('all'),
    )
    .addHelpText('after', '\nExamples:\n  ./downbeat clean\n  ./downbeat clean --older-than 30d')
    .action(clean)
}

function milliseconds(age: string): number {
  const [, number, unit] = /^([1-9]\d*)([dh])$/.exec(age) ?? []
  if (number === undefined)
    throw new UserError(`--older-than: "${age}": expected days or hours, such as 30d or 12h`)
  return Number(number) * (unit === 'd' ? 24 : 1) * 3_600_000
}

async function clean({ all, olderThan }: Options): Promise<void> {
  const cache = cacheFolder()
  for (const place of Object.values(places())) mayClean(place)
  const there = existsSync(cache)
  const held = there ? await lock(lockOf(cache), { wait: false }) : undefined
  if (there && !held)
    throw new HostError('a build is using the cache just now', 'wait for it to end, or stop it')
  const before = olderThan === undefined ? Number.POSITIVE_INFINITY : Date.now() - olderThan
  const doomed = (item: Item): boolean =>
    item.used_ms < before && (item.kind !== 'download' || all === true || olderThan !== undefined)
  const items = there ? itemsOf(cache).filter(doomed) : []
  await removeItems(items)
  const more =
    all === true
      ? [join(cache, 'kept'), join(cache, 'compile'), join(out, 'images'), join(out, 'logs')]
      : []
  const old = oldCache()
  for (const path of [...more, ...(old === undefined ? [] : [old, join(out, 'cache.lock')])])
    await removeTree(path)
  held?.release()
  const also = all === true ? ', the compiler cache, images and logs' : ''
  const stay =
    all === true
      ? ''
      : `; ${olderThan === undefined ? 'downloads, ' : ''}compiler cache and images stay (--all removes them, too)`
  say(
    `removed ${itemsInWords(items)} from ${cache}${also}${old === undefined ? '' : `, and ${old}`}${stay}`,
  )
}

// Of the launcher, which needs no mark: Node runs from there just now. And the lock of a `clean`
// that found nothing else.
const launchers = new Set(['.npm.lock', 'cache.lock', 'compile', 'node'])

/**
 * UserError for a folder that is not downbeat's, HostError for one in which this user cannot remove
 * what is there.
 */
function mayClean(place: Place): void {
  const { path } = place
  if (!existsSync(path)) return
  if (statSync(path).isDirectory() && !isMarked(path)) {
    if (readdirSync(path).every((name) => launchers.has(name))) return
    throw new UserError(`${path} was not made by downbeat: nothing removed`)
  }
  takeFolder(place)
}
