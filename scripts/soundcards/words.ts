import type { SoundcardData } from '../../lib/plan/schema/soundcard.ts'
import type { SoundcardFacts } from './facts.ts'

type Card = Pick<SoundcardData, 'playback' | 'capture' | 'rates' | 'other_rates' | 'jack'>

/** Whether something can be recorded with it. */
export const records = ({ capture }: Pick<Card, 'capture'>): boolean => capture > 0

/** `6 in, 8 out`. */
export const channelsOf = ({ playback, capture }: Card): string => `${capture} in, ${playback} out`

const kilohertz = (hertz: number): string => `${hertz / 1000}`

/** `44.1 to 192 kHz`, `48 kHz`; `44.1 to 96 kHz or more` where not all of them have been read. */
export function ratesOf({ rates, other_rates }: Card): string {
  const [from, to] = [Math.min(...rates), Math.max(...rates)]
  const range = from === to ? kilohertz(from) : `${kilohertz(from)} to ${kilohertz(to)}`
  return `${range} kHz${other_rates ? ' or more' : ''}`
}

/**
 * Milliseconds from JACK to the card with the options that its file says: period x periods / rate
 * (docs/latency.md). Arithmetic, not measured.
 */
export const latencyOf = ({ jack: { period, periods, rate } }: Card): string =>
  ((1000 * period * periods) / rate).toFixed(1)

/** The sum that the milliseconds come from: `128 x 3 / 48 kHz`. */
export const sumOf = ({ jack: { period, periods, rate } }: Card): string =>
  `${period} x ${periods} / ${kilohertz(rate)} kHz`

/** What has been tried of it, from the strongest on. */
export function provenOf({ proven: { heard, started, compared } }: SoundcardFacts): string {
  const words = [
    ...(heard.length > 0 ? ['started and heard in an emulator'] : []),
    ...(started.length > 0 ? ['started in an emulator, without the card'] : []),
    ...(compared.length > 0 ? [`${compared.join(' and ')} compared with the kernel's source`] : []),
  ]
  return words.length === 0 ? 'planned only' : words.join('; ')
}
