import { UserError } from '../../common/words/errors.ts'
import type { JackPlan, PlannedBoard, PlannedSoundcard } from '../plan.ts'
import type { PackageData } from '../schema/package.ts'
import type { ImageChoices } from '../schema/image.ts'
import type { Located } from '../catalogue/yaml.ts'

/**
 * How JACK is started on a card: the image's own values, else the card's. Refused, with the reason,
 * where the card cannot.
 */
export function planJack(
  { value: image, at }: Located<ImageChoices>,
  { server, says_ready }: PackageData,
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
  const period = own.period ?? card.jack.period
  const rate = own.rate ?? card.jack.rate
  // The card's own limit is for those who record; only the image's is a contradiction to one who
  // does not.
  const inputs = own.inputs ?? (direction === 'playback' ? 0 : (card.jack.inputs ?? 0))
  if (none && own.direction !== undefined)
    refuse('direction', 'there is no sound card to play to or to record from')
  if (none && !own.midi) refuse('midi', 'without a sound card MIDI is all there is')
  if (!none && direction !== 'playback' && card.capture === 0)
    refuse('direction', `${card.name} cannot record: it only plays`)
  if (!none && direction !== 'capture' && card.playback === 0)
    refuse('direction', `${card.name} cannot play: it only records`)
  if (none && own.inputs !== undefined) refuse('inputs', 'there is no sound card to record from')
  else if (inputs > 0 && direction === 'playback')
    refuse('inputs', 'nothing is recorded, so there are no inputs to limit')
  else if (inputs > card.capture) refuse('inputs', `${card.name} has ${card.capture} of them`)
  if (!Number.isInteger(Math.log2(period))) {
    const below = 2 ** Math.floor(Math.log2(period))
    refuse(
      'period',
      `${period} frames is no power of two, which JACK needs: ${below} or ${2 * below}`,
    )
  }
  if (!card.rates.includes(rate))
    refuse('rate', `${card.name} does not run at ${rate} Hz (it runs at ${card.rates.join(', ')})`)
  if (period < card.jack.smallest_period)
    refuse(
      'period',
      `${period} frames is below the ${card.jack.smallest_period} that ${card.name} can do`,
    )
  if (mistakes.length > 0) throw new UserError(mistakes.join('\n'))
  return {
    server,
    says_ready,
    period,
    periods: own.periods ?? card.jack.periods,
    rate,
    realtime_priority,
    port_max: own.port_max,
    timeout_ms: own.timeout_ms,
    softmode: own.softmode,
    midi: own.midi,
    playback_only: direction === 'playback',
    capture_only: direction === 'capture',
    inputs,
  }
}

/**
 * Milliseconds from a full JACK buffer to the converter: period × periods / rate. Converters add
 * their own constant.
 */
export const latency = ({
  period,
  periods,
  rate,
}: Pick<JackPlan, 'period' | 'periods' | 'rate'>): number => (1000 * period * periods) / rate

/** The headphone socket is a sound card that not every board has. */
export function refuseMissingSocket(
  card: PlannedSoundcard,
  boards: readonly PlannedBoard[],
  { at }: Located<ImageChoices>,
): void {
  const without = boards.find((board) => card.bus === 'onboard' && !board.audio_jack)
  if (without)
    throw new UserError(
      `${at(['soundcard'])} soundcard: ${without.name} has no headphone socket, which ${card.id} is`,
    )
}
