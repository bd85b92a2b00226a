import { keyOf } from '../../lib/engine/run/key.ts'
import type { AnyStage } from '../../lib/engine/run/stage.ts'
import type { Plan } from '../../lib/plan/plan.ts'

/**
 * What the stages of several plans are called on the screen. One that all plans share has its own
 * name. Others say whose they are: `kernel of pi4b-usb and 3 more`. `stages`: all that there are, by
 * their names.
 */
export function labels(
  plans: readonly Plan[],
  stages: ReadonlyMap<string, AnyStage>,
): (plan: Plan, stage: string) => string {
  const users = new Map<string, Plan[]>()
  const having = new Map<string, number>()
  for (const [name, stage] of stages)
    for (const plan of plans) {
      if (stage.given(plan) === undefined) continue
      const key = `${name} ${keyOf(stage, plan)}`
      users.set(key, [...(users.get(key) ?? []), plan])
      having.set(name, (having.get(name) ?? 0) + 1)
    }
  return (plan, name) => {
    const stage = stages.get(name)
    const sharers = stage ? users.get(`${name} ${keyOf(stage, plan)}`) : undefined
    if (sharers === undefined) return `${name} of ${plan.name}`
    if (sharers.length > 1 && sharers.length === having.get(name)) return name
    const more = sharers.length > 1 ? ` and ${sharers.length - 1} more` : ''
    return `${name} of ${sharers[0]!.name}${more}`
  }
}
