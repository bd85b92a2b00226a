import { UserError } from '../../common/words/errors.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { Located } from '../catalogue/yaml.ts'
import type { PlannedSoundcard, View } from '../plan.ts'
import type { ImageChoices } from '../schema/image.ts'
import type { SoundcardData } from '../schema/soundcard.ts'

/** A card that is bridged to the server of another one. */
export type SecondCard = { id: string } & SoundcardData

/**
 * The card that is to be ports of JACK beside those of the first one; undefined: none. Throws
 * UserError where it is not one that may be plugged in beside it.
 */
export function secondCard(
  catalogue: Catalogue,
  { value, at }: Located<ImageChoices>,
  first: Pick<PlannedSoundcard, 'name' | 'bus'>,
): SecondCard | undefined {
  const id = value.jack.second_card
  if (id === undefined) return undefined
  const place = at(['jack', 'second_card'])
  const { value: card } = catalogue.entry('soundcards', id, place)
  if (first.bus === 'none')
    throw new UserError(
      `${place} jack.second_card: there is no first one: a second card is bridged to the server of another. Choose it as soundcard: ${id}`,
    )
  // The boot partition and the drivers are those of the first card; one on USB needs nothing there.
  if (card.bus !== 'usb')
    throw new UserError(
      `${place} jack.second_card: ${card.name} is not on USB. Let it be the first one: soundcard: ${id}, with the USB card as jack.second_card`,
    )
  return { id, ...card }
}

/** What the templates see of it. */
export const seenSecond = (card: SecondCard | undefined): View['second'] => ({
  name: card?.name ?? '',
  usb: usbNumbers(card?.found_by ?? { hat: [], usb: [] }),
  period: card?.jack.period ?? 0,
  periods: card?.jack.periods ?? 0,
})

/** The numbers by which udev knows a card on USB; empty: there are none, or any will do. */
export const usbNumbers = ({ usb }: SoundcardData['found_by']): View['second']['usb'] =>
  (usb === 'any' ? [] : usb).map((device) => {
    const [vendor, product] = device.split(':') as [string, string]
    return { vendor, product }
  })
