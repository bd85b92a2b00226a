import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative, resolve as resolvePath } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openCache } from '../../lib/engine/cache/cache.ts'
import type { Cache } from '../../lib/engine/cache/cache.ts'
import { keepBound, lockOf } from '../../lib/engine/cache/bound.ts'
import { withoutSecrets } from '../../lib/common/words/secrets.ts'
import { cacheFolder as cacheFolderIn, gibOf } from '../../lib/engine/cache/folder.ts'
import { isOfCache, isWritten } from '../../lib/engine/cache/items.ts'
import { HostError, UserError } from '../../lib/common/words/errors.ts'
import { checkHost, checkPrograms, requireHost } from './host.ts'
import type { Check } from './host.ts'
import { lock } from '../../lib/common/files/lock.ts'
import { make, markUsed } from '../../lib/engine/run/make.ts'
import type { Made, MakeOptions } from '../../lib/engine/run/make.ts'
import { requireOwner } from '../../lib/engine/cache/owners.ts'
import { takeFolder } from '../../lib/engine/cache/own-folder.ts'
import type { Place } from '../../lib/engine/cache/own-folder.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { sayBeside } from './print.ts'
import { createReporter } from './report.ts'
import type { Reporter } from './report.ts'
import { remoteFor, remoteSettings } from './remote.ts'
import type { AnyStage, NetworkSettings } from '../../lib/engine/run/stage.ts'

/** The folder of this repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
/** Images and logs: out/, or DOWNBEAT_OUT. */
export const out = resolvePath(process.env['DOWNBEAT_OUT'] || join(root, 'out'))
/**
 * What stages have made, downloads, the compiler cache and Node, for all clones of this user.
 * Errors: see lib/engine/cache/folder.ts.
 */
export const cacheFolder = (): string => cacheFolderIn(process.env)
/** GiB that a cache may have before what was unused for longest goes. */
export const cacheBound = (): number => gibOf(process.env, 'DOWNBEAT_CACHE_GIB', 20)
/** Another Debian mirror than mmdebstrap's own choice. */
export function mirror(): string | undefined {
  const address = process.env['DOWNBEAT_MIRROR'] || undefined
  if (address === undefined) return undefined
  const url = URL.parse(address)
  if (url === null || /\s/.test(address) || !/^(https?|file|copy):$/.test(url.protocol))
    throw new UserError(
      `DOWNBEAT_MIRROR: "${withoutSecrets(address)}": expected the address of a Debian mirror, such as http://mirror.example/debian`,
    )
  if (url.username !== '' || url.password !== '')
    throw new UserError(
      `DOWNBEAT_MIRROR: ${withoutSecrets(address)} has a name or a password before it, and everybody who gets the image could read it there: give an address without them. Where a mirror wants a password, put a proxy of your own before it that knows it`,
    )
  return address
}

export interface RunOptions {
  verbose?: boolean
  quiet?: boolean
  /** the stage to make anew, or all of them */
  fresh?: string
  /** read every byte of what the cache has */
  verify?: boolean
  /** false: whatever the environment says of results of other machines */
  remote?: boolean
  /** see MakeOptions */
  first?: MakeOptions['first']
}

/** What surrounds the stages of one command: host, locks, log file, screen, Ctrl-C. */
export interface Session {
  cache: Cache
  reporter: Reporter
  logFile: string
  /** Ctrl-C, a polite kill, or `stop` */
  signal: AbortSignal
  /** Stops what is being made. */
  stop(): void
  /** Makes stages for a plan. May be called again, and for several plans at once. */
  make(
    plan: Plan,
    stages: readonly AnyStage[],
    more?: Pick<MakeOptions, 'shared' | 'evidence'> & Partial<Pick<MakeOptions, 'report'>>,
  ): Promise<Map<string, Made>>
}

interface Around {
  cache: Cache
  reporter: Reporter
  logFile: string
  /**
   * Gives the cache back, which is in use until then or until this process ends. Makes room in it
   * where something has come to it: to look at all that is in it takes as long as to start Node.
   */
  end(): Promise<void>
}

export interface Run extends Around {
  made: Map<string, Made>
}

/** Makes stages for a plan, with all that surrounds it. */
export async function runStages(
  plan: Plan,
  stages: readonly AnyStage[],
  options: RunOptions,
): Promise<Run> {
  const { result: made, ...around } = await inSession(plan.name, options, (session) =>
    session.make(plan, stages),
  )
  return { made, ...around }
}

/** Does some work with stages in a session of its own. `name`: of its log file. */
export async function inSession<T>(
  name: string,
  options: RunOptions,
  work: (session: Session) => Promise<T>,
): Promise<Around & { result: T }> {
  const folder = cacheFolder()
  const [bound, spare_gib] = [cacheBound(), gibOf(process.env, 'DOWNBEAT_SPARE_GIB', 4)]
  const stores = options.remote === false ? undefined : remoteSettings(process.env)
  requireOwner(Object.values(places()))
  for (const place of Object.values(places())) takeFolder(place)
  await prepareHost(checkPrograms)
  const logFile = newLogFile(name)
  const reporter = createReporter({
    logFile,
    verbose: options.verbose === true,
    quiet: options.quiet === true,
    terminal: canMove(),
    groups: process.env['GITHUB_ACTIONS'] === 'true',
    out: process.stderr,
  })
  const stop = new AbortController()
  const abort = (): void => stop.abort()
  process.on('SIGINT', abort).on('SIGTERM', abort)
  const cache = openCache(folder)
  const used = await lock(lockOf(folder), {
    shared: true,
    signal: stop.signal,
    onWait: () => reporter.say('- another downbeat is cleaning the cache; waiting for it'),
  })
  const note = (line: string): void => {
    if (options.quiet !== true) reporter.say(line)
  }
  const old = oldCache()
  if (old !== undefined)
    note(`- ${shown(old)} is of an older downbeat and no longer used; ./downbeat clean removes it`)
  let prepared: Promise<void> | undefined
  const prepare = async (): Promise<void> => {
    for (const { note: said } of await prepareHost(() => checkHost(folder)))
      if (said !== undefined) note(`! ${said}`)
  }
  const settings = { jobs: availableParallelism(), network: networkSettings() }
  const remote = await remoteFor(stores, {
    cache: folder,
    proxies: settings.network.proxies,
    signal: stop.signal,
    say: note,
  })
  const mine = new Set<string>()
  let grown = false
  const session: Session = {
    cache,
    reporter,
    logFile,
    signal: stop.signal,
    stop: abort,
    async make(plan, stages, more = {}) {
      try {
        const made = await make(stages, {
          plan,
          cache,
          settings,
          fresh:
            options.fresh === 'all'
              ? 'all'
              : new Set(options.fresh === undefined ? [] : [options.fresh]),
          verify: options.verify === true,
          signal: stop.signal,
          report: reporter.event,
          logFile,
          spare_gib,
          remote,
          ...(options.first ? { first: options.first } : {}),
          prepare: () => (prepared ??= prepare()),
          ...more,
        })
        grown ||= [...made.values()].some(({ cached }) => !cached)
        return made
      } finally {
        for (const one of markUsed(stages, plan, cache)) mine.add(one)
      }
    },
  }
  try {
    const result = await work(session)
    const end = async (): Promise<void> => {
      used?.release()
      await used?.released
      if (!grown) return
      const removed = await keepBound(folder, bound, mine)
      if (removed !== undefined) note(`- ${removed}`)
    }
    return { result, cache, reporter, logFile, end }
  } catch (error) {
    used?.release()
    throw error
  } finally {
    reporter.end()
    process.off('SIGINT', abort).off('SIGTERM', abort)
  }
}

/**
 * Whether there is a terminal that a line may move on; ora would never end on one that has no
 * width.
 */
export const canMove = (): boolean =>
  process.stderr.isTTY && process.stderr.columns > 0 && process.env['CI'] === undefined

/** Finds what is missing before anything runs; as root installs it, after saying so. */
async function prepareHost(ask: () => Check[] | Promise<Check[]>): Promise<Check[]> {
  const checks = await ask()
  const packages = [...new Set(checks.flatMap((check) => (check.ok ? [] : (check.package ?? []))))]
  if (packages.length === 0 || process.getuid?.() !== 0) {
    requireHost(checks)
    return checks
  }
  sayBeside(`- installing what this machine lacks: ${packages.join(' ')}`)
  try {
    execFileSync('apt-get', ['-qq', 'update'], { stdio: ['ignore', 'ignore', 'inherit'] })
    execFileSync('apt-get', ['-qq', '-y', '--no-install-recommends', 'install', ...packages], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  } catch {
    throw new HostError(
      `apt-get could not install ${packages.join(' ')}`,
      `apt-get install ${packages.join(' ')}`,
    )
  }
  const again = await ask()
  requireHost(again)
  return again
}

/** What may be in out/ before it is marked: the launcher's and a build's own, of older ones too. */
const ownNames = new Set(['.npm.lock', 'cache', 'cache.lock', 'fuzz', 'images', 'logs'])

/** The two folders that downbeat writes to. */
export const places = (): { out: Place; cache: Place } => ({
  out: {
    path: out,
    variable: 'DOWNBEAT_OUT',
    ours: (name) => ownNames.has(name),
    looks: (below) => /^([^/]+|images\/[^/]+(\/packages)?)$/.test(below),
    roots: false,
  },
  cache: {
    path: cacheFolder(),
    variable: 'DOWNBEAT_CACHE',
    ours: isOfCache,
    looks: isWritten,
    roots: true,
  },
})

/** Where an older downbeat had its cache, if there is one. */
export function oldCache(): string | undefined {
  const old = join(out, 'cache')
  return existsSync(old) && old !== cacheFolder() ? old : undefined
}

/**
 * How files are fetched: the servers that stand in for others, and whether the network may be used
 * at all.
 */
export const networkSettings = (): NetworkSettings => ({
  mirrors: (process.env['DOWNBEAT_MIRRORS'] ?? '').split(/\s+/).filter(Boolean).map(mirrorRule),
  offline: (process.env['DOWNBEAT_OFFLINE'] || '0') !== '0',
  proxies: networkEnvironment(),
})

function mirrorRule(rule: string): NetworkSettings['mirrors'][number] {
  const [, from, to] = /^(https?:\/\/[^=]+)=((?:https?|file|git):\/\/.+)$/.exec(rule) ?? []
  if (from === undefined || to === undefined)
    throw new UserError(
      `DOWNBEAT_MIRRORS: "${withoutSecrets(rule)}": expected https://<server>=https://<another> (or several of these, with spaces between them)`,
    )
  return { from, to }
}

/** What of the environment decides how the network is reached. */
function networkEnvironment(): Record<string, string> {
  const names = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  )
}

function newLogFile(name: string): string {
  const dir = join(out, 'logs')
  mkdirSync(dir, { recursive: true })
  const ours = readdirSync(dir).filter((file) => /^\d{4}-\d\d-\d\dT[\d-]+.*\.(log|wav)$/.test(file))
  // the last runs stay
  for (const file of ours.sort().slice(0, -40)) rmSync(join(dir, file), { force: true })
  const file = join(
    dir,
    `${new Date().toISOString().replaceAll(':', '-').slice(0, 19)}-${name}-${process.pid}.log`,
  )
  writeFileSync(file, '')
  return file
}

/** Every stage that leads to the given ones, by name. */
export function stagesBefore(...last: AnyStage[]): Map<string, AnyStage> {
  const found = new Map<string, AnyStage>()
  const walk = (stage: AnyStage): void => {
    for (const need of Object.values(stage.needs as Record<string, AnyStage>)) walk(need)
    found.set(stage.name, stage)
  }
  last.forEach(walk)
  return found
}

/** A path as a person would type it from here. */
export function shown(path: string): string {
  const here = relative(process.cwd(), path)
  return here.startsWith('../..') ? path : here || '.'
}
