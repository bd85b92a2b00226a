import { UserError } from '../../common/words/errors.ts'
import type { Settled } from '../choices/settle.ts'
import type { SourcedLine } from '../plan.ts'
import type { LoadedTuning } from './loaded.ts'

/** Two tunings that exclude each other, and two things on one pin of the GPIO header. */
export function refuseContradictions(
  tunings: LoadedTuning[],
  { choices, profile, card }: Settled,
): void {
  const inForce = tunings.filter(({ planned }) => planned.off === undefined)
  const asked = (id: string): string | undefined =>
    choices.value.tunings[id] !== undefined
      ? choices.at(['tunings', id])
      : profile?.value.tunings[id] === undefined
        ? undefined
        : profile.at(['tunings', id])
  /**
   * Of two that do not go together the one that somebody asked for is named first, and the other is
   * to go.
   */
  const refuse = (one: string, two: string, why: (other: string) => string): never => {
    const [first, other] =
      asked(one) === undefined && asked(two) !== undefined ? [two, one] : [one, two]
    throw new UserError(
      `${asked(first) ?? `tunings/${first}.yaml`} tunings.${first}: ${why(other)}: one of the two has to go, such as --set tunings.${other}=off`,
    )
  }
  for (const { planned, data } of inForce) {
    const other = data.conflicts.find((id) => inForce.some((one) => one.planned.id === id))
    if (other !== undefined) refuse(planned.id, other, (id) => `does not go with the tuning ${id}`)
  }
  const taken = new Map<number, string>()
  for (const { planned, data } of inForce) {
    for (const pin of data.pins) {
      const owner = taken.get(pin)
      if (owner !== undefined)
        refuse(planned.id, owner, (id) => `GPIO ${pin} is taken by the tuning ${id}, too`)
      if (card.pins.includes(pin)) {
        throw new UserError(
          `${asked(planned.id) ?? `tunings/${planned.id}.yaml`} tunings.${planned.id}: soundcards/${card.id}.yaml uses GPIO ${pin} too: remove one of the two, for example with --set tunings.${planned.id}=off`,
        )
      }
      taken.set(pin, planned.id)
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
