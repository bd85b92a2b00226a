import { UserError } from '../../lib/common/words/errors.ts'
import { didYouMean } from '../../lib/common/words/nearest.ts'
import { visible } from '../../lib/common/words/visible.ts'

// What downbeat-soundcard-dump prints: a first line, then sections of so many lines, then [end].
// Everything in it is data of somebody else's device: it is compared with forms, and never run.

/** What the sections are called; each is there once. */
const SECTIONS = [
  'system',
  'card',
  'module',
  'device',
  'usb',
  'names',
  'hat',
  'overlays',
  'compatible',
  'stream',
  'playback',
  'capture',
  'mixer',
] as const
export type Section = (typeof SECTIONS)[number]

/** A line of a section, and which one of the file it is. */
export interface Line {
  row: number
  text: string
}

/** A dump that is whole. */
export interface Dump {
  /** what to call it in messages */
  name: string
  lines: Record<Section, readonly Line[]>
}

const FIRST = 'downbeat-soundcard-dump 1'

/** How a dump is made, for the end of a message. */
export const ANEW =
  'make it anew where the card is: downbeat-soundcard-dump > dump.txt (templates/root/usr/bin has it, and it runs on any Linux)'

/** That a line of a dump is not as it should be, and what to do. */
export const wrong = (name: string, row: number, what: string): UserError =>
  new UserError(`${name}:${row}: ${what}; ${ANEW}`)

/** Takes a dump apart. Throws UserError, with the line, for what is none, is cut off or was changed. */
export function readDump(text: string, name: string): Dump {
  const rows = text.split('\n').map((row) => row.replace(/\r$/, ''))
  const first = rows.findIndex((row) => row.trim() !== '')
  if (rows[first]?.trimEnd() !== FIRST) throw notOne(rows[first] ?? '', name, first + 1)
  refuseControls(rows, name)
  const found = new Map<string, Line[]>()
  let at = first + 1
  for (;;) {
    const row = rows[at]
    if (row === undefined || (row.trim() === '' && at === rows.length - 1))
      throw wrong(name, at, 'it ends here, and has no [end]: it was cut off')
    if (row.trimEnd() === '[end]') break
    const [, title, number] = /^\[([a-z]+): (\d{1,5}) lines\]\s*$/.exec(row) ?? []
    if (title === undefined)
      throw wrong(
        name,
        at + 1,
        row.startsWith('|')
          ? 'is one line more than its section says that it has: it was changed'
          : 'expected the head of a section, such as [card: 2 lines]: it was changed, or its lines were broken',
      )
    if (!(SECTIONS as readonly string[]).includes(title))
      throw wrong(name, at + 1, `there is no section [${title}]${didYouMean(title, SECTIONS)}`)
    if (found.has(title)) throw wrong(name, at + 1, `[${title}] is there twice`)
    const lines = rows.slice(at + 1, at + 1 + Number(number))
    const odd = lines.findIndex((line) => !/^\|( |$)/.test(line))
    const last = odd < 0 ? lines.length : odd
    if (last < Number(number))
      throw wrong(
        name,
        at + 2 + last,
        `[${title}] in line ${at + 1} says ${number} lines, and has ${last}: it was cut off, or changed`,
      )
    found.set(
      title,
      lines.map((line, i) => ({ row: at + 2 + i, text: line.slice(2) })),
    )
    at += 1 + Number(number)
  }
  const missing = SECTIONS.find((title) => !found.has(title))
  if (missing !== undefined)
    throw wrong(name, at + 1, `[${missing}] is missing before the end: it was changed`)
  return { name, lines: Object.fromEntries(found) as unknown as Dump['lines'] }
}

/** What is said of a file that is no dump at all. */
function notOne(row: string, name: string, at: number): UserError {
  const [, version] = /^downbeat-soundcard-dump (\d+)\s*$/.exec(row) ?? []
  if (version !== undefined)
    return wrong(name, at, `is a dump of version ${version}, and this downbeat reads version 1`)
  return wrong(
    name,
    Math.max(at, 1),
    `is no dump of a sound card: its first line is not "${FIRST}"`,
  )
}

/** The program that makes it writes ASCII only; what else is there was put there later. */
function refuseControls(rows: readonly string[], name: string): void {
  for (const [i, row] of rows.entries()) {
    const found = /[^ -~]/u.exec(row)
    if (found)
      throw wrong(
        name,
        i + 1,
        `has the character ${code(found[0])} as letter ${found.index + 1} ("${visible(found[0])}"), which no dump has: it was changed`,
      )
  }
}

const code = (letter: string): string =>
  `U+${letter.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
