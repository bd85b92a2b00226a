import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { UserError } from '../../lib/common/words/errors.ts'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { Budgets } from '../../lib/plan/schema/budgets.ts'
import type { WakeUps } from '../../lib/prove/latency/wakeups.ts'
import { controls } from '../../stages/controls.ts'
import type { Control } from '../../stages/controls.ts'
import { latency } from '../../stages/latency.ts'
import { chosenPlan, withChoices } from '../session/choices.ts'
import type { ChoiceOptions } from '../session/choices.ts'
import { say, sayJson } from '../session/print.ts'
import { root, runStages } from '../session/session.ts'
import { inWords, overBudget } from '../measure/table.ts'
import type { Row } from '../measure/table.ts'

interface Options extends ChoiceOptions {
  against: string[]
  quiet?: true
  verbose?: true
  json?: true
}

const several = (one: string, before: string[]): string[] => [...before, one]

export function measureCommand(): Command {
  return withChoices(new Command('measure'))
    .argument('[choices]', 'the file of choices')
    .option('--against <choices>', 'measure these, too; may be repeated', several, [])
    .option('-v, --verbose', 'show what the commands print')
    .option('-q, --quiet', 'show results and errors only')
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      '\nExample:\n  ./downbeat measure\n  ./downbeat measure --against variants/pi3b-midi-only.yaml',
    )
    .action(measure)
}

async function measure(file: string | undefined, options: Options): Promise<void> {
  const plans: Plan[] = []
  for (const one of [file, ...options.against]) plans.push(await chosenPlan(one, options))
  for (const plan of plans)
    if (plan.virt_cpu === undefined)
      throw new UserError(
        `${plan.name}: nothing can be measured: its kernel is for ARMv6, and QEMU has no machine for it that counts instructions. Choose a board with another processor: ./downbeat list boards`,
      )
  const rows: Row[] = []
  let beside: Control[] = []
  for (const plan of plans) {
    const wanted = beside.length === 0 ? [latency, controls] : [latency]
    const run = await runStages(plan, wanted, {
      verbose: options.verbose === true,
      quiet: options.quiet === true || options.json === true,
    })
    await run.end()
    const seen = (stage: string): unknown => {
      const path = run.made.get(stage)?.outputs['seen']
      return path === undefined ? undefined : JSON.parse(readFileSync(path, 'utf8'))
    }
    rows.push({ name: plan.name, budget_us: budgetOf(plan), ...(seen('latency') as WakeUps) })
    beside = (seen('controls') as Control[] | undefined) ?? beside
  }
  if (options.json === true) sayJson({ images: rows, controls: beside })
  else say(...inWords(rows, beside, plans[0]!.configure.view.priorities.jackd))
  const over = overBudget(rows)
  if (over.length > 0) throw new UserError(over.join('\n'))
}

function budgetOf(plan: Plan): number {
  const { wake_up_us } = openCatalogue(root).table('budgets.yaml', Budgets).value
  const name = plan.kernel?.name ?? 'packaged'
  const budget = wake_up_us[name]
  if (budget === undefined)
    throw new UserError(
      `budgets.yaml wake_up_us: has no line for the kernel ${name}; write what it may be, in µs, such as ${name}: 20`,
    )
  return budget
}
