import { Command } from 'commander'
import { UserError } from '../../lib/common/words/errors.ts'
import { periodsWaited } from '../../lib/plan/choices/jack.ts'
import { ownInWords } from '../session/own-words.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { titleOf } from '../../lib/plan/proofs/proof.ts'
import { choicesFile, chosenPlan, withChoices } from '../session/choices.ts'
import type { ChoiceOptions } from '../session/choices.ts'
import { ownFolder } from '../session/own-folder.ts'
import { say, sayJson } from '../session/print.ts'
import { root } from '../session/session.ts'

export function planCommand(): Command {
  return withChoices(new Command('plan'))
    .argument('[choices]', 'the file of choices')
    .option(
      '--explain <tuning>',
      'one tuning: why, source, when, what it changes, how it is proven',
    )
    .option('--json', 'the whole plan, as it is saved beside the image')
    .addHelpText(
      'after',
      '\nExample:\n  ./downbeat plan variants/zero2w-hifiberry-dac.yaml --set jack.rate=44100',
    )
    .action(
      async (
        file: string | undefined,
        options: ChoiceOptions & { explain?: string; json?: true },
      ) => {
        const plan = await chosenPlan(file, options)
        if (options.explain !== undefined)
          return explainTuning(
            plan,
            options.explain,
            ownFolder(choicesFile(file, options.directory), options.directory),
          )
        if (options.json === true) return sayJson(plan)
        say(plan.name)
        const rows = Object.entries(plan.origins)
        const wide = Math.max(...rows.map(([key]) => key.length))
        for (const [key, { value, from }] of rows)
          say(
            `  ${key.padEnd(wide)}  ${value === '' ? '(none)' : value}${from === '' ? '' : `    ${from}`}`,
          )
        const { jack } = plan.configure.view
        say(
          '',
          `JACK: ${jack.period} x ${periodsWaited(jack)} / ${jack.rate} Hz = ${jack.latency_ms} ms${plan.soundcard.bus === 'none' ? '' : ' from the server to the card'}`,
        )
        for (const { name, power_ma, usb } of plan.boards)
          say(
            `supply: ${name}: ${power_ma === undefined ? 'what its carrier wants' : `${power_ma / 1000} A at 5.1 V`}${usb.max_ma === undefined ? '' : `, of which USB devices may take ${usb.max_ma / 1000} A in all`}`,
          )
        const { view, others } = plan.configure
        if (others.length > 0)
          say(
            `sound cards that a card can be told: ${[view.soundcards.own, ...others.map(({ id }) => id)].join(', ')}`,
          )
        say(...ownInWords(plan))
        say('', 'Tunings')
        for (const { id, about, off } of plan.tunings)
          say(
            `  ${off === undefined ? 'on ' : 'off'} ${id}: ${about}`,
            ...(off === undefined ? [] : [`        off because: ${off}`]),
          )
        for (const warning of plan.warnings) say(`note: ${warning}`)
      },
    )
}

async function explainTuning(plan: Plan, id: string, own: string | undefined): Promise<void> {
  const { openCatalogue, thereIsNo } = await import('../../lib/plan/catalogue/catalogue.ts')
  const catalogue = openCatalogue(root, undefined, own)
  const ids = catalogue.ids('tunings')
  if (!ids.includes(id)) throw new UserError(`--explain: ${thereIsNo('tunings', id, ids)}`)
  const { value: tuning } = catalogue.entry('tunings', id, '--explain')
  const planned = plan.tunings.find((one) => one.id === id)!
  const some =
    planned.boards.length < plan.boards.length ? ` (for ${planned.boards.join(', ')})` : ''
  say(`${id}: ${planned.off === undefined ? `on${some}` : `off, because: ${planned.off}`}`)
  say(`  ${tuning.about}`)
  say(`  source: ${tuning.source}`)
  const conditions = Object.entries(tuning.when).map(
    ([fact, wanted]) => `${fact}: ${JSON.stringify(wanted)}`,
  )
  if (conditions.length > 0) say(`  when: ${conditions.join(', ')}`)
  if (tuning.otherwise !== undefined) say(`  otherwise: ${tuning.otherwise}`)
  if (tuning.conflicts.length > 0) say(`  does not go with: ${tuning.conflicts.join(', ')}`)
  if (tuning.pins.length > 0) say(`  takes: GPIO ${tuning.pins.join(', ')}`)
  say('  changes:')
  for (const [kind, change] of Object.entries(tuning.change)) {
    const lines = Array.isArray(change)
      ? change.map(String)
      : Object.entries(change as object).map(([key, value]) => `${key} = ${value}`)
    for (const line of lines) say(`    ${kind}: ${line}`)
  }
  say('  proofs:')
  for (const proof of planned.off === undefined ? planned.proofs : tuning.proof)
    say(`    ${proof.on}: ${titleOf(proof)}`)
  say(
    `  ${planned.off === undefined ? 'switch it off' : 'switch it on'}: --set tunings.${id}=${planned.off === undefined ? 'off' : 'on'}`,
  )
}
