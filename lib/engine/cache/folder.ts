import { isAbsolute, join, resolve } from 'node:path'
import { HostError, UserError } from '../../common/words/errors.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The cache folder, which all clones of one user share. It is DOWNBEAT_CACHE if that is set.
 * Otherwise it is `downbeat` in the cache folder of the user, where the XDG Base Directory
 * Specification puts it. That specification says to ignore a relative XDG_CACHE_HOME. The script
 * ./downbeat follows the same rules, to find Node there. UserError if DOWNBEAT_CACHE is relative.
 * HostError if the user has no home folder.
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
