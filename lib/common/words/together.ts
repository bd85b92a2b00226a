import { UserError } from './errors.ts'

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
  if (mistakes.length > 0) throw new UserError([...new Set(mistakes)].join('\n'))
  return given as { [I in keyof Calls]: ReturnType<Calls[I]> }
}
