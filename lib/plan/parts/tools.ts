import type { Catalogue } from '../catalogue/catalogue.ts'
import type { Plan } from '../plan.ts'
import type { TuningsInForce } from '../tunings/in-force.ts'

/** The small programs of our own, and single files out of packages that tunings ask for. */
export const planTools = (
  catalogue: Catalogue,
  arch: Plan['tools']['arch'],
  { inForce }: TuningsInForce,
): Plan['tools'] => ({
  sources: catalogue.texts('packages/tools'),
  arch,
  programs: inForce.flatMap(({ data }) =>
    Object.entries(data.change.programs ?? {}).map(([name, paths]) => ({ package: name, paths })),
  ),
})
