import { existsSync } from 'node:fs'
import type { AnyStage } from './stage.ts'
import { keyOf, needsOf } from './key.ts'
import type { MakeOptions } from './make.ts'

/**
 * Tells whether the result of a stage, or of one that leads to it, is not what was made: every byte
 * is read once. What was made with something damaged may hold the damage, and counts as damaged,
 * too. A result that is not there is not damaged.
 */
export function damages({
  plan,
  cache,
  report,
  shared,
}: Pick<MakeOptions, 'plan' | 'cache' | 'report' | 'shared'>): (
  stage: AnyStage,
) => Promise<boolean> {
  const known = shared?.damaged ?? new Map<string, Promise<boolean>>()
  const damaged = (stage: AnyStage): Promise<boolean> => {
    const folder = cache.folder(stage.name, keyOf(stage, plan))
    const found = known.get(folder) ?? read(stage)
    known.set(folder, found)
    return found
  }
  const read = async (stage: AnyStage): Promise<boolean> => {
    const needs = needsOf(stage, plan).map(async ([, need]) => ((await damaged(need)) ? need : []))
    const [cause] = (await Promise.all(needs)).flat()
    const key = keyOf(stage, plan)
    let what: string | undefined
    const entry = await cache.find(stage.name, key, (heard) => (what = heard), 'every byte')
    if (cause && existsSync(cache.folder(stage.name, key)))
      what ??= `it was made with ${cause.name}, which is damaged`
    if (what !== undefined) report({ kind: 'broken', stage: stage.name, what })
    else if (entry) report({ kind: 'verified', stage: stage.name })
    return what !== undefined || cause !== undefined
  }
  return damaged
}
