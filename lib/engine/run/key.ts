import { createHash } from 'node:crypto'
import type { Plan } from '../../plan/plan.ts'
import { noSources, sourceText } from './source-text.ts'
import type { Sources } from './source-text.ts'
import type { AnyStage } from './stage.ts'

/** The stages that a stage needs and that this plan has. */
export const needsOf = (stage: AnyStage, plan: Plan): [string, AnyStage][] =>
  Object.entries<AnyStage>(stage.needs as Record<string, AnyStage>).filter(
    ([, need]) => need.given(plan) !== undefined,
  )

// A plan does not change, and an edit of a stage while a build runs must not either.
const known = new WeakMap<Plan, { keys: Map<AnyStage, string>; sources: Sources }>()

/**
 * The name of a stage's result: its part of the plan, its own text, and the keys of the stages it
 * needs.
 */
export function keyOf(stage: AnyStage, plan: Plan): string {
  const { keys, sources } = known.get(plan) ?? { keys: new Map(), sources: noSources() }
  known.set(plan, { keys, sources })
  const before = keys.get(stage)
  if (before !== undefined) return before
  const needs = needsOf(stage, plan).map(([name, need]) => [name, keyOf(need, plan)])
  const text = JSON.stringify([
    stage.name,
    stage.given(plan),
    needs,
    stage.outputs,
    sourceText(stage.source, sources),
  ])
  const key = createHash('sha256').update(text).digest('hex')
  keys.set(stage, key)
  return key
}
