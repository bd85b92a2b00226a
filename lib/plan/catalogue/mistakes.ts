import type { z } from 'zod'
import { SHOWN } from '../../common/words/together.ts'
import { didYouMean, perhaps } from '../../common/words/nearest.ts'

export type KeyPath = readonly PropertyKey[]

/** The place of a value, or of the key itself where that is what should not be there. */
export type Place = (path: KeyPath, key?: string) => string

type Issue = z.core.$ZodIssue

/** What people call the kinds of value of a YAML file. */
const KINDS: Record<string, string> = {
  string: 'text',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'keys with values',
  record: 'keys with values',
}

/** What the library expects of a key that one form of a value requires and another does not. */
const MISSING = 'nonoptional'

/**
 * Each mistake that a schema found in a value, as a line: its place, its key, what is expected and
 * what is there instead.
 */
export function wordsFor(issue: Issue, value: unknown, place: Place, schema: z.ZodType): string[] {
  const { path } = issue
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, path)
    return issue.keys.map((key, i) => {
      if (i >= SHOWN) return key // nobody reads more of them
      const where = [...path.map(String), key].join('.')
      // of another kind of what may stand here
      if (known.includes(key))
        return `${place(path, key)} ${where}: does not go with the other keys here`
      return `${place(path, key)} ${where}: unknown key${didYouMean(key, known)}`
    })
  }
  const got = valueAt(value, path)
  const meant = issue.code === 'invalid_union' ? meantBy(issue, got) : undefined
  if (meant)
    return meant.flatMap((one) =>
      wordsFor({ ...one, path: [...path, ...one.path] }, value, place, schema),
    )
  const before = path.length === 0 ? '' : `${path.map(String).join('.')}: `
  const expected = expectedOf(issue)
  if (got === undefined && expected !== undefined)
    return [
      `${place(path.slice(0, -1))} ${before}is missing${expected === MISSING ? '' : ` (expected ${expected})`}`,
    ]
  return [
    `${place(path)} ${before}${expected === undefined ? sentence(issue, got) : `expected ${expected}, got ${show(got)}${hint(issue, got)}${keysOf(issue, schema)}`}`,
  ]
}

/** Which keys there are, where a value stands in the place of them. */
function keysOf({ code, path, ...issue }: Issue, schema: z.ZodType): string {
  if (code !== 'invalid_type' || path.length === 0) return ''
  const known = 'expected' in issue && issue.expected === 'object' ? keysAt(schema, path) : []
  return known.length === 0 ? '' : ` (its keys: ${known.join(', ')})`
}

/**
 * What is wrong with the value as the one form that it was meant in; undefined: it could be none of
 * them, or several.
 */
function meantBy(issue: z.core.$ZodIssueInvalidUnion, got: unknown): Issue[] | undefined {
  const forms =
    got === undefined
      ? []
      : issue.errors.filter(
          (form) => !form.some((one) => one.path.length === 0 && isOfAnotherKind(one)),
        )
  return forms.length === 1 ? forms[0] : undefined
}

const isOfAnotherKind = ({ code }: Issue): boolean =>
  code === 'invalid_type' || code === 'invalid_value'

/**
 * The kinds of value, or the very words, that are expected; undefined where the schema says that in
 * a sentence.
 */
function expectedOf(issue: Issue): string | undefined {
  const words = wordsOf(issue)
  if (words) return words.map((word) => JSON.stringify(word)).join(' or ')
  if (issue.code === 'invalid_union') return kindsOf(issue).join(' or ')
  return issue.code === 'invalid_type' && !hasOwnWords(issue) ? kind(issue.expected) : undefined
}

/** What a schema that was given no words of its own says. */
function sentence(issue: Issue, got: unknown): string {
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message
  if (hasOwnWords(issue)) return issue.message
  if (issue.code === 'too_small')
    return `expected at least ${issue.minimum}${unit(issue.origin, Number(issue.minimum))}, got ${show(got)}`
  if (issue.code === 'too_big')
    return `expected at most ${issue.maximum}${unit(issue.origin, Number(issue.maximum))}, got ${show(got)}`
  return issue.message
}

/** The library's sentences begin with a capital letter, ours never do. */
const hasOwnWords = ({ message }: Issue): boolean =>
  !/^(Invalid|Too (small|big)|Unrecognized)/.test(message)

const unit = (origin: string, count: number): string =>
  origin === 'array' || origin === 'set'
    ? count === 1
      ? ' entry'
      : ' entries'
    : origin === 'string'
      ? count === 1
        ? ' letter'
        : ' letters'
      : ''

const kind = (name: string): string => KINDS[name] ?? name

/** The words that are allowed: as a value, or as the one that decides which keys there are. */
const wordsOf = (issue: Issue): unknown[] | undefined =>
  issue.code === 'invalid_value'
    ? issue.values
    : issue.code === 'invalid_union' && 'options' in issue
      ? issue.options
      : undefined

/** The kinds of value that a union takes, or the very words, unions in it included. */
const kindsOf = (issue: z.core.$ZodIssueInvalidUnion): string[] => [
  ...new Set(
    issue.errors
      .flat()
      .flatMap((one) =>
        one.path.length > 0
          ? []
          : one.code === 'invalid_union'
            ? kindsOf(one)
            : (wordsOf(one)?.map((word) => JSON.stringify(word)) ??
              (one.code === 'invalid_type' ? [kind(one.expected)] : [])),
      ),
  ),
]

/** What others call on and off. */
const SWITCHES = new Map([
  ['true', 'on'],
  ['yes', 'on'],
  ['y', 'on'],
  ['false', 'off'],
  ['no', 'off'],
  ['n', 'off'],
])

/** Which of the allowed words was meant. */
function hint(issue: Issue, got: unknown): string {
  const words = (wordsOf(issue) ?? []).filter((word) => typeof word === 'string')
  const word = typeof got === 'string' || typeof got === 'boolean' ? String(got) : ''
  const other = SWITCHES.get(word.toLowerCase())
  if (other !== undefined && words.includes(other)) return ` (did you mean "${other}"?)`
  return typeof got === 'string' ? perhaps(got, words) : ''
}

/** The part of a value that a path leads to. */
const valueAt = (value: unknown, path: KeyPath): unknown =>
  path.reduce<unknown>(
    (at, step) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, step)
        ? (at as Record<PropertyKey, unknown>)[step]
        : undefined,
    value,
  )

const show = (value: unknown): string => {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'nothing')
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

interface Shape {
  shape?: Record<string, Shape>
  def?: {
    innerType?: Shape
    element?: Shape
    keyType?: { options?: string[] }
    valueType?: Shape
    options?: Shape[]
    in?: Shape
  }
}

/** The keys a schema knows at a path, through optional values, defaults, lists and unions. */
function keysAt(schema: unknown, path: KeyPath): string[] {
  let options = [schema as Shape]
  for (const step of path)
    options = options
      .flatMap(open)
      .flatMap(
        (node) => own(node.shape, String(step)) ?? node.def?.element ?? node.def?.valueType ?? [],
      )
  return [
    ...new Set(
      options
        .flatMap(open)
        .flatMap((node) => Object.keys(node.shape ?? {}).concat(node.def?.keyType?.options ?? [])),
    ),
  ]
}

const own = (shape: Shape['shape'], key: string): Shape | undefined =>
  shape !== undefined && Object.hasOwn(shape, key) ? shape[key] : undefined

function open(node: Shape): Shape[] {
  const { innerType, options, in: input } = node.def ?? {}
  const inner = [...(innerType ? [innerType] : []), ...(options ?? []), ...(input ? [input] : [])]
  return inner.length > 0 ? inner.flatMap(open) : [node]
}
