import { existsSync, mkdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withoutSecrets } from '../../common/words/secrets.ts'
import { sandboxed } from '../sandbox/sandbox.ts'
import { SOME_DAY } from '../sandbox/surroundings.ts'
import { createShell } from '../shell/shell.ts'
import type { Usage } from '../shell/shell.ts'
import { needsOf } from './key.ts'
import type { Made, MakeOptions } from './make.ts'
import type { AnyStage, Job } from './stage.ts'

/** Of what a stage prints so many lines are in the message of its failure. */
const LAST_LINES = 30

type AnyJob = Job<unknown, Record<string, AnyStage>, Record<string, string>, string>

/** A job that was begun, what its commands cost so far, and the last lines that they printed. */
export interface OpenJob {
  job: AnyJob
  usage: Usage
  last: string[]
}

/** What a stage works with: its folders below `half`, made here, and a shell in the root that it needs. */
export function openJob(
  stage: AnyStage,
  half: string,
  needs: Record<string, Made>,
  { plan, cache, signal, report, settings }: MakeOptions,
): OpenJob {
  const network = stage.network === true
  const usage: Usage = { user: 0, system: 0, peak_kib: 0 }
  const last: string[] = []
  const onLine = (printed: string): void => {
    const line = withoutSecrets(printed) // of a mirror or a proxy; programs name their addresses
    last.push(line)
    if (last.length > LAST_LINES) last.shift()
    report({ kind: 'line', stage: stage.name, line })
  }
  const folder = (...path: string[]): string => {
    mkdirSync(join(...path), { recursive: true })
    return join(...path)
  }
  const [out, work] = [folder(half, 'out'), folder(half, 'work')]
  const names = (stage.keeps ?? []) as string[]
  const kept = Object.fromEntries(names.map((name) => [name, folder(cache.dir, 'kept', name)]))
  const own = ownFolder(stage)
  const given = stage.given(plan) as { epoch?: number }
  const rooted = needsOf(stage, plan).find(([, need]) => need.root !== undefined)
  const others = Object.entries(needs).filter(([name]) => name !== rooted?.[0])
  const wrap = sandboxed({
    toolbox: rooted && needs[rooted[0]]!.outputs[rooted[1].root!]!,
    cwd: work,
    writable: [out, work, ...Object.values(kept)],
    readable: [...others.map(([, need]) => need.folder), ...(existsSync(own) ? [own] : [])],
    network,
    mounts: stage.mounts === true,
  })
  const env = {
    SOURCE_DATE_EPOCH: String(given.epoch ?? SOME_DAY),
    ...(network ? settings.network.proxies : {}),
  }
  const job: AnyJob = {
    given,
    from: mapped(needs, (need) => need.outputs) as never,
    out: mapped(stage.outputs as Record<string, string>, (path) => join(out, path)),
    work,
    own,
    yours: plan.own?.content?.folder,
    kept,
    settings,
    signal,
    progress: (text) => report({ kind: 'progress', stage: stage.name, text }),
    $: createShell({ wrap, onLine, signal, usage, timeFile: join(half, 'time'), env }),
  }
  return { job, usage, last }
}

/** The folder of the stage's own files: `stages/kernel/` of `stages/kernel.ts`. */
function ownFolder(stage: AnyStage): string {
  const file = fileURLToPath(stage.source)
  return join(dirname(file), basename(file, '.ts'))
}

const mapped = <A, B>(from: Record<string, A>, change: (one: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(from).map(([name, one]) => [name, change(one)]))
