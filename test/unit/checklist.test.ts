import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { repository } from './fixtures.ts'

// The form of docs/checklist.yaml; what its rows promise is proven where they say.

interface Row {
  says: string
  today: string
  tunings?: string[]
  rule?: string
  test?: string
  because?: string
}
const { sections } = parse(readFileSync(join(repository, 'docs/checklist.yaml'), 'utf8')) as {
  sections: { rows: Record<string, Row> }[]
}
const rows = sections.flatMap((section) => Object.entries(section.rows))

test('the checklist has the rows S01 to S161, each once and in order', () => {
  expect(rows.map(([id]) => id)).toEqual(
    Array.from({ length: 161 }, (_, i) => `S${String(i + 1).padStart(2, '0')}`),
  )
})

test.each(rows)('%s of the checklist is short, and a rule has its test', (_, row) => {
  expect(row.says.length).toBeLessThanOrEqual(140)
  expect(row.today.length).toBeLessThanOrEqual(220)
  expect(row.test === undefined).toBe(row.rule === undefined)
})
