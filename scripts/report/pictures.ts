import { html } from './html.ts'
import type { Html } from './html.ts'
import type { Tone } from './palette.ts'

// Pictures have no size of their own: what lies beside each other is told in parts of the width, so
// letters are as large on a phone as on a screen.

/** What a picture is called, and what it shows in words, for those who cannot see it. */
export interface Caption {
  /** a word, unique on the page */
  id: string
  title: string
  words: string
}

/** One bar of a picture, with its words above it. From and to are of the picture's own measure. */
export interface Bar {
  label: string
  value: string
  from: number
  to: number
  tone: Tone
}

/** One column of a picture: how high, between 0 and 1. */
export interface Column {
  label: string
  value: string
  height: number
  tone: Tone
}

const ROW = 42
const BARS = 110

const percent = (part: number): string => `${Math.round(part * 10_000) / 100}%`

const picture = ({ id, title, words }: Caption, height: number, inside: readonly Html[]): Html =>
  html`<svg role="img" aria-labelledby="${id}-title ${id}-words" height="${height}">
    <title id="${id}-title">${title}</title>
    <desc id="${id}-words">${words}</desc>
    ${inside}
  </svg>`

/** Bars below each other; `most` is the measure of the whole width. */
export function bars(caption: Caption, rows: readonly Bar[], most: number): Html {
  const part = (value: number): number => (most > 0 ? Math.min(1, value / most) : 0)
  return picture(
    caption,
    rows.length * ROW,
    rows.map(({ label, value, from, to, tone }, i) => {
      const y = i * ROW
      return html`<text x="0" y="${y + 15}">${short(label)}</text
        ><text class="soft" x="100%" y="${y + 15}" text-anchor="end">${value}</text
        ><line class="line" x1="0" x2="100%" y1="${y + 34}" y2="${y + 34}" /><rect
          class="${tone}"
          x="${percent(part(from))}"
          y="${y + 22}"
          width="${percent(Math.max(0.002, part(to) - part(from)))}"
          height="12"
        />`
    }),
  )
}

/** Columns beside each other, with their words below them and their values above. */
export function columns(caption: Caption, all: readonly Column[]): Html {
  const width = 1 / all.length
  return picture(caption, BARS + 42, [
    html`<line class="line" x1="0" x2="100%" y1="${BARS + 20}" y2="${BARS + 20}" />`,
    ...all.map(({ label, value, height, tone }, i) => {
      const [middle, high] = [percent((i + 0.5) * width), Math.round(height * BARS)]
      return html`<rect
          class="${tone}"
          x="${percent((i + 0.1) * width)}"
          y="${BARS + 20 - high}"
          width="${percent(0.8 * width)}"
          height="${high}"
        /><text class="small" x="${middle}" y="${BARS + 14 - high}" text-anchor="middle"
          >${value}</text
        ><text class="small soft" x="${middle}" y="${BARS + 36}" text-anchor="middle"
          >${label}</text
        >`
    }),
  ])
}

/** So many letters have room beside a value on a phone. */
const LETTERS = 34

function short(label: string): string {
  const letters = Array.from(new Intl.Segmenter('en').segment(label), ({ segment }) => segment)
  return letters.length > LETTERS ? `${letters.slice(0, LETTERS - 1).join('')}…` : label
}
