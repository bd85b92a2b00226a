import { versionsOf } from '../data/versions.ts'
import { html } from '../html.ts'
import type { Part } from './part.ts'
import { size, table } from './words.ts'

/** What it was made of, and the sums by which one knows it again. */
export const versions: Part = {
  id: 'versions',
  title: 'Versions and sums',
  of(one) {
    return html`${table('What it was made of', ['Part', 'Version'], versionsOf(one))}
    ${table(
      'Files beside this page',
      ['File', { figure: 'Size' }, 'sha256'],
      Object.entries(one.record.files).map(([file, { bytes, sha256 }]) => [
        file,
        { figure: size(bytes) },
        html`<code>${sha256}</code>`,
      ]),
    )}`
  },
}
