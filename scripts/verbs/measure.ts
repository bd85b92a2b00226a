import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { UserError } from '../../lib/common/words/errors.ts'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { Budgets } from '../../lib/plan/schema/budgets.ts'
import { controls } from '../../stages/controls.ts'
import type { Control } from '../../stages/controls.ts'
import { cost } from '../../stages/cost.ts'
import type { Cost } from '../../stages/cost.ts'
import { latency } from '../../stages/latency.ts'
import type { Figures } from '../../stages/latency.ts'
import { chosenPlan, withChoices } from '../session/choices.ts'
import type { ChoiceOptions } from '../session/choices.ts'
import { say, sayJson } from '../session/print.ts'
import { root, runStages } from '../session/session.ts'
import { budgetOf, overBudget } from '../measure/budget.ts'
import { bootsInWords } from '../measure/boots.ts'
import { inWords, sameFigures } from '../measure/table.ts'
import type { Row } from '../measure/table.ts'
import { withoutTunings } from '../measure/without.ts'

interface Options extends ChoiceOptions {
  against: string[]
  without: string[]
  quiet?: true
  verbose?: true
  json?: true
}

const several = (one: string, before: string[]): string[] => [...before, one]
const listed = (words: string, before: string[]): string[] => [...before, ...words.split(',')]

export function measureCommand(): Command {
  return withChoices(new Command('measure'))
    .argument('[choices]', 'the file of choices')
    .option('--against <choices>', 'measure these, too; may be repeated', several, [])
    .option(
      '--without <tunings>',
      'measure the image without these tunings, too: their ids, with a comma between them',
      listed,
      [],
    )
    .option('-v, --verbose', 'show what the commands print')
    .option('-q, --quiet', 'show results and errors only')
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      '\nExample:\n  ./downbeat measure\n  ./downbeat measure --against variants/pi3b-midi-only.yaml\n  ./downbeat measure --without quiet-cores',
    )
    .action(measure)
}

async function measure(file: string | undefined, options: Options): Promise<void> {
  const plans: Plan[] = []
  for (const one of [file, ...options.against]) plans.push(await chosenPlan(one, options))
  const without =
    options.without.length === 0
      ? undefined
      : await withoutTunings(plans[0]!, options.without, (set) =>
          chosenPlan(file, { ...options, set: [...options.set, ...set] }),
        )
  for (const plan of plans)
    if (plan.virt_cpu === undefined)
      throw new UserError(
        `${plan.name}: nothing can be measured: its kernel is for ARMv6, and QEMU has no machine for it that counts instructions. Choose a board with another processor: ./downbeat list boards`,
      )
  const budgets = openCatalogue(root).table('budgets.yaml', Budgets).value
  const rows: Row[] = []
  let beside: Control[] = []
  for (const plan of without === undefined ? plans : [...plans, without]) {
    const may = budgetOf(plan, budgets)
    const wanted = beside.length === 0 ? [latency, cost, controls] : [latency, cost]
    const run = await runStages(plan, wanted, {
      verbose: options.verbose === true,
      quiet: options.quiet === true || options.json === true,
    })
    await run.end()
    const seen = (stage: string): unknown => {
      const path = run.made.get(stage)?.outputs['seen']
      return path === undefined ? undefined : JSON.parse(readFileSync(path, 'utf8'))
    }
    const name =
      plan === without ? `${plans[0]!.name} without ${options.without.join(', ')}` : plan.name
    rows.push({
      name,
      may,
      ...(seen('latency') as Figures),
      boots: seen('cost') as Cost | undefined,
    })
    beside = (seen('controls') as Control[] | undefined) ?? beside
  }
  if (options.json === true) sayJson({ images: rows, controls: beside })
  else
    say(...inWords(rows, beside, plans[0]!.configure.view.priorities.jackd), ...bootsInWords(rows))
  if (without !== undefined && options.json !== true && sameFigures(rows[0]!, rows.at(-1)!))
    say('', `Not measurable here: the figures without ${options.without.join(', ')} are the same.`)
  // what an image has without its tunings is no mistake of the image
  const over = plans.flatMap((_, i) => overBudget(rows[i]!.name, rows[i]!, rows[i]!.may))
  if (over.length > 0) throw new UserError(over.join('\n'))
}
