import type { PlannedSoundcard } from '../plan.ts'

type Card = Pick<PlannedSoundcard, 'name' | 'jack'>

/** The shortest period, in frames, that the driver of a card takes at a rate. */
export function smallestPeriod({ jack }: Pick<Card, 'jack'>, rate: number): number {
  const least = Math.max(jack.smallest_period, Math.ceil(((jack.smallest_ms ?? 0) * rate) / 1000))
  return Math.ceil(least / jack.period_step) * jack.period_step
}

/** Why a card does not run with a period, and with which it does; undefined: it runs. */
export function whyNotPeriod(period: number, rate: number, card: Card): string | undefined {
  const { smallest_ms, period_step: step } = card.jack
  const least = smallestPeriod(card, rate)
  if (period < least)
    return `${period} frames is below the ${least} that ${card.name} can do${smallest_ms === undefined ? '' : ` at ${rate} Hz: its driver takes no period shorter than ${smallest_ms} ms`}`
  const below = period - (period % step)
  return below === period
    ? undefined
    : `${period} frames is no multiple of ${step}, which the driver of ${card.name} wants: ${below} or ${below + step}`
}

/**
 * Whether it is a period that every program takes. Both servers take any that the card does
 * (alsa_driver_configure_stream in both); programs that convolve are often made for powers of two.
 */
export const isUsualPeriod = (period: number): boolean => Number.isInteger(Math.log2(period))
