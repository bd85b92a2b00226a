/** Colours of one way to show a page, as #rrggbb. */
export interface Palette {
  /** behind everything, and behind what stands apart */
  ground: string
  panel: string
  /** text, and text that is less important */
  text: string
  soft: string
  /** lines between things */
  line: string
  link: string
  good: string
  bad: string
  /** of bars: the parts of a picture */
  one: string
  two: string
  three: string
  four: string
}

/** Of bars. */
export type Tone = 'one' | 'two' | 'three' | 'four'

/** A test computes the contrast of each pair that is used (WCAG 2.2, 1.4.3 and 1.4.11). */
export const palettes: Readonly<Record<'light' | 'dark', Palette>> = {
  light: {
    ground: '#ffffff',
    panel: '#f2f4f6',
    text: '#1b1f24',
    soft: '#4d5661',
    line: '#c3cad2',
    link: '#0b5cad',
    good: '#17692f',
    bad: '#b3261e',
    one: '#2166ac',
    two: '#b35806',
    three: '#1b7837',
    four: '#762a83',
  },
  dark: {
    ground: '#14171a',
    panel: '#1e2328',
    text: '#e8eaed',
    soft: '#b0b8c1',
    line: '#3b434c',
    link: '#8ab4f8',
    good: '#6fcf7f',
    bad: '#ff8a80',
    one: '#6baed6',
    two: '#fdae61',
    three: '#7fcf8f',
    four: '#c9a0dc',
  },
}
