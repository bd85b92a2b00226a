import { existsSync } from 'node:fs'
import { uniqueBy } from '../../lib/common/unique.ts'
import { UserError } from '../../lib/common/words/errors.ts'
import type { Cache } from '../../lib/engine/cache/cache.ts'
import { keyOf } from '../../lib/engine/run/key.ts'
import type { AnyStage } from '../../lib/engine/run/stage.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { collecting } from '../session/wanted.ts'
import { sideBySide } from '../../lib/common/side-by-side.ts'

/**
 * Makes the stage that looks whether the others can be made, so many at once: for all plans that
 * have not been made before, of those that give the same result for one. Throws UserError, before
 * anything that takes long, with all that is refused.
 */
export async function lookFirst(
  plans: readonly Plan[],
  { stage, unless }: { stage: AnyStage; unless: AnyStage },
  cache: Cache,
  most: number,
  make: (plan: Plan, stages: AnyStage[]) => Promise<unknown>,
): Promise<void> {
  const { mistakes, collect } = collecting()
  const folderOf = (plan: Plan): string => cache.folder(unless.name, keyOf(unless, plan))
  const unmade = uniqueBy(plans, folderOf).filter((plan) => !existsSync(folderOf(plan)))
  await sideBySide(unmade, most, (plan) =>
    collect(() =>
      make(plan, [stage]).catch((error: unknown) => {
        // what is no mistake of the choices fails the image, when its turn has come
        if (error instanceof UserError) throw error
      }),
    ),
  )
  if (mistakes.length > 0) throw new UserError([...new Set(mistakes)].join('\n'))
}
