import { relative } from 'node:path'
import { isMap, isNode, isPair, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import type { Document } from 'yaml'
import type { z } from 'zod'
import { messageOf, UserError } from '../../common/words/errors.ts'
import { textOf } from '../../common/files/text-files.ts'
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
): Located<z.output<S>> {
  return parseYaml(textOf(file, root), relative(root, file), schema, overrides)
}

/** The same for a text that is already in memory; `name` stands in front of every message. */
export function parseYaml<S extends z.ZodType>(
  text: string,
  name: string,
  schema: S,
  overrides: Override[] = [],
): Located<z.output<S>> {
  const lines = new LineCounter()
  const doc = parseDocument(text, { lineCounter: lines, uniqueKeys: true })
  const place: Place = (path, key) => {
    const whole = key === undefined ? path : [...path, key]
    const begins = (long: KeyPath, short: KeyPath): boolean =>
      short.every((step, i) => String(long[i]) === String(step))
    // A value that only --set made (`jak` of --set jak.period=64) has no place in the file.
    const made = (set: KeyPath): boolean =>
      key !== undefined && begins(set, whole) && !original.hasIn(whole)
    const override = overrides.findLast(({ path: set }) => begins(whole, set) || made(set))
    if (override) return override.text
    const { line, col } = lines.linePos(
      key === undefined ? offsetOf(doc, path) : keyOffset(doc, path, key),
    )
    return `${name}:${line}:${col}`
  }
  if (doc.errors.length > 0) {
    const faults = doc.errors.map(({ pos: [at], message }) => {
      const { line, col } = lines.linePos(at)
      return `${name}:${line}:${col} ${firstLine(message)}`
    })
    throw new UserError(faults.join('\n'))
  }
  const original = overrides.length === 0 ? doc : doc.clone()
  for (const { path, value, text: said } of overrides) {
    const plain = path.findIndex((_, i) => i > 0 && isScalar(doc.getIn(path.slice(0, i), true)))
    if (plain > 0)
      throw new UserError(
        `${said} ${path.join('.')}: ${path.slice(0, plain).join('.')} is one value and has no parts`,
      )
    doc.setIn(path, doc.createNode(value))
  }
  const at = (path: KeyPath): string => place(path)
  let value: unknown
  try {
    value = doc.toJS()
  } catch (error) {
    // an alias: of nothing, or of too much
    const alias = aliasesIn(doc)[0]
    const { line, col } = lines.linePos(alias ?? 0)
    throw new UserError(`${name}:${line}:${col} ${messageOf(error)}`)
  }
  const result = schema.safeParse(value)
  if (result.success) return { value: result.data, at }
  throw new UserError(
    result.error.issues.flatMap((issue) => wordsFor(issue, value, place, schema)).join('\n'),
  )
}

/**
 * What one would write behind a key: a number, true, a word, or a list or map such as `[nano,
 * vim]`.
 */
export function plainValue(text: string, name: string): unknown {
  if (/^-?\d+$/.test(text)) return Number(text)
  if (text === 'true' || text === 'false') return text === 'true'
  if (!/^[[{]/.test(text)) return text
  const doc = parseDocument(text)
  if (doc.errors[0]) throw new UserError(`${name}: ${firstLine(doc.errors[0].message)}`)
  return doc.toJS()
}

/** What the parser says of a fault, without the place and the picture that it adds. */
const firstLine = (message: string): string =>
  message.split('\n')[0]!.replace(/ at line \d+.*$/, '')

function aliasesIn(doc: Document): number[] {
  const found: number[] = []
  visit(doc, { Alias: (_, alias) => void found.push(alias.range?.[0] ?? 0) })
  return found
}

function offsetOf(doc: Document, path: KeyPath): number {
  for (let length = path.length; length > 0; length--) {
    const node = doc.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return 0
}

/** Where a key itself (not its value) stands, for keys that should not be there. */
function keyOffset(doc: Document, path: KeyPath, key: string): number {
  const parent = path.length === 0 ? doc.contents : doc.getIn(path, true)
  const pair = isMap(parent)
    ? parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key)
    : undefined
  return isScalar(pair?.key) && pair.key.range ? pair.key.range[0] : offsetOf(doc, path)
}
