import { execFileSync, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { cacheFolder } from '../../scripts/session/session.ts'
import { builtRecord, folderForLinks, machine } from '../downbeat.ts'
import { until } from '../until.ts'

const made: string[] = []
export const removeLater = (folder: string): void => void made.push(folder)

/** Best after each test: the caches of all of them together would take tens of gigabytes. */
export function removeCaches(): void {
  for (const dir of made.splice(0)) execFileSync('bash', [machine, 'rm', '-rf', dir])
}

/**
 * A folder of a test's own for results, with a cache in it (`cache/`), in which the costly stages
 * are hard links to those of the user's cache, but for those named.
 */
export function ownCache(without: readonly string[]): string {
  const built = builtRecord()
  const real = cacheFolder()
  const dir = folderForLinks('downbeat-faults-')
  made.push(dir)
  mkdirSync(join(dir, 'cache'))
  for (const name of readdirSync(real)) {
    const stage = name.replace(/-[0-9a-f]{16}$/, '')
    const wanted =
      name === 'node' ||
      (stage in built.stages &&
        name.endsWith(built.stages[stage]!.key.slice(0, 16)) &&
        !without.includes(stage))
    if (wanted) execFileSync('cp', ['-al', join(real, name), join(dir, 'cache', name)])
  }
  // What is kept is written to: copies, no links.
  mkdirSync(join(dir, 'cache/kept'))
  const debs = join(real, 'kept/debs')
  // What another build is downloading just now is gone the next moment.
  const finished = (path: string): boolean => !basename(path).startsWith('.new.')
  if (existsSync(debs))
    cpSync(debs, join(dir, 'cache/kept/debs'), { recursive: true, filter: finished })
  return dir
}

export const entries = (out: string, stage: string): string[] =>
  readdirSync(join(out, 'cache')).filter(
    (name) => name.startsWith(`${stage}-`) && !name.endsWith('.lock'),
  )

/** The processes whose command line names this folder. */
const processesIn = (out: string): string[] =>
  readdirSync('/proc').filter(
    (pid) =>
      /^\d+$/.test(pid) &&
      existsSync(`/proc/${pid}/cmdline`) &&
      spawnSync('cat', [`/proc/${pid}/cmdline`], { encoding: 'utf8' }).stdout.includes(out),
  )

/**
 * The processes that name this folder and do not go within ten minutes; a killed one may still be
 * busy with the disk, and then goes when that is done.
 */
export async function processesLeftIn(out: string): Promise<string[]> {
  const end = performance.now() + 600_000
  let left: string[] = []
  await until(() => (left = processesIn(out)).length === 0 || performance.now() > end)
  return left
}

/** Waits until a build has said `text`, or has ended. */
export async function heard(child: ChildProcess, said: () => string, text: string): Promise<void> {
  await until(() => said().includes(text) || child.exitCode !== null || child.signalCode !== null)
}
