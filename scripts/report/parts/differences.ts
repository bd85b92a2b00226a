import { differencesOf } from '../data/differences.ts'
import { html } from '../html.ts'
import type { Html } from '../html.ts'
import type { Subject } from './part.ts'
import { table } from './words.ts'

/** What two images do not have in common. */
export function differences(one: Subject, other: Subject): Html {
  const groups = differencesOf(one, other)
  const same = groups.filter(({ rows }) => rows.length === 0).map(({ title }) => title)
  return html`<section id="differences">
    <h2>What differs</h2>
    ${groups
      .filter(({ rows }) => rows.length > 0)
      .map(({ title, rows }) =>
        table(
          title,
          ['', one.name, other.name],
          rows.map((row) => [row.what, row.one || '–', row.other || '–']),
        ),
      )}
    ${same.length === 0 ? undefined : html`<p>The same in both: ${same.join(', ')}.</p>`}
  </section>`
}
