import { parentPort, workerData } from 'node:worker_threads'
import { asyncProperty, check } from 'fast-check'
import { messageOf } from '../../lib/common/words/errors.ts'
import type { Target } from './target.ts'

// A thread that tries a property. What it works at is told before it is tried: of an input that
// never ends, or that takes all memory, nothing can be told afterwards.

/** What the thread is given: the file of a target, and the first seed. */
export interface Job {
  target: string
  seed: number
  /** inputs */
  runs: number
}

/** What the thread says: an input that it begins with; how many there were in the end, and what is wrong. */
export type Said =
  | { begins: string }
  | { tried: number; found: { text: string; why: string } | undefined }

const { target: file, seed, runs } = workerData as Job
// eslint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
const say = (said: Said): void => parentPort!.postMessage(said)

const { target } = (await import(file)) as { target: Target }
if (!('property' in target)) throw new Error(`${file} has no property`)
const { inputs, holds, text } = target.property
const { failed, counterexample, errorInstance, numRuns } = await check(
  asyncProperty(inputs, async (input) => {
    say({ begins: text(input) })
    await holds(input)
  }),
  { seed, numRuns: runs },
)
const [least] = (counterexample ?? []) as [unknown?]
say({
  tried: numRuns,
  found: failed
    ? {
        text: text(least),
        why:
          errorInstance instanceof Error ? (errorInstance.stack ?? '') : messageOf(errorInstance),
      }
    : undefined,
})
