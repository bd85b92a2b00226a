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

/** Facts, and behind them others that are asked where the first ones say nothing. */
export const factsOver = (behind: Facts, facts: Facts): Facts =>
  Object.assign(Object.create(behind) as Facts, facts)

const known = (facts: Facts, fact: string): boolean => fact in facts && !(fact in Object.prototype)

function allOf(facts: Facts): string[] {
  const all: string[] = []
  for (const fact in facts) all.push(fact)
  return all
}

/** Undefined if every condition holds, else the first that does not, in words. */
export function whyNotMet(
  when: Record<string, ConditionData>,
  facts: Facts,
  place: (fact: string) => string,
): string | undefined {
  for (const [fact, wanted] of Object.entries(when)) {
    if (!known(facts, fact))
      throw new UserError(
        `${place(fact)} when.${fact}: no such fact${didYouMean(fact, allOf(facts))}`,
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

/** What texts are for: people, or programs that would take a part of a fact for something else. */
type Into = 'words' | 'program'

/**
 * Puts facts into every text of a value: `-P{{jack.realtime_priority}}` becomes `-P70`. A fact can
 * be a list of values. If a line in a list names such a fact, the line is repeated for each value.
 * In any other text, the fact becomes `a|b`, the alternatives of a pattern.
 */
export function fill<T>(value: T, facts: Facts, place: string, into: Into = 'words'): T {
  if (!names(value)) return value
  if (typeof value === 'string') {
    return value.replace(/\{\{([\w.]+)\}\}/g, (_, fact: string) => {
      const found = known(facts, fact) ? facts[fact] : undefined
      if (found === undefined)
        throw new UserError(`${place}: no such fact: {{${fact}}}${didYouMean(fact, allOf(facts))}`)
      const word = Array.isArray(found) ? found.join('|') : String(found)
      if (into === 'program' && !/^[\w .,:=+@/|*-]*$/.test(word))
        throw new UserError(
          `${place}: {{${fact}}} is ${JSON.stringify(word)}: it may stand in words for people, but not in a command or a file of the image, where it would mean something else`,
        )
      return word
    }) as T
  }
  if (Array.isArray(value)) {
    return value.flatMap((one: unknown) => {
      const named = typeof one === 'string' ? factsNamed(one) : []
      const list = named.find((fact) => known(facts, fact) && Array.isArray(facts[fact]))
      if (list === undefined) return [fill(one, facts, place, into)]
      // Again as a list, for a second list that the line may name.
      return (facts[list] as readonly (string | number)[]).flatMap((each) =>
        fill([one], factsOver(facts, { [list]: each }), place, into),
      )
    }) as T
  }
  return Object.fromEntries(
    Object.entries(value as object).map(([key, one]) => [key, fill(one, facts, place, into)]),
  ) as T
}

/** Whether any text in a value names a fact: most do not, and are the same for every sound card. */
function names(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('{{')
  if (value === null || typeof value !== 'object') return false
  const before = naming.get(value)
  if (before !== undefined) return before
  const found = Object.values(value).some(names)
  naming.set(value, found)
  return found
}
const naming = new WeakMap<object, boolean>()

/** The facts that the texts of a value name. */
export function factsNamed(value: unknown): string[] {
  if (typeof value === 'string')
    return [...value.matchAll(/\{\{([\w.]+)\}\}/g)].map(([, fact]) => fact!)
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(factsNamed) : []
}
