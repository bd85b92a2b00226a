import { visible } from '../../lib/common/words/visible.ts'

// No text outside of this room can make one: JSON has no symbols.
const MADE: unique symbol = Symbol('made of a template')

/** A part of a page. Only `html` makes one. */
export interface Html {
  readonly [MADE]: string
}

/** What may stand in a template: a text is escaped, and a part of a page is taken as it is. */
type Part = Html | string | number | undefined | readonly Part[]

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
}

/**
 * A text as a page shows it, between tags and in the quotes of an attribute. Names of boards, cards
 * and packages come from outside. What nobody would see, or would turn the text around it, is shown
 * as an escape.
 */
const escaped = (text: string): string =>
  visible(text).replaceAll(/[&<>"'`]/g, (found) => entities[found]!)

/** A part of a page. Every value in the template is escaped, unless it is such a part itself. */
export const html = (texts: TemplateStringsArray, ...parts: Part[]): Html => ({
  [MADE]: texts.map((text, i) => text + (i < parts.length ? shown(parts[i]) : '')).join(''),
})

function shown(part: Part): string {
  if (part === undefined) return ''
  if (typeof part === 'number' || typeof part === 'string') return escaped(String(part))
  return MADE in part ? part[MADE] : part.map(shown).join('')
}

/** The text of a page, to be written to a file. */
export const textOfPage = (page: Html): string => page[MADE]

/** The style of a page, which is of this repository and has no text from outside in it. */
export const asStyle = (css: string): Html => ({ [MADE]: css })
