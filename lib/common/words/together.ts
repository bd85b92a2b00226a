import { UserError } from './errors.ts'

/** Lines that a person reads; of what is wrong with more, the number is enough. */
export const SHOWN = 20

/** The first mistakes of many, and how many there are beside them. */
export const firstOf = (mistakes: readonly string[]): string[] =>
  mistakes.length <= SHOWN + 1
    ? [...mistakes]
    : [...mistakes.slice(0, SHOWN), `… and ${mistakes.length - SHOWN} more like these`]

/**
 * Calls all of these, and gives what they give. The mistakes that they find are thrown together:
 * one UserError, a line for each.
 */
export function together<const Calls extends readonly (() => unknown)[]>(
  ...calls: Calls
): { [I in keyof Calls]: ReturnType<Calls[I]> } {
  const mistakes: string[] = []
  const given = calls.map((call) => {
    try {
      return call()
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      mistakes.push(...error.message.split('\n'))
      return undefined
    }
  })
  if (mistakes.length > 0) throw new UserError(firstOf([...new Set(mistakes)]).join('\n'))
  return given as { [I in keyof Calls]: ReturnType<Calls[I]> }
}
