import { UserError } from '../../common/words/errors.ts'
import { firstOf } from '../../common/words/together.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { Located } from '../catalogue/yaml.ts'
import type { PlannedBoard, PlannedSoundcard } from '../plan.ts'
import { listShows } from '../schema/common.ts'
import type { ImageChoices } from '../schema/image.ts'

type Board = Pick<PlannedBoard, 'name' | 'audio_jack' | 'header' | 'i2s_lanes'>
type Card = Pick<PlannedSoundcard, 'id' | 'bus' | 'i2s_lanes'>

/**
 * What a board lacks for a card to be plugged into, as a sentence; undefined: nothing. That of 26
 * pins has no GPIO 19 and 20, which I2S is on: bcm2835-rpi-a.dts, bcm2835-rpi-b.dts and
 * bcm2835-rpi-b-rev2.dts name the pins of their headers.
 */
export function socketLacking(
  { name, audio_jack, header, i2s_lanes }: Board,
  card: Card,
): string | undefined {
  if (card.bus === 'onboard' && !audio_jack)
    return `${name} has no headphone socket, which ${card.id} is (${listShows('soundcards')})`
  if (card.bus !== 'i2s') return undefined
  if (header === 26)
    return `the header of ${name} has 26 pins: GPIO 19 and 20, which ${card.id} needs, are not among them. A USB card fits (${listShows('soundcards')})`
  return card.i2s_lanes > i2s_lanes
    ? `${card.id} needs ${card.i2s_lanes} data lines of I2S, and ${name} has ${i2s_lanes} on its header`
    : undefined
}

/** Refuses a card that a board of the image has nothing for. */
export function refuseMissingSocket(
  catalogue: Catalogue,
  card: Card,
  boards: readonly Board[],
  { at }: Located<ImageChoices>,
): void {
  const mistakes = boards.flatMap((board) => {
    const lacking = socketLacking(board, card)
    if (lacking === undefined) return []
    const fits =
      card.i2s_lanes > 1
        ? catalogue
            .ids('boards')
            .filter(
              (id) =>
                socketLacking(catalogue.entry('boards', id, 'boards').value, card) === undefined,
            )
            .map((id) => `--board ${id}`)
        : []
    const instead = fits.length === 0 ? '' : `; ${fits.join(' or ')}`
    return [`${at(['soundcard'])} soundcard: ${lacking}${instead}`]
  })
  if (mistakes.length > 0) throw new UserError(firstOf(mistakes).join('\n'))
}
