import type { Catalogue } from '../catalogue/catalogue.ts'
import { UserError } from '../../common/words/errors.ts'
import type { OtherCard, Plan, View } from '../plan.ts'
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
 * The plans of the other sound cards that a card with this image can be told: those whose image
 * would differ from it in rendered texts alone. `planFor` makes the plan of that other image.
 */
export function otherPlans(
  catalogue: Catalogue,
  plan: Plan,
  planFor: (id: string) => Plan,
): Plan[] {
  const own = unrendered(plan)
  return catalogue
    .ids('soundcards')
    .filter((id) => id !== plan.soundcard.id)
    .flatMap((id) => {
      const other = planned(() => planFor(id))
      return other !== undefined && unrendered(other) === own ? [other] : []
    })
}

/** What of another plan the image has to hold. */
export const otherCard = (other: Plan, plan: Plan): OtherCard => ({
  id: other.soundcard.id,
  name: other.soundcard.name,
  view: seenBy(other, plan),
})

/** Undefined: these boards, this kernel or these tunings cannot have that card. */
function planned(make: () => Plan): Plan | undefined {
  try {
    return make()
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}

/**
 * All that is in an image beside its rendered texts and its identifiers; its name may be that of
 * the card.
 */
function unrendered({
  kernel,
  base,
  firmware,
  overlays,
  tools,
  jack,
  rootfs,
  configure,
  image,
}: Plan): string {
  const { disk: _, name: __, ...rest } = image
  return JSON.stringify([
    kernel,
    base,
    firmware,
    overlays?.sources,
    tools,
    jack,
    rootfs,
    configure.templates,
    rest,
  ])
}

/**
 * What the templates see of one card and not of the other. The image, its disk and the file of
 * settings stay what they are.
 */
function seenBy(
  { configure: { view } }: Plan,
  { configure: { view: usual } }: Plan,
): Partial<View> {
  const same = new Set<keyof View>(['image', 'disk', 'settings', 'soundcards'])
  return Object.fromEntries(
    (Object.keys(view) as (keyof View)[])
      .filter((key) => !same.has(key) && JSON.stringify(view[key]) !== JSON.stringify(usual[key]))
      .map((key) => [key, view[key]]),
  )
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
