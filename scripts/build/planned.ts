import { UserError } from '../../lib/common/words/errors.ts'
import { firstOf } from '../../lib/common/words/together.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { nothingRead, planFor } from '../session/choices.ts'
import type { ChoiceOptions, How, Read } from '../session/choices.ts'
import { collecting, wantedImages } from '../session/wanted.ts'
import type { Named } from '../session/wanted.ts'
import type { Goal } from './goal.ts'

/** One of several images, and its plan. */
export interface Planned extends Named {
  plan: Plan
}

/**
 * The plans of all of the images that these words ask for. Throws UserError with all that is wrong in
 * any of them.
 */
export async function planned(
  words: readonly string[],
  options: ChoiceOptions & { only: string[] },
  how: How,
  goal: Goal,
): Promise<Planned[]> {
  const { images, mistakes: before } = await wantedImages(words, options, options.only)
  const { mistakes, collect } = collecting(before)
  const plans: Planned[] = []
  const read: Read = nothingRead()
  let unfit: Named | undefined
  for (const one of images)
    await collect(async () => {
      try {
        const plan = await planFor(one, how, read)
        goal.check(plan)
        plans.push({ ...one, plan })
      } catch (error) {
        // what there is not is a slip of the pen
        if (one.within !== undefined && !/: there is no /.test(String(error))) unfit ??= one
        throw error
      }
    })
  if (mistakes.length === 0) return plans
  const lines = firstOf([...new Set(mistakes)])
  if (unfit)
    lines.push(
      `${unfit.source}: leave out what does not go together, such as exclude: [${inWords(unfit)}]`,
    )
  throw new UserError(lines.join('\n'))
}

/** What a matrix says of one of its images, as its `exclude` would have it. */
const inWords = ({ said }: Named): string =>
  `{ ${said
    .flatMap((one) => {
      if (typeof one === 'string' || one.path[0] === 'name' || one.text.startsWith('--')) return []
      const first: unknown = Array.isArray(one.value) ? one.value[0] : one.value
      const value = typeof first === 'string' ? first : JSON.stringify(first)
      const [key, part] = one.path
      return [part === undefined ? `${key}: ${value}` : `${key}: { ${part}: ${value} }`]
    })
    .join(', ')} }`
