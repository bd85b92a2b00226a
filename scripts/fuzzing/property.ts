import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Bounds, Finding, Outcome } from './target.ts'
import type { Job, Said } from './worker.ts'

/** Inputs of a thread; the next one has the next seed. */
const BATCH = 500

/**
 * Microseconds of processor time for one input. What takes more never ends, or grows too fast: the
 * slowest honest input takes a hundredth of that.
 */
const MOST_WORK = 20_000_000

/** MiB of memory that a thread may have. */
const MOST_MIB = 1024

/**
 * Tries the property of a target, in threads of some inputs each, until its bounds are met. `work`:
 * microseconds of processor time that one input may take.
 */
export async function fuzzProperty(
  target: string,
  name: string,
  bounds: Bounds,
  work = MOST_WORK,
): Promise<Outcome> {
  const { runs, ms, folder, say, signal } = bounds
  const until = performance.now() + ms
  const findings: Finding[] = []
  let inputs = 0
  for (let { seed } = bounds; inputs < runs && performance.now() < until; seed++) {
    if (signal.aborted) break
    const batch = Math.min(BATCH, runs - inputs)
    const { inputs: tried, found } = await tryBatch({ target, seed, runs: batch }, work, signal)
    inputs += tried
    // what is wrong with many inputs is told once
    const known = findings.some(({ why }) => kindOf(why) === kindOf(found?.why ?? ''))
    if (found && !known) {
      const file = join(folder, `${name}-${seed}.txt`)
      writeFileSync(file, found.text)
      findings.push({ file, why: `${found.why}\n(--seed ${seed} --runs ${batch} shows it again)` })
    }
    say(`${inputs} inputs, ${findings.length} found`)
  }
  return { inputs, findings }
}

/** What went wrong and in which function, without what differs from input to input. */
const kindOf = (why: string): string =>
  why
    .split('\n')
    .slice(0, 3)
    .join('\n')
    .replaceAll(/"[^"]*"|\d+/g, '')

type Found = { text: string; why: string }

interface Tried {
  inputs: number
  found: Found | undefined
}

/** One thread; where it does not come to its end, what it worked at is what was found. */
async function tryBatch(job: Job, work: number, signal: AbortSignal): Promise<Tried> {
  const worker = new Worker(new URL('worker.ts', import.meta.url), {
    workerData: job,
    resourceLimits: { maxOldGenerationSizeMb: MOST_MIB },
  })
  const tried = await endOf(worker, work, signal)
  await worker.terminate()
  return tried
}

function endOf(worker: Worker, work: number, signal: AbortSignal): Promise<Tried> {
  const { promise, resolve } = Promise.withResolvers<Tried>()
  let [inputs, last, since] = [0, '', process.cpuUsage()]
  const end = (why: string): void => resolve({ inputs, found: { text: last, why } })
  const stop = (): void => resolve({ inputs, found: undefined })
  // By the work of the processor, not by the clock: a busy machine is no fault.
  const watch = setInterval(() => {
    const { user, system } = process.cpuUsage(since)
    if (user + system > work) end(`took more than ${work / 1e6} s of processor time`)
  }, 500)
  signal.addEventListener('abort', stop)
  worker.on('message', (said: Said) => {
    if ('tried' in said) return resolve({ inputs: said.tried, found: said.found })
    inputs += 1
    last = said.begins
    since = process.cpuUsage()
  })
  worker.on('error', (error) => end(error.stack ?? String(error)))
  worker.on('exit', () => end('the thread ended without a word'))
  return promise.finally(() => {
    clearInterval(watch)
    signal.removeEventListener('abort', stop)
  })
}
