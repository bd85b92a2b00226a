import { html } from '../html.ts'
import type { Html } from '../html.ts'

/** A cell of a table: a text, what is more than a text, or a figure, which stands at the right. */
export type Cell = string | Html | { figure: string }

/** A table with a caption, for those who hear it; the first cell of each row is what the row is of. */
export const table = (
  caption: string,
  heads: readonly Cell[],
  rows: readonly (readonly Cell[])[],
): Html =>
  html`<table>
    <caption>
      ${caption}
    </caption>
    <thead>
      <tr>
        ${heads.map((head) => html`<th scope="col" ${classOf(head)}>${textOf(head)}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ([first, ...rest]) =>
          html`<tr>
            <th scope="row">${textOf(first ?? '')}</th>
            ${rest.map((cell) => html`<td${classOf(cell)}>${textOf(cell)}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`

const isFigure = (cell: Cell): cell is { figure: string } =>
  typeof cell !== 'string' && 'figure' in cell

const textOf = (cell: Cell): string | Html => (isFigure(cell) ? cell.figure : cell)

const classOf = (cell: Cell): Html | undefined =>
  isFigure(cell) ? html` class="number"` : undefined

/** A list with a point each. */
export const list = (items: readonly (string | Html)[]): Html =>
  html`<ul>
    ${items.map((item) => html`<li>${item}</li>`)}
  </ul>`

/** What is shown at a click. */
export const folded = (summary: string | Html, inside: Html): Html =>
  html`<details>
    <summary>${summary}</summary>
    ${inside}
  </details>`

/** `3 boards`, `1 board`. */
export const counted = (count: number, one: string, more = `${one}s`): string =>
  `${count} ${count === 1 ? one : more}`

export const milliseconds = (ms: number): string => `${ms.toFixed(1)} ms`

/** Bytes as one reads them: kB and MB of 1000. */
export const size = (bytes: number): string =>
  bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e3).toFixed(0)} kB`
