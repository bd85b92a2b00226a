import type { Build } from './build.ts'
import type { Tone } from '../palette.ts'

/** One part of the way from the instrument to the loudspeaker. */
export interface Way {
  name: string
  /** what happens there, in a sentence */
  about: string
  /** at the rate of JACK */
  frames: number
  ms: number
  tone: Tone
}

/** Converters have no setting, and no file says how long one takes: docs/latency.md. */
const CONVERTERS_MS = 1

/**
 * The way of a sound through an image, part after part. JACK and the playback buffer together are
 * what JACK says of its ports (lib/plan/choices/jack.ts, `latency`).
 */
export function budgetOf({ plan }: Build): Way[] {
  const { period, periods, rate, synchronous, playback_only, capture_only } =
    plan.configure.view.jack
  const way = (name: string, tone: Tone, frames: number, about: string): Way => ({
    name,
    about,
    frames,
    ms: (1000 * frames) / rate,
    tone,
  })
  return [
    ...(playback_only
      ? []
      : [way('Capture period', 'one', period, 'the card collects one period before JACK gets it')]),
    ...(capture_only
      ? []
      : [
          way(
            'JACK',
            'two',
            synchronous ? 0 : period,
            synchronous
              ? 'it waits for all programs within the period'
              : 'it writes what programs made in the period before',
          ),
          way(
            'Playback buffer',
            'three',
            period * (periods - 1),
            'what is in the buffer of the card is played first',
          ),
        ]),
    way(
      'Converters',
      'four',
      Math.round((CONVERTERS_MS * rate) / 1000),
      'about a millisecond in all, whatever the settings',
    ),
  ]
}
