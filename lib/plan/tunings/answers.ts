import type { TuningData } from '../schema/tuning.ts'
import { factsNamed } from './facts.ts'
import type { Facts } from './facts.ts'
import type { LoadedTuning } from './loaded.ts'

/**
 * Tunings by their ids, each with all answers that it was looked at with: of one file of choices. An
 * image can be told a hundred sound cards, and most tunings are the same with all of them, or with
 * all that are on the same bus.
 */
export type Answered = Map<string, { answers: readonly unknown[]; tuning: LoadedTuning }[]>

/** The tuning as it was, where it had these answers before. Otherwise `plan` looks at it. */
export function answeredBefore(
  before: Answered,
  id: string,
  answers: readonly unknown[],
  plan: () => LoadedTuning,
): LoadedTuning {
  const all = before.get(id) ?? []
  const found = all.find((one) => alike(one.answers, answers))
  if (found !== undefined) return { ...found.tuning }
  const tuning = plan()
  before.set(id, [...all, { answers, tuning }])
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
