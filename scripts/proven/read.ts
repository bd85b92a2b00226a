import { resolve } from 'node:path'
import type { z } from 'zod'
import { textOf } from '../../lib/common/files/text-files.ts'
import { UserError } from '../../lib/common/words/errors.ts'
import { visible } from '../../lib/common/words/visible.ts'
import { parseYaml } from '../../lib/plan/catalogue/yaml.ts'

/** What a program has written as JSON, and where each part of it stands. */
export interface Report<T> {
  value: T
  at: (path: readonly PropertyKey[]) => string
}

/** The text of a file that somebody names. UserError for what is no text, or far too long. */
export const textOfReport = (file: string): string => textOf(resolve(file), process.cwd())

/**
 * Reads what a program has written. UserError, with the place, for what is no JSON, or says anything
 * that the program does not write.
 */
export function reportOf<T>(text: string, file: string, schema: z.ZodType<T>): Report<T> {
  const name = visible(file)
  if (!/^\s*\{/.test(text)) throw new UserError(`${name}:1:1 is no JSON: expected { there`)
  // JSON is YAML; what reads YAML knows the place of each part, and finds a key that is there twice
  return parseYaml(text, name, schema)
}

/** Puts what is to be done behind a mistake. */
export function withEnd<T>(end: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    throw new UserError(`${error.message}; ${end}`)
  }
}
