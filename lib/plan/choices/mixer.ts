import { didYouMean, perhaps } from '../../common/words/nearest.ts'
import { UserError } from '../../common/words/errors.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { Located } from '../catalogue/yaml.ts'
import type { MixerUse } from '../plan.ts'
import type { ImageChoices } from '../schema/image.ts'
import { controlsOf, findControl, whyUnfit } from '../schema/mixer-controls.ts'
import { isAbove, settingOf } from '../schema/mixer.ts'
import type { MixerData } from '../schema/mixer.ts'
import type { SoundcardData } from '../schema/soundcard.ts'

type At = Located<unknown>['at']
type Card = { id: string } & Pick<
  SoundcardData,
  'name' | 'alsa_id' | 'found_by' | 'mixer' | 'capture'
>
type Own = Pick<ImageChoices, 'soundcard_input' | 'mixer'>

/**
 * What the mixer of the card is set to: as its file says, with the input and the levels that the
 * image asks for. A card that stands for every interface on USB brings the mixers of those that are
 * known. Throws UserError.
 */
export function planMixer(
  catalogue: Catalogue,
  { value: image, at }: Located<ImageChoices>,
  card: Card,
  cardAt: At,
): MixerUse[] {
  // What an image says of its card is not meant for another one that it may be told.
  const own: Own = image.soundcard === card.id || image.soundcard === 'auto' ? image : { mixer: {} }
  const mistakes = [...unfitControls(card, cardAt), ...unfitChoices(own, at, card)]
  if (mistakes.length > 0) throw new UserError(mistakes.join('\n'))
  return card.found_by.usb === 'any' ? onUsb(catalogue) : usesOf(card, own)
}

/** Those of all cards that are known by their numbers on USB. */
const onUsb = (catalogue: Catalogue): MixerUse[] =>
  catalogue.ids('soundcards').flatMap((id) => {
    const card = catalogue.entry('soundcards', id, 'soundcards').value
    return card.found_by.usb === 'any' || card.found_by.usb.length === 0
      ? []
      : usesOf({ id, ...card }, { mixer: {} })
  })

function usesOf({ name, alsa_id, found_by: { usb }, mixer }: Card, own: Own): MixerUse[] {
  if (mixer === undefined) return []
  // A card on USB is known by its numbers; its id in ALSA is the next best word for its name.
  const of = usb === 'any' || usb.length === 0 ? alsa_id! : usb.join(',')
  const lines = (settings: MixerData['always']): MixerUse['lines'] =>
    Object.entries(settings).map(([control, setting]) => {
      const { set, optional, each_time } = settingOf(setting)
      const words = [...(optional ? ['optional'] : []), ...(each_time ? ['each-time'] : [])]
      return { of, control, value: String(own.mixer[control] ?? set), words: words.join(' ') }
    })
  const uses = Object.entries(mixer.inputs).map(([use, { about, controls }]) => ({
    about: `${use}: ${about}`,
    on: use === inputOf(mixer, own),
    lines: lines(controls),
  }))
  return [{ about: name, on: true, lines: lines(mixer.always) }, ...uses].filter(
    (one) => one.lines.length > 0,
  )
}

const inputOf = ({ inputs }: MixerData, own: Own): string | undefined =>
  own.soundcard_input ?? Object.keys(inputs)[0]

/** What the file of the card says that its drivers cannot. */
function unfitControls({ id, mixer }: Card, at: At): string[] {
  const known = mixer && controlsOf(mixer.drivers)
  if (!known) return []
  const names = known.flatMap((one) => (one.kind === 'pattern' ? [] : [one.name]))
  const lists: [string[], MixerData['always']][] = [
    [['always'], mixer.always],
    ...Object.entries(mixer.inputs).map(([use, { controls }]): [string[], MixerData['always']] => [
      ['inputs', use, 'controls'],
      controls,
    ]),
  ]
  return lists.flatMap(([path, settings]) =>
    Object.entries(settings).flatMap(([name, setting]) => {
      const control = findControl(known, name)
      const place = `${at(['mixer', ...path, name])} mixer: `
      if (!control)
        return [
          `${place}${id} has no control "${name}", says the source of ${mixer.drivers.join(', ')}${didYouMean(name, names)}`,
        ]
      const { set, most } = settingOf(setting)
      return [set, most].flatMap((level) => {
        const why = level === undefined ? undefined : whyUnfit(control, level)
        return why === undefined ? [] : [`${place}${why}`]
      })
    }),
  )
}

/** What the image asks for that the card has not, or that is not safe. */
function unfitChoices({ soundcard_input, mixer: levels }: Own, at: At, card: Card): string[] {
  const { name, mixer } = card
  const uses = Object.keys(mixer?.inputs ?? {})
  const settings = {
    ...mixer?.always,
    ...(mixer && inputOf(mixer, { soundcard_input, mixer: {} }) !== undefined
      ? mixer.inputs[inputOf(mixer, { soundcard_input, mixer: {} })!]?.controls
      : {}),
  }
  const known = mixer && controlsOf(mixer.drivers)
  return [
    ...(soundcard_input === undefined || uses.includes(soundcard_input)
      ? []
      : [
          `${at(['soundcard_input'])} soundcard_input: ${name} ${
            uses.length === 0
              ? card.capture === 0
                ? 'cannot record: it only plays'
                : 'has no inputs to choose from'
              : `has no ${soundcard_input}${perhaps(soundcard_input, uses)}: it has ${uses.join(', ')}`
          }`,
        ]),
    ...Object.entries(levels).flatMap(([control, level]) => {
      const place = `${at(['mixer', control])} mixer.${control}: `
      if (mixer === undefined)
        return [`${place}soundcards/${card.id}.yaml has no mixer: alsamixer on the card sets it`]
      if (!Object.hasOwn(settings, control))
        return [
          `${place}soundcards/${card.id}.yaml sets no such control${didYouMean(control, Object.keys(settings))}`,
        ]
      const { set, most, why } = settingOf(settings[control]!)
      const made = known && findControl(known, control)
      const unfit = made && whyUnfit(made, level)
      if (unfit !== undefined) return [`${place}${unfit}`]
      if (most === undefined) return []
      const above = isAbove(level, most)
      if (above === undefined)
        return [
          `${place}expected a level like ${set}, because ${most} is the most that is safe; got ${level}`,
        ]
      return above
        ? [
            `${place}${level} is more than ${most}, the most that is safe${why === undefined ? '' : ` (${why})`}`,
          ]
        : []
    }),
  ]
}
