import { isPair, isScalar, visit } from 'yaml'
import type { Document } from 'yaml'

/**
 * What stands in a file in the place of a value that only a person can know; behind it stands what
 * that is. `./downbeat add-soundcard` writes it. A file with such a mark is refused.
 */
export const MARK = 'FILL_IN'

/** The marks in a document that nobody has filled in, each with its place and what is wanted. */
export function unfilled(doc: Document, at: (offset: number) => string): string[] {
  const found: string[] = []
  visit(doc, {
    Scalar(_, { value, range }, path) {
      if (typeof value !== 'string' || !value.startsWith(MARK)) return
      const wanted = value.slice(MARK.length).replace(/^[:\s]+/, '')
      const keys = path.flatMap((node) =>
        isPair(node) && isScalar(node.key) ? [String(node.key.value)] : [],
      )
      found.push(
        `${at(range?.[0] ?? 0)} ${keys.join('.')}: not filled in yet: ${wanted || 'what belongs here'}`,
      )
    },
  })
  return found
}
