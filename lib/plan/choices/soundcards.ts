import type { Catalogue } from '../catalogue/catalogue.ts'
import type { Located } from '../catalogue/yaml.ts'
import { UserError } from '../../common/words/errors.ts'
import { perhaps } from '../../common/words/nearest.ts'
import { visible } from '../../common/words/visible.ts'
import type { SoundcardData } from '../schema/soundcard.ts'

/** A sound card by its id. Throws UserError with the id to type, where it has another name for it. */
export function namedSoundcard(
  catalogue: Catalogue,
  id: string,
  asked: string,
): Located<SoundcardData> {
  const ids = catalogue.ids('soundcards')
  if (ids.includes(id)) return catalogue.entry('soundcards', id, asked)
  const meant = soundcardsNamed(catalogue, id).map((one) => `--soundcard ${one}`)
  const instead =
    meant.length > 0
      ? `: for that, ${meant.join(' or ')}`
      : perhaps(id, ids) || '; ./downbeat list soundcards shows those that there are'
  throw new UserError(`${asked}: there is no soundcards/${visible(id)}.yaml${instead}`)
}

/** The ids of the cards that have this for a product's name, an overlay, an EEPROM or an ALSA id. */
const soundcardsNamed = (catalogue: Catalogue, name: string): string[] =>
  having(catalogue, (called) => plain(called) === plain(name))

/** The ids of the cards that have this in their id or in one of those names. */
export const soundcardsCalled = (catalogue: Catalogue, words: string): string[] =>
  having(catalogue, (called) => spaced(called).includes(spaced(words)))

const having = (catalogue: Catalogue, fits: (called: string) => boolean): string[] =>
  catalogue.ids('soundcards').filter((id) => {
    const card = catalogue.entry('soundcards', id, 'soundcards').value
    return [id, ...namesOf(card)].some(fits)
  })

/** All that somebody may call a card. */
function namesOf({ name, also, alsa_id, overlay, on, found_by }: SoundcardData): string[] {
  const overlays = [overlay, ...on.map((pair) => pair.overlay)]
    .flatMap((one) => [one?.mainline, one?.downstream])
    .flatMap((one) => one?.replace(/,.*/, '') ?? [])
  return [name, ...also, ...(alsa_id === undefined ? [] : [alsa_id]), ...overlays, ...found_by.hat]
}

/** With one sign for all that people leave out or write otherwise. */
const spaced = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9+]+/g, ' ')

/** Without that. */
const plain = (text: string): string => spaced(text).replaceAll(' ', '')
