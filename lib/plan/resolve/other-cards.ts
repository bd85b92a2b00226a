import { isDeepStrictEqual } from 'node:util'
import type { Catalogue } from '../catalogue/catalogue.ts'
import { UserError } from '../../common/words/errors.ts'
import type { DoctorTuning, OtherCard, View } from '../plan.ts'
import { whyUnfit } from '../choices/kernel.ts'
import type { Settled } from '../choices/settle.ts'
import { socketLacking } from '../choices/sockets.ts'
import { quote } from '../../common/quote.ts'

/**
 * The sound card of an image whose choices say `auto`: the one that stands for every USB interface.
 * This card needs nothing on the boot partition, so the image starts with any sound card. The first
 * boot then looks for others.
 */
export function usualCard(catalogue: Catalogue, place: string): string {
  const usual = catalogue
    .ids('soundcards')
    .find((id) => catalogue.entry('soundcards', id, place).value.found_by.usb === 'any')
  if (usual === undefined)
    throw new UserError(
      `${place}: auto needs a file in soundcards/ with found_by: { usb: any }, and there is none`,
    )
  return usual
}

/**
 * Of the other sound cards those that a card with this image can be told: their images would differ
 * from it in rendered texts alone. `make` looks at one; undefined: more would differ.
 */
export function otherCards<T>(
  catalogue: Catalogue,
  { choices, card: own, kernel, boards, base }: Settled,
  make: (id: string) => T | undefined,
): T[] {
  // Most that do not fit fall at this kernel. Not to be asked what does instead makes it quick.
  const fits = (id: string): boolean => {
    const card = { id, ...catalogue.entry('soundcards', id, 'soundcards').value }
    const { series } = kernel
    const { rate } = choices.value.jack
    return (
      boards.every((board) => socketLacking(board, card) === undefined) &&
      whyUnfit(kernel.data, { boards, card, base: base.data, series, rate }) === undefined
    )
  }
  return catalogue
    .ids('soundcards')
    .filter((id) => id !== own.id && fits(id))
    .flatMap((id) => made(() => make(id)) ?? [])
}

/** Undefined: these boards, this kernel or these tunings cannot have that card. */
function made<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}

/**
 * What the templates see of one card and not of the other. The image, its disk and the file of
 * settings stay what they are. What the doctor asks in the same words of all cards is said once.
 */
export function seenByEach(
  own: View,
  others: readonly { settled: Settled; view: View }[],
): { view: View; others: OtherCard[] } {
  const [view, ...views] = apart([own, ...others.map((other) => other.view)])
  const same = new Set<keyof View>(['image', 'disk', 'settings', 'soundcards'])
  const differing = (other: View): Partial<View> =>
    Object.fromEntries(
      (Object.keys(other) as (keyof View)[])
        .filter((key) => !same.has(key) && !isDeepStrictEqual(other[key], view![key]))
        .map((key) => [key, other[key]]),
    )
  return {
    view: view!,
    others: others.map(({ settled: { card } }, i) => ({
      id: card.id,
      name: card.name,
      view: differing(views[i]!),
    })),
  }
}

/** The doctor's questions that are not the same for all of these are those of the card. */
function apart(views: readonly View[]): View[] {
  const asked = new Map<string, DoctorTuning[]>()
  for (const { doctor } of views)
    for (const tuning of doctor.tunings)
      (asked.get(tuning.id) ?? asked.set(tuning.id, []).get(tuning.id)!).push(tuning)
  const differing = new Set(
    [...asked]
      .filter(
        ([, [first, ...more]]) =>
          more.length + 1 < views.length || !more.every((one) => isDeepStrictEqual(one, first)),
      )
      .map(([id]) => id),
  )
  const common = [...asked]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, [first]]) =>
      differing.has(id) ? { id, of_card: true, call: '', proofs: [] } : first!,
    )
  return views.map((view) => ({
    ...view,
    doctor: { ...view.doctor, tunings: common },
    doctor_card: {
      ...view.doctor_card,
      tunings: view.doctor.tunings.filter(({ id }) => differing.has(id)),
    },
  }))
}

/**
 * How the first boot tells the sound cards apart that a card with this image can have, for its
 * script.
 */
export function foundCards(
  catalogue: Catalogue,
  own: string,
  others: readonly OtherCard[],
  auto: boolean,
): View['soundcards'] {
  const rows = [...others, { id: own }].map(({ id }) => {
    const { hat, usb } = catalogue.entry('soundcards', id, 'soundcards').value.found_by
    return { id, hat, usb }
  })
  return {
    own,
    auto,
    hats: rows.flatMap(({ id, hat }) => hat.map((product) => ({ id, product: quote(product) }))),
    usb: rows.flatMap(({ id, usb }) =>
      usb === 'any' ? [] : usb.map((device) => ({ id, device })),
    ),
  }
}
