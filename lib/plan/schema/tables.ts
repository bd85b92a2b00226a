import { readFileSync } from 'node:fs'

/** The files of tables/: what there is in the packages that images are made of. */
export type TableName =
  | 'accounts'
  | 'countries'
  | 'keyboard-layouts'
  | 'keyboard-variants'
  | 'locales'
  | 'time-zones'

const read = new Map<TableName, readonly string[]>()

/** The lines of a table that are no comment. */
export function linesOf(table: TableName): readonly string[] {
  const before = read.get(table)
  if (before) return before
  const text = readFileSync(new URL(`../../../tables/${table}.txt`, import.meta.url), 'utf8')
  const lines = text.split('\n').filter((line) => /^[^#\s]/.test(line))
  read.set(table, lines)
  return lines
}

const names = new Map<TableName, ReadonlySet<string>>()

/** The names in a table: the first word of each line. */
export function namesIn(table: TableName): ReadonlySet<string> {
  const before = names.get(table)
  if (before) return before
  const own = new Set(linesOf(table).map((line) => line.split(' ')[0]!))
  names.set(table, own)
  return own
}
