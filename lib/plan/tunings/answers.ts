import type { TuningData } from '../schema/tuning.ts'
import { factsNamed } from './facts.ts'
import type { Facts } from './facts.ts'
import type { LoadedTuning } from './loaded.ts'

/**
 * Tunings by their ids, each with the answers that it was looked at with: of one file of choices.
 * An image can be told sixty sound cards, and most tunings are the same with all of them.
 */
export type Answered = Map<string, { answers: readonly unknown[]; tuning: LoadedTuning }>

/** The tuning as it was, where these are the answers that it had. Otherwise `plan` looks at it. */
export function answeredBefore(
  before: Answered,
  id: string,
  answers: readonly unknown[],
  plan: () => LoadedTuning,
): LoadedTuning {
  const found = before.get(id)
  if (found !== undefined && alike(found.answers, answers)) return { ...found.tuning }
  const tuning = plan()
  before.set(id, { answers, tuning })
  return { ...tuning }
}

/** The facts of the image that a tuning has conditions for, or names in its texts. */
export const answersTo = (data: TuningData, facts: Facts): Facts[string][] =>
  factsAsked(data).map((fact) => facts[fact])

function factsAsked(data: TuningData): string[] {
  const before = asked.get(data)
  if (before !== undefined) return before
  const { when, default: usual, required } = data
  const conditions = [when, typeof usual === 'string' ? {} : usual, required ?? {}]
  const found = [...new Set([...conditions.flatMap(Object.keys), ...factsNamed(data)])]
  asked.set(data, found)
  return found
}
const asked = new WeakMap<TuningData, string[]>()

const alike = (some: readonly unknown[], others: readonly unknown[]): boolean =>
  some.length === others.length &&
  some.every((one, i) => {
    const other = others[i]
    return one === other || (Array.isArray(one) && Array.isArray(other) && alike(one, other))
  })
