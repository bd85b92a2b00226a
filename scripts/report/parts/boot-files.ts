import { bootLinesOf } from '../data/boot-lines.ts'
import { html } from '../html.ts'
import type { Part } from './part.ts'
import { table } from './words.ts'

/** config.txt and cmdline.txt, each line with its reason. */
export const bootFiles: Part = {
  id: 'boot-files',
  title: 'config.txt and cmdline.txt',
  of(one) {
    const { config, cmdline } = bootLinesOf(one)
    return html`${table(
      'config.txt: what the firmware is told',
      ['Line', 'Why'],
      config.map(({ section, text, why }) => [
        // a section of its own is for some boards only
        html`<code>${text}</code>
          ${section === '[all]' ? '' : html`<span class="soft">${section}</span>`}`,
        why,
      ]),
    )}
    ${table(
      'cmdline.txt: what the kernel is told',
      ['Word', 'Why'],
      cmdline.map(({ text, why }) => [html`<code>${text}</code>`, why]),
    )}`
  },
}
