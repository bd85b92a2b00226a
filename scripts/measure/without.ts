import { UserError } from '../../lib/common/words/errors.ts'
import { nearest } from '../../lib/common/words/nearest.ts'
import type { Plan } from '../../lib/plan/plan.ts'

/**
 * The plan of the same image in which these tunings are off. `planned`: makes a plan with more
 * choices. UserError: one that is not in force, as it has nothing that could be taken away.
 */
export async function withoutTunings(
  plan: Plan,
  ids: readonly string[],
  planned: (set: string[]) => Promise<Plan>,
): Promise<Plan> {
  const wrong = ids.flatMap((id) => {
    const tuning = plan.tunings.find((one) => one.id === id)
    if (tuning === undefined) {
      const meant = nearest(
        id,
        plan.tunings.map((one) => one.id),
      )
      return [
        `--without ${id}: there is no such tuning${meant === undefined ? '' : `; did you mean ${meant}?`} ./downbeat list tunings shows all`,
      ]
    }
    return tuning.off === undefined
      ? []
      : [`--without ${id}: it is off in ${plan.name} already: ${tuning.off}; leave it out`]
  })
  if (wrong.length > 0) throw new UserError(wrong.join('\n'))
  const without = await planned(ids.map((id) => `tunings.${id}=off`))
  return { ...without, name: `${plan.name}-without` }
}
