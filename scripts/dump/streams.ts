import type { Line } from './read.ts'

/** What a card takes in one direction. */
export interface Stream {
  /** the most channels; 0: it has nothing in this direction */
  channels: number
  /** Hz, each of them said by the card itself; empty: it says a range only */
  rates: number[]
  /** Hz, from and to */
  range?: [number, number]
  /** names of sample formats */
  formats: string[]
  /** frames of the shortest period; left out: it was not asked */
  shortest?: number
}

/** Formats of samples that a file of soundcards/ may name, in its order. JACK has no other. */
export const FORMATS = ['S16_LE', 'S20_3LE', 'S24_LE', 'S24_3LE', 'S32_LE']

/** Of a card without this direction. */
export const nothing: Stream = { channels: 0, rates: [], formats: [] }

const MOST_CHANNELS = 256
const MOST_RATE = 1_000_000

const whole = (text: string | undefined, most: number): number[] => {
  const number = Number(text)
  return text !== undefined && /^\d+$/.test(text) && number > 0 && number <= most ? [number] : []
}

/**
 * /proc/asound/card*\/stream0, which the driver for USB writes (Linux, sound/usb/proc.c): what the
 * device offers in each of its alternate settings.
 */
export function usbStreams(lines: readonly Line[]): { playback?: Stream; capture?: Stream } {
  const found: { playback?: Stream; capture?: Stream } = {}
  let side: Stream | undefined
  // a setting of DSD, or of telephones, has rates and channels that JACK cannot have
  let usable = true
  for (const { text } of lines) {
    const [, heading] = /^(Playback|Capture):$/.exec(text.trimEnd()) ?? []
    if (heading !== undefined)
      side = found[heading === 'Playback' ? 'playback' : 'capture'] ??= { ...nothing }
    const [, key, value] = /^ +(Format|Channels|Rates): (.*)$/.exec(text) ?? []
    if (!side || value === undefined) continue
    if (key === 'Format') {
      const formats = value.split(' ').filter((one) => FORMATS.includes(one))
      side.formats = [...new Set([...side.formats, ...formats])]
      usable = formats.length > 0
    }
    if (key === 'Channels' && usable)
      side.channels = Math.max(side.channels, ...whole(value.trim(), MOST_CHANNELS))
    if (key === 'Rates' && usable) withRates(side, value)
  }
  return found
}

/** `44100, 48000`, or `8000 - 48000 (continuous)`. */
function withRates(side: Stream, value: string): void {
  const [, from, to] = /^(\d+) - (\d+) \(continuous\)/.exec(value) ?? []
  const ends = [...whole(from, MOST_RATE), ...whole(to, MOST_RATE)]
  if (ends.length === 2) side.range = [ends[0]!, ends[1]!]
  else
    side.rates = [
      ...new Set([
        ...side.rates,
        ...value.split(',').flatMap((word) => whole(word.trim(), MOST_RATE)),
      ]),
    ].sort((a, b) => a - b)
}

/**
 * What `aplay --dump-hw-params` prints of a device (alsa-lib, src/pcm/pcm_params.c): each of its
 * parameters as one number, or as a range such as `[44100 192000]`. Undefined: it does not print
 * them, such as where another program has the card.
 */
export function hardwareParameters(lines: readonly Line[]): Stream | undefined {
  if (lines.length === 0) return nothing // no device to be asked
  const values = new Map(
    lines.flatMap(({ text }) => {
      const [, key, value] = /^([A-Z_]+): +(.*)$/.exec(text) ?? []
      return key === undefined ? [] : [[key, value!.trim()] as const]
    }),
  )
  const channels = ends(values.get('CHANNELS'), MOST_CHANNELS)
  if (channels === undefined) return undefined
  const rates = ends(values.get('RATE'), MOST_RATE)
  const periods = ends(values.get('PERIOD_SIZE'), 2 ** 31)
  return {
    channels: channels[1],
    rates: rates && rates[0] === rates[1] ? [rates[0]] : [],
    ...(rates && rates[0] < rates[1] ? { range: rates } : {}),
    formats: (values.get('FORMAT') ?? '').split(' ').filter((word) => /^[A-Z0-9_]+$/.test(word)),
    ...(periods ? { shortest: periods[0] } : {}),
  }
}

/** The ends of `48000` or of `(83 1365]`, in which a round bracket leaves an end out. */
function ends(value: string | undefined, most: number): [number, number] | undefined {
  const [, open, from, to, close] = /^([[(])(\d+) (\d+)([\])])$/.exec(value ?? '') ?? []
  const one = whole(value, most)
  if (one.length === 1) return [one[0]!, one[0]!]
  if (from === undefined) return undefined
  const first = Number(from) + (open === '(' ? 1 : 0)
  const last = Math.min(Number(to) - (close === ')' ? 1 : 0), most)
  return first <= last && first > 0 ? [first, last] : undefined
}
