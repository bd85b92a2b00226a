import { UserError } from '../../common/words/errors.ts'
import type { JackPlan, PlannedSoundcard } from '../plan.ts'
import type { PackageData } from '../schema/package.ts'
import type { ImageChoices } from '../schema/image.ts'
import type { Located } from '../catalogue/yaml.ts'
import { whyNotPeriod } from './period.ts'

/** Ports that programs have where the card takes many of them: a mixer of eight channels and some. */
const FOR_PROGRAMS = 32

/**
 * How JACK is started on a card: the image's own values, else the card's. Refused, with the reason,
 * where the card or the server cannot.
 */
export function planJack(
  { value: image, at }: Located<ImageChoices>,
  { server, says_ready, always_synchronous }: PackageData,
  card: PlannedSoundcard,
  realtime_priority: number,
): JackPlan {
  const own = image.jack
  const mistakes: string[] = []
  const refuse = (key: string, why: string): void =>
    void mistakes.push(`${at(['jack', key])} jack.${key}: ${why}`)
  const none = card.bus === 'none'
  const direction =
    own.direction ??
    (none ? 'duplex' : card.capture === 0 ? 'playback' : card.playback === 0 ? 'capture' : 'duplex')
  const plays = direction !== 'capture'
  const records = direction !== 'playback'
  const period = own.period ?? card.jack.period
  const rate = own.rate ?? card.jack.rate
  // The card's own limit is for those who record; only the image's is a contradiction to one who
  // does not.
  const all = (channels: number): number => (card.channels === 'fixed' ? channels : 0)
  const inputs = own.inputs ?? (records ? (card.jack.inputs ?? all(card.capture)) : 0)
  const outputs = own.outputs ?? (plays ? all(card.playback) : 0)
  if (none && own.direction !== undefined)
    refuse('direction', 'there is no sound card to play to or to record from')
  if (none && !own.midi) refuse('midi', 'without a sound card MIDI is all there is')
  if (!none && records && card.capture === 0)
    refuse('direction', `${card.name} cannot record: it only plays`)
  if (!none && plays && card.playback === 0)
    refuse('direction', `${card.name} cannot play: it only records`)
  if (none && own.inputs !== undefined) refuse('inputs', 'there is no sound card to record from')
  else if (inputs > 0 && !records)
    refuse('inputs', 'nothing is recorded, so there are no inputs to limit')
  else if (inputs > card.capture) refuse('inputs', `${card.name} has ${card.capture} of them`)
  if (none && own.outputs !== undefined) refuse('outputs', 'there is no sound card to play to')
  else if (outputs > 0 && !plays)
    refuse('outputs', 'nothing is played, so there are no outputs to limit')
  else if (outputs > card.playback) refuse('outputs', `${card.name} has ${card.playback} of them`)
  if (!card.rates.includes(rate) && !card.other_rates)
    refuse('rate', `${card.name} does not run at ${rate} Hz (it runs at ${card.rates.join(', ')})`)
  else {
    const misfit = whyNotPeriod(period, rate, card)
    if (misfit !== undefined) refuse('period', misfit)
  }
  if (own.synchronous === false && always_synchronous)
    refuse(
      'synchronous',
      `${server} always waits for all programs in each period: leave it out, or take jack.server: jack2`,
    )
  if (own.port_max !== undefined && own.port_max <= inputs + outputs)
    refuse(
      'port_max',
      `the ${inputs + outputs} channels of ${card.name} take all of ${own.port_max} ports: leave it out, or ${inputs + outputs + FOR_PROGRAMS}`,
    )
  if (mistakes.length > 0) throw new UserError(mistakes.join('\n'))
  const channels = (plays ? outputs || card.playback : 0) + (records ? inputs || card.capture : 0)
  const synchronous = own.synchronous ?? always_synchronous
  return {
    server,
    says_ready,
    period,
    periods: own.periods ?? card.jack.periods,
    rate,
    realtime_priority,
    port_max: own.port_max ?? Math.max(64, channels + FOR_PROGRAMS),
    timeout_ms: own.timeout_ms,
    softmode: own.softmode,
    synchronous,
    asks_synchronous: synchronous && !always_synchronous,
    sixteen_bit: card.jack.sixteen_bit,
    bridges: own.second_card !== undefined,
    midi: own.midi,
    playback_only: !records,
    capture_only: !plays,
    inputs,
    outputs,
  }
}

/**
 * Milliseconds from a program to the converter, as JACK itself says of its ports: one period is
 * played already when the next one is written, but JACK2 writes what was made a period ago
 * (JackAlsaDriver::UpdateLatencies). Converters add their own constant.
 */
export const latency = ({
  period,
  periods,
  rate,
  synchronous,
}: Pick<JackPlan, 'period' | 'periods' | 'rate' | 'synchronous'>): number =>
  (1000 * period * (synchronous ? periods - 1 : periods)) / rate

/** The periods that are waited for on that way, as one writes them. */
export const periodsWaited = ({
  periods,
  synchronous,
}: Pick<JackPlan, 'periods' | 'synchronous'>): string =>
  synchronous ? `(${periods} - 1)` : String(periods)
