import { createHash } from 'node:crypto'
import type { Plan } from '../../plan/plan.ts'
import { sourceText } from './source-text.ts'
import type { AnyStage } from './stage.ts'

/** The stages that a stage needs and that this plan has. */
export const needsOf = (stage: AnyStage, plan: Plan): [string, AnyStage][] =>
  Object.entries<AnyStage>(stage.needs as Record<string, AnyStage>).filter(
    ([, need]) => need.given(plan) !== undefined,
  )

// A plan does not change, and an edit of a stage while a build runs must not either.
const keys = new WeakMap<Plan, Map<AnyStage, string>>()

/**
 * The name of a stage's result: its part of the plan, its own text, and the keys of the stages it
 * needs.
 */
export function keyOf(stage: AnyStage, plan: Plan): string {
  const known = keys.get(plan) ?? new Map<AnyStage, string>()
  keys.set(plan, known)
  const before = known.get(stage)
  if (before !== undefined) return before
  const needs = needsOf(stage, plan).map(([name, need]) => [name, keyOf(need, plan)])
  const text = JSON.stringify([
    stage.name,
    stage.given(plan),
    needs,
    stage.outputs,
    sourceText(stage.source),
  ])
  const key = createHash('sha256').update(text).digest('hex')
  known.set(stage, key)
  return key
}
