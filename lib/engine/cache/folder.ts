import { isAbsolute, join, resolve } from 'node:path'
import { HostError, UserError } from '../../common/words/errors.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The folder of what all clones of a user share: DOWNBEAT_CACHE, or else downbeat in his folder for
 * caches, where the XDG Base Directory Specification has it (which says to ignore a relative one).
 * ./downbeat decides the same, to find Node there. UserError for a relative DOWNBEAT_CACHE,
 * HostError for somebody who has no home.
 */
export function cacheFolder({ DOWNBEAT_CACHE, XDG_CACHE_HOME, HOME }: Environment): string {
  if (DOWNBEAT_CACHE) {
    if (isAbsolute(DOWNBEAT_CACHE)) return resolve(DOWNBEAT_CACHE)
    throw new UserError(`DOWNBEAT_CACHE: "${DOWNBEAT_CACHE}": expected a path that begins with /`)
  }
  if (XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME)) return join(XDG_CACHE_HOME, 'downbeat')
  if (HOME && isAbsolute(HOME)) return join(HOME, '.cache/downbeat')
  throw new HostError(
    'there is no folder for the cache: HOME is not set',
    'set DOWNBEAT_CACHE to a folder of a local disk',
  )
}

/** A number of GiB of the environment; UserError for what is none. */
export function gibOf(environment: Environment, name: string, otherwise: number): number {
  const text = environment[name]
  if (!text) return otherwise
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text)
  throw new UserError(`${name}: "${text}": expected a number of GiB, such as ${otherwise}`)
}
