import { UserError } from '../../common/words/errors.ts'
import type { Settled } from '../choices/settle.ts'
import type { SourcedLine } from '../plan.ts'
import type { LoadedTuning } from './loaded.ts'

/**
 * Two tunings that exclude each other, or set a value of the kernel to different ones, and two things
 * on one pin of the GPIO header.
 */
export function refuseContradictions(
  tunings: LoadedTuning[],
  { choices, profile, card, cardAt }: Settled,
): void {
  const inForce = tunings.filter(({ planned }) => planned.off === undefined)
  const asked = (id: string): string | undefined =>
    choices.value.tunings[id] !== undefined
      ? choices.at(['tunings', id])
      : profile?.value.tunings[id] === undefined
        ? undefined
        : profile.at(['tunings', id])
  const idOf = ({ planned }: LoadedTuning): string => planned.id
  const placeOf = (one: LoadedTuning): string => asked(idOf(one)) ?? one.file
  /**
   * Of two that do not go together the one that somebody asked for is named first, and the other is
   * to go.
   */
  const refuse = (one: LoadedTuning, two: LoadedTuning, why: (other: string) => string): never => {
    const [first, other] =
      asked(idOf(one)) === undefined && asked(idOf(two)) !== undefined ? [two, one] : [one, two]
    throw new UserError(
      `${placeOf(first)} tunings.${idOf(first)}: ${why(idOf(other))}: one of the two has to go, such as --set tunings.${idOf(other)}=off`,
    )
  }
  for (const one of inForce) {
    const other = inForce.find(({ planned }) => one.data.conflicts.includes(planned.id))
    if (other !== undefined) refuse(one, other, (id) => `does not go with the tuning ${id}`)
  }
  const set = new Map<string, { by: LoadedTuning; value: string }>()
  for (const one of inForce)
    for (const [key, value] of Object.entries(one.data.change.sysctl ?? {})) {
      const before = set.get(key)
      if (before !== undefined && before.value !== String(value))
        refuse(one, before.by, (id) => `sets ${key} to another value than the tuning ${id} does`)
      set.set(key, { by: one, value: String(value) })
    }
  const taken = new Map<number, LoadedTuning>()
  for (const one of inForce) {
    for (const pin of one.data.pins) {
      const owner = taken.get(pin)
      if (owner !== undefined)
        refuse(one, owner, (id) => `GPIO ${pin} is taken by the tuning ${id}, too`)
      if (card.pins.includes(pin)) {
        throw new UserError(
          `${placeOf(one)} tunings.${idOf(one)}: ${cardAt([]).replace(/(:\d+){2}$/, '')} uses GPIO ${pin} too: remove one of the two, for example with --set tunings.${idOf(one)}=off`,
        )
      }
      taken.set(pin, one)
    }
  }
}

/**
 * A package cannot be asked for and banned in one image. `asked`: every package with the place that
 * asks for it.
 */
export function refuseUnwanted(
  absent: readonly SourcedLine[],
  asked: readonly { name: string; place: string }[],
): void {
  const mistakes = asked.flatMap(({ name, place }) => {
    const banned = absent.find(({ text }) => text === name)
    return banned
      ? [
          `${place}: the tuning ${banned.by} keeps ${name} out of the image; --set tunings.${banned.by}=off allows it`,
        ]
      : []
  })
  if (mistakes.length > 0) throw new UserError(mistakes.join('\n'))
}
