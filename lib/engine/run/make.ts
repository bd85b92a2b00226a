import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  statfsSync,
  utimesSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { commit } from '../cache/cache.ts'
import type { Cache, Entry } from '../cache/cache.ts'
import {
  Failure,
  HostError,
  Interrupted,
  ProofError,
  StageError,
  messageOf,
} from '../../common/words/errors.ts'
import { lock } from '../../common/files/lock.ts'
import type { Plan } from '../../plan/plan.ts'
import type { Remote } from '../remote/remote.ts'
import { removeTree } from '../cache/remove.ts'
import { openJob } from './job.ts'
import type { AnyStage, Settings } from './stage.ts'
import { damages } from './damaged.ts'
import { keyOf, needsOf } from './key.ts'

/** What happens while stages are made; the reporter shows it. Seconds. */
export type Event =
  | { kind: 'waiting'; stage: string }
  | { kind: 'started'; stage: string; about: string }
  | { kind: 'line'; stage: string; line: string }
  | { kind: 'progress'; stage: string; text: string }
  | { kind: 'broken'; stage: string; what: string }
  | { kind: 'verified'; stage: string }
  | { kind: 'cached'; stage: string }
  | { kind: 'fetching'; stage: string }
  | { kind: 'fetched'; stage: string; entry: Entry | undefined }
  | { kind: 'built'; stage: string; entry: Entry }
  | { kind: 'failed'; stage: string }

export interface MakeOptions {
  plan: Plan
  cache: Cache
  settings: Settings
  /** names of the stages to make anew, or all of them */
  fresh: ReadonlySet<string> | 'all'
  /** whether every byte of what is in the cache is read before it is used */
  verify?: boolean
  signal: AbortSignal
  report: (event: Event) => void
  /** where the reporter keeps the lines, for messages */
  logFile: string
  /** what begins the names of the files that a failed stage leaves; otherwise that of the log */
  evidence?: string
  /** what the plans of one run have in common */
  shared?: Shared
  /** results of other machines */
  remote?: Remote | undefined
  /** GiB that must be free before a stage starts */
  spare_gib: number
  /**
   * a stage that looks whether the others can be made: it is made before any other that it does not
   * need itself. Not where the result of `unless` is there, for then they could
   */
  first?: { stage: AnyStage; unless: AnyStage }
  /**
   * called once, before the first stage is made. It throws if this machine lacks something for
   * that. It is not called if all results are in the cache: such a build needs less
   */
  prepare?: () => void | Promise<void>
}

/**
 * What several plans that are made by one process know of each other's results, by their folders in
 * the cache: each is made, and read, once. What fails of one plan stops no stage of it then, for
 * another plan may wait for that.
 */
export interface Shared {
  made: Map<string, Promise<Made>>
  damaged: Map<string, Promise<boolean>>
}

export interface Made {
  entry: Entry
  folder: string
  /** absolute paths of the outputs */
  outputs: Record<string, string>
  cached: boolean
}

/**
 * Notes that the results of these stages, and of all that lead to them, are in use; gives their
 * folders.
 */
export function markUsed(stages: readonly AnyStage[], plan: Plan, cache: Cache): Set<string> {
  const folders = new Set<string>()
  const now = new Date()
  const mark = (stage: AnyStage): void => {
    const folder = cache.folder(stage.name, keyOf(stage, plan))
    if (folders.has(folder)) return
    folders.add(folder)
    const entry = join(folder, 'entry.json')
    if (existsSync(entry)) utimesSync(entry, now, now) // what nothing needed any more may be gone
    for (const [, need] of needsOf(stage, plan)) mark(need)
  }
  for (const stage of stages) if (stage.given(plan) !== undefined) mark(stage)
  return folders
}

/**
 * Makes stages and what they need, side by side, unless a result is in the cache already. Leaves
 * out what the plan does without.
 */
export async function make(
  stages: AnyStage | readonly AnyStage[],
  options: MakeOptions,
): Promise<Map<string, Made>> {
  const stop = new AbortController()
  const signal = AbortSignal.any([options.signal, stop.signal])
  const running = new Map<string, Promise<Made>>()
  const made = new Map<string, Made>()
  let first: unknown
  let prepared: Promise<void> | undefined
  const damaged = options.verify === true ? damages(options) : () => Promise.resolve(false)
  const looksFirst = await firstOf(options)
  const before = async (stage: AnyStage): Promise<void> => {
    await (prepared ??= (async () => options.prepare?.())())
    if (looksFirst && !leadsTo(looksFirst).has(stage)) await one(looksFirst)
  }
  const one = (wanted: AnyStage): Promise<Made> => {
    const known = running.get(wanted.name)
    if (known) return known
    const folder = options.cache.folder(wanted.name, keyOf(wanted, options.plan))
    const making =
      options.shared?.made.get(folder) ??
      makeOne(wanted, { ...options, signal }, before, damaged, one)
    options.shared?.made.set(folder, making)
    const promise = making.then(
      (result) => {
        made.set(wanted.name, result)
        return result
      },
      (error: unknown) => {
        first ??= error // the others fail because they are stopped
        if (options.shared === undefined) stop.abort()
        throw error
      },
    )
    running.set(wanted.name, promise)
    return promise
  }
  const wanted = [stages].flat().filter((stage) => stage.given(options.plan) !== undefined)
  await Promise.allSettled(wanted.map(one))
  await Promise.allSettled(running.values())
  if (options.signal.aborted) throw new Interrupted('stopped')
  if (first !== undefined) throw first
  return made
}

/** The stage that looks first; undefined: it need not. */
async function firstOf({ first, plan, cache, fresh }: MakeOptions): Promise<AnyStage | undefined> {
  if (first === undefined) return undefined
  const { stage, unless } = first
  if (fresh === 'all' || fresh.has(unless.name) || needsFresh(unless, fresh)) return stage
  return (await cache.find(unless.name, keyOf(unless, plan), () => undefined)) ? undefined : stage
}

/** A stage and all that it needs. */
function leadsTo(stage: AnyStage, found = new Set<AnyStage>()): Set<AnyStage> {
  found.add(stage)
  for (const need of Object.values<AnyStage>(stage.needs as Record<string, AnyStage>))
    leadsTo(need, found)
  return found
}

/** Whether a stage below this one is to be made anew, though this one may be there. */
const needsFresh = (stage: AnyStage, fresh: MakeOptions['fresh']): boolean =>
  fresh !== 'all' &&
  Object.values<AnyStage>(stage.needs as Record<string, AnyStage>).some(
    (need) => fresh.has(need.name) || needsFresh(need, fresh),
  )

async function makeOne(
  stage: AnyStage,
  options: MakeOptions,
  before: (stage: AnyStage) => Promise<void>,
  damaged: (stage: AnyStage) => Promise<boolean>,
  one: (stage: AnyStage) => Promise<Made>,
): Promise<Made> {
  const { plan, cache, signal, report } = options
  const key = keyOf(stage, plan)
  const fresh = options.fresh === 'all' || options.fresh.has(stage.name) || (await damaged(stage))
  const half = `${cache.folder(stage.name, key)}.half`
  let broken = false
  const look = async (): Promise<Made | undefined> => {
    const entry = await cache.find(stage.name, key, (what) => {
      if (!broken) report({ kind: 'broken', stage: stage.name, what })
      broken = true
    })
    if (!entry) return undefined
    if (!isOf(stage, entry)) {
      if (!broken)
        report({ kind: 'broken', stage: stage.name, what: 'entry.json has other outputs' })
      broken = true
      return undefined
    }
    report({ kind: 'cached', stage: stage.name })
    // of a build that was killed between naming its result and tidying up
    if (existsSync(half)) await sweep(cache, stage.name)
    return madeOf(cache, entry, true)
  }
  if (!fresh && !needsFresh(stage, options.fresh)) {
    const found = (await look()) ?? (await fromRemote(stage, key, half, look, options))
    if (found) return found
  }
  const needs: Record<string, Made> = {}
  await Promise.all([
    before(stage),
    ...needsOf(stage, plan).map(async ([name, need]) => {
      needs[name] = await one(need)
    }),
  ])
  const held = await lock(lockFile(cache, half), {
    signal,
    onWait: () => report({ kind: 'waiting', stage: stage.name }),
  })
  try {
    if (signal.aborted) throw new Interrupted('stopped')
    if (!fresh) {
      const found = await look() // another build may have made it meanwhile
      if (found) return found
    }
    return await runStage(stage, key, half, needs, options)
  } finally {
    held?.release()
  }
}

/** Whether a result may come from another machine, and be given to it. */
const isForOthers = (
  stage: AnyStage,
  { plan, settings }: Pick<MakeOptions, 'plan' | 'settings'>,
): boolean => stage.shared === true && !settings.network.offline && !isPersonal(stage, plan)

const isPersonal = (stage: AnyStage, plan: Plan): boolean =>
  stage.personal?.(plan) === true || needsOf(stage, plan).some(([, need]) => isPersonal(need, plan))

/** A result that another machine has made; undefined: there is none to be had. */
async function fromRemote(
  stage: AnyStage,
  key: string,
  half: string,
  look: () => Promise<Made | undefined>,
  { plan, remote, cache, signal, report, spare_gib, settings }: MakeOptions,
): Promise<Made | undefined> {
  if (remote === undefined || !isForOthers(stage, { plan, settings })) return undefined
  const held = await lock(lockFile(cache, half), {
    signal,
    onWait: () => report({ kind: 'waiting', stage: stage.name }),
  })
  try {
    if (signal.aborted) throw new Interrupted('stopped')
    const found = await look() // another build may have made it meanwhile
    if (found) return found
    await removeTree(half)
    enoughSpace(cache.dir, spare_gib)
    mkdirSync(join(half, 'out'), { recursive: true })
    report({ kind: 'fetching', stage: stage.name })
    const outputs = stage.outputs as Record<string, string>
    const got = await remote.fetch(stage.name, key, outputs, join(half, 'out'))
    if (signal.aborted) throw new Interrupted('stopped')
    if (got === undefined) {
      report({ kind: 'fetched', stage: stage.name, entry: undefined })
      return undefined
    }
    const entry = await commit(cache, half, { stage: stage.name, key, ...got }, outputs)
    report({ kind: 'fetched', stage: stage.name, entry })
    return madeOf(cache, entry, false)
  } finally {
    await removeTree(half)
    held?.release()
    await held?.released // it is asked for again at once
  }
}

async function runStage(
  stage: AnyStage,
  key: string,
  half: string,
  needs: Record<string, Made>,
  options: MakeOptions,
): Promise<Made> {
  const { cache, signal, report } = options
  if (stage.network === true && options.settings.network.offline)
    throw new HostError(
      `${stage.name} is not in the cache, and making it needs the network`,
      'run the same command without DOWNBEAT_OFFLINE',
    )
  await removeTree(half)
  await sweep(cache, stage.name)
  enoughSpace(cache.dir, options.spare_gib)
  report({ kind: 'started', stage: stage.name, about: stage.about })
  const started = performance.now()
  const { job, usage, last } = openJob(stage, half, needs, options)
  const outputs = stage.outputs as Record<string, string>
  try {
    await stage.run(job as never)
    for (const [name, file] of Object.entries(job.out)) {
      const own = lstatSync(file, { throwIfNoEntry: false })
      if (!own) throw new Error(`did not write its output ${name} (${outputs[name]})`)
      // A link would lead out of the sandbox, and a pipe has no end.
      if (!own.isFile() && !own.isDirectory())
        throw new Error(`its output ${name} (${outputs[name]}) is neither a file nor a folder`)
    }
    const wall_s = (performance.now() - started) / 1000
    const entry = await commit(cache, half, { stage: stage.name, key, wall_s, usage }, outputs)
    report({ kind: 'built', stage: stage.name, entry })
    const made = madeOf(cache, entry, false)
    if (isForOthers(stage, options)) await options.remote?.store(entry, made.folder)
    return made
  } catch (error) {
    if (signal.aborted) throw new Interrupted('stopped')
    report({ kind: 'failed', stage: stage.name })
    const kept = keepEvidence(
      stage,
      job.out,
      options.evidence ?? options.logFile.replace(/\.log$/, ''),
    )
    if (error instanceof ProofError && kept.length > 0)
      throw new ProofError([error.message, ...kept].join('\n  '))
    if (error instanceof Failure) throw error
    enoughSpace(cache.dir, 0.05)
    throw new StageError(stage.name, messageOf(error), last, options.logFile)
  } finally {
    await removeTree(half)
  }
}

/**
 * Copies what a failed stage has to say for itself beside the log; gives lines that name the
 * copies.
 */
function keepEvidence(
  stage: AnyStage,
  out: Readonly<Record<string, string>>,
  begin: string,
): string[] {
  return ((stage.evidence ?? []) as string[]).flatMap((name) => {
    const file = out[name]!
    const copy = `${begin}-${stage.name}-${basename(file)}`
    if (lstatSync(file, { throwIfNoEntry: false })?.isFile() !== true) return []
    copyFileSync(file, copy)
    return [`${name}: ${copy}`]
  })
}

/** Whether a result has the outputs of its stage, where the stage writes them. */
const isOf = (stage: AnyStage, { outputs }: Entry): boolean =>
  isDeepStrictEqual(
    Object.fromEntries(Object.entries(outputs).map(([name, { path }]) => [name, path])),
    { ...(stage.outputs as Record<string, string>) },
  )

function madeOf(cache: Cache, entry: Entry, cached: boolean): Made {
  const folder = cache.folder(entry.stage, entry.key)
  const outputs = Object.fromEntries(
    Object.entries(entry.outputs).map(([name, { path }]) => [name, join(folder, path)]),
  )
  return { entry, folder, outputs, cached }
}

const lockFile = (cache: Cache, half: string): string => join(cache.dir, 'locks', basename(half))

/**
 * Removes the unfinished folders of this stage that a killed build left behind: those whose lock
 * nobody holds.
 */
async function sweep(cache: Cache, stage: string): Promise<void> {
  const pattern = new RegExp(`^${stage}-[0-9a-f]{16}\\.half$`)
  for (const name of readdirSync(cache.dir)) {
    if (!pattern.test(name)) continue
    const path = join(cache.dir, name)
    const held = await lock(lockFile(cache, path), { wait: false })
    if (!held) continue
    await removeTree(path)
    held.release()
  }
}

/** HostError unless so much is free on the disk of a folder. */
export function enoughSpace(dir: string, gib: number): void {
  const { bavail, bsize } = statfsSync(dir)
  const free = (bavail * bsize) / 2 ** 30
  if (free < gib) {
    throw new HostError(
      `the disk of ${dir} is full: ${free.toFixed(1)} GiB free, ${gib < 1 ? 'and a stage failed' : `${gib} GiB needed`}`,
      'make room there (./downbeat clean removes what is cached), then run the same command again',
    )
  }
}
