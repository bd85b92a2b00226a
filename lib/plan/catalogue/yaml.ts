import { isMap, isNode, isScalar } from 'yaml'
import type { Document, Node, YAMLMap } from 'yaml'
import type { z } from 'zod'
import { UserError } from '../../common/words/errors.ts'
import { nameOf } from '../../common/files/file-name.ts'
import { textOf } from '../../common/files/text-files.ts'
import { firstOf } from '../../common/words/together.ts'
import { visible } from '../../common/words/visible.ts'
import { openDocument, valueOf, whyNoPart } from './document.ts'
import { unfilled } from './marks.ts'
import { wordsFor } from './mistakes.ts'
import type { KeyPath, Place } from './mistakes.ts'

/** A checked YAML file: its value, and where each part of it stands. */
export interface Located<T> {
  value: T
  /** `boards/pi4b.yaml:3:7`, the place of a value (or of the nearest enclosing one). */
  at: (path: KeyPath) => string
}

/** A value that replaces one of the file, as `--set a.b=c` gives it. */
export interface Override {
  path: string[]
  value: unknown
  /** what to call it in messages */
  text: string
}

/**
 * Reads a YAML file and checks it against a strict schema. Throws UserError with file, line, column
 * and a hint.
 */
export function readYaml<S extends z.ZodType>(
  file: string,
  schema: S,
  root: string,
  overrides: Override[] = [],
  within?: string,
): Located<z.output<S>> {
  return parseYaml(textOf(file, root), nameOf(file, root), schema, overrides, within)
}

/**
 * The same for a text that is already in memory; `name` stands in front of every message. `within`:
 * only what this key has is read, or nothing where there is none.
 */
export function parseYaml<S extends z.ZodType>(
  text: string,
  name: string,
  schema: S,
  overrides: Override[] = [],
  within?: string,
): Located<z.output<S>> {
  const { doc, at: placeAt } = openDocument(text, name)
  if (within !== undefined)
    doc.contents = (doc.getIn([within], true) as Node | undefined) ?? doc.createNode({})
  const placeOf = (path: KeyPath, key: string | undefined, mistaken: boolean): string => {
    const whole = key === undefined ? path : [...path, key]
    const begins = (long: KeyPath, short: KeyPath): boolean =>
      short.every((step, i) => String(long[i]) === String(step))
    // A value that only --set made (`jak` of --set jak.period=64) has no place in the file.
    const made = (set: KeyPath): boolean => mistaken && begins(set, whole) && !original.hasIn(whole)
    const override = overrides.findLast(({ path: set }) => begins(whole, set) || made(set))
    if (override) return override.text
    return placeAt(key === undefined ? offsetOf(doc, path) : keyOffset(doc, path, key))
  }
  const original = overrides.length === 0 ? doc : doc.clone()
  const misplaced = overrides.flatMap(({ path, value, text: said }) => {
    const why = whyNoPart(doc, path)
    if (why !== undefined) return [`${said} ${visible(path.join('.'))}: ${why}`]
    doc.setIn(path, doc.createNode(value))
    return []
  })
  if (misplaced.length > 0) throw new UserError(firstOf(misplaced).join('\n'))
  // before the schema, which would take such a word for a name
  const marks = unfilled(doc, placeAt)
  if (marks.length > 0) throw new UserError(firstOf(marks).map(visible).join('\n'))
  const at = (path: KeyPath): string => placeOf(path, undefined, false)
  const place: Place = (path, key) => placeOf(path, key, path.length > 0 || key !== undefined)
  const value = valueOf(doc, name)
  const result = schema.safeParse(value)
  if (result.success) return { value: result.data, at }
  const mistakes = result.error.issues.flatMap((issue) => wordsFor(issue, value, place, schema))
  // what was written is repeated, and may have a line end or an escape sequence in it
  throw new UserError(firstOf(mistakes).map(visible).join('\n'))
}

/**
 * What one would write behind a key: a number, true, a word, or a list or map such as `[nano,
 * vim]`.
 */
export function plainValue(text: string, name: string): unknown {
  if (/^-?\d+$/.test(text)) return Number(text)
  if (text === 'true' || text === 'false') return text === 'true'
  if (!/^[[{]/.test(text)) return text
  return valueOf(openDocument(text, name, true).doc, name)
}

function offsetOf(doc: Document, path: KeyPath): number {
  for (let length = path.length; length > 0; length--) {
    const node = doc.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return 0
}

/** Where the keys of a map stand: there may be thousands that nobody knows. */
const offsets = new WeakMap<YAMLMap, Map<unknown, number>>()

/** Where a key itself (not its value) stands, for keys that should not be there. */
function keyOffset(doc: Document, path: KeyPath, key: string): number {
  const parent = path.length === 0 ? doc.contents : doc.getIn(path, true)
  if (!isMap(parent)) return offsetOf(doc, path)
  const known =
    offsets.get(parent) ??
    new Map(
      parent.items.flatMap(({ key: node }) =>
        isScalar(node) && node.range ? [[String(node.value), node.range[0]]] : [],
      ),
    )
  offsets.set(parent, known)
  return known.get(key) ?? offsetOf(doc, path)
}
