import {
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml'
import type { Document, Node } from 'yaml'
import { UserError } from '../../common/words/errors.ts'
import { firstOf } from '../../common/words/together.ts'
import { visible } from '../../common/words/visible.ts'

/** Levels of lists and maps in each other; the deepest file of this repository has 6. */
const DEEPEST = 20

/** A key that JavaScript takes for something else, and the schemas pass over. */
const PROTOTYPE = '__proto__'

/** What an offset in the text of a document is for a person, such as `image.yaml:3:7`. */
type PlaceAt = (offset: number) => string

/**
 * A YAML text with nothing in it that could not become a value: UserError with each place. `line`:
 * it is a part of a command line, where nobody counts letters.
 */
export function openDocument(
  text: string,
  name: string,
  line = false,
): { doc: Document; at: PlaceAt } {
  const lines = new LineCounter()
  const at: PlaceAt = (offset) => {
    const { line: row, col } = lines.linePos(offset)
    return line ? `${name}:` : `${name}:${row}:${col}`
  }
  // Keys that are there twice are found below: the parser compares each key with all before it.
  const doc = shallow(name, () => parseDocument(text, { lineCounter: lines, uniqueKeys: false }))
  if (doc.errors.some(({ message }) => message.includes('call stack'))) throw tooDeep(name)
  const mistakes = [
    ...doc.errors.map(({ pos: [offset], message }) => `${at(offset)} ${firstLine(message)}`),
    ...controlsIn(text).map(
      ({ offset, code }) => `${at(offset)} has a control character (${code}): take it away`,
    ),
  ]
  if (mistakes.length === 0) mistakes.push(...shallow(name, () => mistakesIn(doc, at)))
  if (mistakes.length > 0)
    throw new UserError(
      firstOf([...new Set(mistakes)])
        .map(visible)
        .join('\n'),
    )
  return { doc, at }
}

/** The value of a document. UserError where its aliases stand for more than anybody writes. */
export function valueOf(doc: Document, name: string): unknown {
  try {
    return doc.toJS()
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error
    if (error.message.startsWith('Unresolved'))
      throw new UserError(
        `${name}: an alias (such as *x) stands for a value that --set has replaced: say its value, too`,
      )
    throw new UserError(`${name}: its aliases (such as *x) stand for too much: write less of them`)
  }
}

/** What is wrong in a document that the parser takes. */
function mistakesIn(doc: Document, at: PlaceAt): string[] {
  const mistakes: string[] = []
  const anchors = new Map<string, Node>()
  const wrong = (node: { range?: readonly number[] | null }, what: string): void =>
    void mistakes.push(`${at(node.range?.[0] ?? 0)} ${what}`)
  visit(doc, {
    Node(_, node, path) {
      if (path.filter(isCollection).length > DEEPEST) {
        wrong(node, `lies deeper than ${DEEPEST} levels`)
        return visit.BREAK
      }
      if (isAlias(node)) {
        const meant = anchors.get(node.source)
        if (meant === undefined)
          wrong(node, `*${node.source}: there is no &${node.source} before it`)
        else if (path.includes(meant)) wrong(node, `*${node.source} stands for itself`)
      } else if (node.anchor !== undefined) anchors.set(node.anchor, node)
      if (!isMap(node)) return undefined
      const seen = new Set<unknown>()
      for (const { key } of node.items) {
        const word = isScalar(key) ? String(key.value) : undefined
        if (word === undefined) wrong(node, 'has a key that is no word')
        else if (seen.has(word)) wrong(key as Node, `${word}: is there twice`)
        else if (word === PROTOTYPE) wrong(key as Node, `${word}: unknown key`)
        seen.add(word)
      }
      return undefined
    },
  })
  return mistakes
}

/** A text that is nested without an end exhausts the stack: that is a mistake of the text. */
function shallow<T>(name: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw tooDeep(name)
  }
}

const tooDeep = (name: string): UserError =>
  new UserError(`${name}: its lists and maps lie deeper than ${DEEPEST} levels`)

/** Characters that no text has, only a damaged file or one of another kind. */
function controlsIn(text: string): { offset: number; code: string }[] {
  // oxlint-disable-next-line no-control-regex -- just what is looked for
  return [...text.matchAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u0084\u0086-\u009F]/g)]
    .slice(0, 100)
    .map(({ index, 0: found }) => ({
      offset: index,
      code: `U+${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
    }))
}

/** What the parser says of a fault, without the place and the picture that it adds. */
const firstLine = (message: string): string =>
  message.includes('multiple documents')
    ? 'a second document begins here: write one'
    : message.split('\n')[0]!.replace(/ at line \d+.*$/, '')

/** Why nothing can be put at a path, if so: what stands on the way has no parts, or other ones. */
export function whyNoPart(doc: Document, path: readonly string[]): string | undefined {
  if (path.length > DEEPEST) return `lies deeper than ${DEEPEST} levels`
  for (const [i, step] of path.entries()) {
    if (step === PROTOTYPE) return 'unknown key'
    const node = i === 0 ? doc.contents : doc.getIn(path.slice(0, i), true)
    const before = path.slice(0, i).join('.') || 'the file'
    if (isAlias(node))
      return `${before} is an alias (*${node.source}): say the whole value, such as ${before}=…`
    if (isScalar(node) && (i > 0 || node.value !== null))
      return `${before} is one value and has no parts`
    if (isSeq(node) && !(/^\d+$/.test(step) && Number(step) <= node.items.length))
      return `${before} is a list of ${node.items.length}: say the whole list, such as ${before}=[…]`
  }
  return undefined
}
