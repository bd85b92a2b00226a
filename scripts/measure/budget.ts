import { UserError } from '../../lib/common/words/errors.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import type { BudgetsData } from '../../lib/plan/schema/budgets.ts'
import { cycleOf } from '../../lib/prove/latency/cycles.ts'
import type { Cost } from '../../stages/cost.ts'
import type { Figures } from '../../stages/latency.ts'

/** Frames of the period at which a cycle is held against its budget, and its programs. */
export const JUDGED = { frames: 64, clients: 8 }

/** What an image may cost. */
export interface Budget {
  wake_up_us: number
  cycle_begins_us: number
  cycle_instructions: number
  later_boot?: BudgetsData['later_boot'][string]
}

/** The budget of an image. UserError: budgets.yaml has no line for its kernel or its server. */
export function budgetOf(plan: Plan, budgets: BudgetsData): Budget {
  const kernel = plan.kernel?.name ?? 'packaged'
  const { server } = plan.configure.view.jack
  const line = (what: keyof BudgetsData, most: number | undefined, id = kernel): number => {
    if (most !== undefined) return most
    throw new UserError(
      `budgets.yaml ${what}: has no line for ${id}; measure it, and write what it may be, such as ${id}: 100`,
    )
  }
  const { wake_up_us, cycle_begins_us, cycle_instructions, later_boot } = budgets
  return {
    wake_up_us: line('wake_up_us', wake_up_us[kernel]),
    cycle_begins_us: line('cycle_begins_us', cycle_begins_us[kernel]),
    cycle_instructions: line('cycle_instructions', cycle_instructions[kernel]?.[server], server),
    ...(later_boot[kernel] === undefined ? {} : { later_boot: later_boot[kernel] }),
  }
}

/** What an image has more of than it may: the figure, what is allowed, and what to type. */
export function overBudget(
  name: string,
  figures: Figures & { boots?: Cost | undefined },
  may: Budget,
): string[] {
  const cycle = cycleOf(figures.cycles, JUDGED)
  const over = (what: string, has: number, most: number, unit: string): string[] =>
    has <= most ? [] : [`${what} ${has} ${unit}, and budgets.yaml allows ${most} ${unit}`]
  const { instructions = 0, worst_us = 0, late = 0 } = cycle ?? {}
  return [
    ...over('the latest wake-up is', figures.worst_us, may.wake_up_us, 'µs'),
    ...over('a cycle of JACK begins too late by', worst_us, may.cycle_begins_us, 'µs'),
    ...over('a cycle of JACK costs', instructions, may.cycle_instructions, 'instructions'),
    ...(cycle === undefined
      ? [`JACK does not keep up with ${JUDGED.clients} programs at ${JUDGED.frames} frames`]
      : []),
    ...bootOver(figures.boots, may.later_boot, over),
    ...(late === 0 ? [] : [`cycles of JACK that were not done when the next one was due: ${late}`]),
  ].map(
    (what) =>
      `${name}: ${what}; ./downbeat measure --without <tuning> and --against <choices> show what has grown`,
  )
}

function bootOver(
  boots: Cost | undefined,
  budgets: Budget['later_boot'],
  over: (what: string, has: number, most: number, unit: string) => string[],
): string[] {
  const may = boots === undefined ? undefined : budgets?.[boots.machine]
  if (boots === undefined || may === undefined) return []
  const { jack_ms, processes, memory_kib } = boots.later
  return [
    // an image whose card the emulator has not starts no server there
    ...(jack_ms === undefined ? [] : over('JACK takes programs after', jack_ms, may.jack_ms, 'ms')),
    ...over('a later boot leaves', processes, may.processes, 'processes'),
    ...over('a later boot leaves', Math.round(memory_kib / 1024), may.memory_mib, 'MiB in use'),
  ]
}
