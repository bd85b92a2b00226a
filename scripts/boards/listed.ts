import type { BoardFacts } from './facts.ts'
import { bitsOf, bootTestsOf, braced, kernelsOf, machinesOf } from './words.ts'

/** What `./downbeat list boards --json` says of a board. */
export interface ListedBoard {
  about: string
  chip: string
  bits: number[]
  /** base: the kernels that serve the board there */
  bases: Record<string, string[]>
  emulators: { machine: string; exact: boolean }[]
  boot_tests: string[]
  /** what its radio lacks */
  why_not?: string
}

export function listedBoard(facts: BoardFacts, gap: string | undefined): ListedBoard {
  const { board, bases } = facts
  return {
    about: board.name,
    chip: board.soc,
    bits: bitsOf(facts),
    bases: Object.fromEntries(bases.map(({ id, kernels }) => [id, kernels])),
    emulators: Object.values(board.emulators).map(({ machine, exact }) => ({ machine, exact })),
    boot_tests: bootTestsOf(facts),
    ...(gap === undefined ? {} : { why_not: gap }),
  }
}

/** The terminal that is always there. */
const WIDTH = 80

/**
 * The boards for a person, in lines of at most 80 letters: a row of what each is, and below it what
 * can be had on it.
 */
export function boardTable(
  all: readonly (readonly [BoardFacts, gap: string | undefined])[],
): string[] {
  const rows = [
    ['board', 'what it is', 'chip', 'bits', 'emulator'],
    ...all.map(([facts]) => [
      facts.board.id,
      facts.board.name.replace(/^Raspberry Pi /, ''),
      facts.board.soc,
      bitsOf(facts).join(', '),
      machinesOf(facts)[0] ?? 'none',
    ]),
  ]
  const wide = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)))
  const lines = rows.map((row) =>
    `  ${row.map((cell, i) => cell.padEnd(wide[i]!)).join('  ')}`.trimEnd(),
  )
  const indent = ' '.repeat(wide[0]! + 4)
  const [first, ...others] = lines
  return others.reduce(
    (table, line, i) => {
      const [facts, gap] = all[i]!
      const below = [
        `bases: ${braced(facts.bases.map(({ id }) => id))}`,
        `kernels: ${kernelsOf(facts)}`,
        `boot test: ${bootTestsOf(facts).join(', ') || 'none'}`,
        ...(gap === undefined ? [] : [gap]),
      ]
      table.push(line, ...below.flatMap((text) => wrapped(text, indent)))
      return table
    },
    [first!],
  )
}

/** A text in lines that fit, all but the first further in. */
function wrapped(text: string, indent: string): string[] {
  const lines: string[] = []
  let line = indent
  for (const word of text.split(' ')) {
    if (line.trim() !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = `${indent}  `
    }
    line += line.trim() === '' ? word : ` ${word}`
  }
  return [...lines, line]
}
