import type { SoundcardData } from '../../lib/plan/schema/soundcard.ts'
import type { DumpedCard } from './card.ts'
import type { Stream } from './streams.ts'

// At which rates a card of a dump can run, and what JACK begins with on it.

export type Jack = SoundcardData['jack']

/** What JACK begins with on a card on the header: docs/jack.md says why. */
const ON_HEADER: Pick<Jack, 'period' | 'periods' | 'rate' | 'smallest_period' | 'good_periods'> = {
  period: 128,
  periods: 2,
  rate: 48000,
  smallest_period: 16,
  good_periods: [32, 512],
}

/** Rates that are looked for in a range, in which a card need not have any other. */
const RATES = [44100, 48000, 88200, 96000, 176400, 192000, 352800, 384000]

/** The rates that both directions have; `more`: they are those of a range. */
export function ratesOf(
  playback: Stream | undefined,
  capture: Stream | undefined,
): { rates: number[]; more: boolean } {
  const sides = [playback, capture]
    .filter((one) => one !== undefined)
    .filter(({ channels }) => channels > 0)
  const each = sides.map(({ rates, range }) =>
    range === undefined ? rates : RATES.filter((rate) => rate >= range[0] && rate <= range[1]),
  )
  const rates = each.length === 0 ? [] : each.reduce((a, b) => a.filter((rate) => b.includes(rate)))
  return { rates, more: sides.some(({ range }) => range !== undefined) }
}

/** What JACK is started with, as lines of the file. */
export function jackLines(
  { bus, fullSpeed, playback, capture }: DumpedCard,
  onUsb: Jack,
  rates: readonly number[],
): string[] {
  const usual = bus === 'usb' ? onUsb : ON_HEADER
  const shortest = Math.max(playback?.shortest ?? 0, capture?.shortest ?? 0, usual.smallest_period)
  const least = Math.min(shortest, 8192)
  const powerOf = (frames: number): number => 2 ** Math.ceil(Math.log2(frames))
  const [from, to] = usual.good_periods
  const start = Math.max(usual.period, powerOf(least))
  const slower = rates.filter((rate) => rate <= usual.rate)
  const rate =
    rates.length === 0 || rates.includes(usual.rate)
      ? usual.rate
      : slower.length > 0
        ? Math.max(...slower)
        : Math.min(...rates)
  return [
    '# as for others of its kind (docs/jack.md); downbeat-latency finds what it holds',
    'jack:',
    `  period: ${start}`,
    `  periods: ${usual.periods}`,
    `  rate: ${rate}`,
    `  smallest_period: ${least}`,
    ...(bus === 'usb' && fullSpeed ? ['  smallest_ms: 1'] : []),
    `  good_periods: [${Math.max(from, least)}, ${Math.max(to, start)}]`,
  ]
}
