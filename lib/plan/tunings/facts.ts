import type { ConditionData } from '../schema/tuning.ts'
import { UserError } from '../../common/words/errors.ts'
import { didYouMean } from '../../common/words/nearest.ts'

/**
 * What conditions may ask about: a flat table such as { 'board.cores': 4, 'soundcard.bus': 'usb' }.
 */
export type Facts = Record<
  string,
  string | number | boolean | readonly (string | number)[] | undefined
>

/** Flattens nested plain data into facts; lists of plain values stay whole. */
export function factsOf(data: Record<string, unknown>, prefix = ''): Facts {
  const facts: Facts = {}
  for (const [key, value] of Object.entries(data)) {
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      Object.assign(facts, factsOf(value as Record<string, unknown>, `${prefix}${key}.`))
    } else {
      facts[prefix + key] = value as Facts[string]
    }
  }
  return facts
}

/** Undefined if every condition holds, else the first that does not, in words. */
export function whyNotMet(
  when: Record<string, ConditionData>,
  facts: Facts,
  place: (fact: string) => string,
): string | undefined {
  for (const [fact, wanted] of Object.entries(when)) {
    if (!(fact in facts))
      throw new UserError(
        `${place(fact)} when.${fact}: no such fact${didYouMean(fact, Object.keys(facts))}`,
      )
    if (!holds(facts[fact], wanted))
      return `${fact} is ${factInWords(facts[fact])}, not ${factInWords(wanted)}`
  }
  return undefined
}

function holds(value: Facts[string], wanted: ConditionData): boolean {
  if (Array.isArray(value)) return value.some((one: string | number) => holds(one, wanted))
  if (Array.isArray(wanted)) return wanted.includes(value as string | number)
  if (typeof wanted !== 'object') return value === wanted
  return (
    typeof value === 'number' &&
    value >= (wanted.min ?? -Infinity) &&
    value <= (wanted.max ?? Infinity)
  )
}

/** A value or a condition for a person to read. */
export function factInWords(value: Facts[string] | ConditionData): string {
  if (value === undefined) return 'not set'
  if (Array.isArray(value)) return value.join(' or ')
  if (typeof value !== 'object') return String(value)
  const { min, max } = value as { min?: number; max?: number }
  return [min === undefined ? [] : [`at least ${min}`], max === undefined ? [] : [`at most ${max}`]]
    .flat()
    .join(' and ')
}

/**
 * Puts facts into every text of a value: `-P{{jack.realtime_priority}}` becomes `-P70`. A fact can
 * be a list of values. If a line in a list names such a fact, the line is repeated for each value.
 * In any other text, the fact becomes `a|b`, the alternatives of a pattern.
 */
export function fill<T>(value: T, facts: Facts, place: string): T {
  if (typeof value === 'string') {
    return value.replace(/\{\{([\w.]+)\}\}/g, (_, fact: string) => {
      const found = facts[fact]
      if (found === undefined)
        throw new UserError(
          `${place}: no such fact: {{${fact}}}${didYouMean(fact, Object.keys(facts))}`,
        )
      return Array.isArray(found) ? found.join('|') : String(found)
    }) as T
  }
  if (Array.isArray(value)) {
    return value.flatMap((one: unknown) => {
      const named =
        typeof one === 'string'
          ? [...one.matchAll(/\{\{([\w.]+)\}\}/g)].map(([, fact]) => fact!)
          : []
      const list = named.find((fact) => Array.isArray(facts[fact]))
      if (list === undefined) return [fill(one, facts, place)]
      // Again as a list, for a second list that the line may name.
      return (facts[list] as readonly (string | number)[]).flatMap((each) =>
        fill([one], { ...facts, [list]: each }, place),
      )
    }) as T
  }
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, fill(one, facts, place)]),
  ) as T
}
