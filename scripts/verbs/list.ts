import { Command } from 'commander'
import { folders, openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import type { Folder } from '../../lib/plan/catalogue/catalogue.ts'
import { UserError } from '../../lib/common/words/errors.ts'
import { didYouMean } from '../../lib/common/words/nearest.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { Image } from '../../lib/plan/schema/image.ts'
import { chosenPlan, withChoices } from '../session/choices.ts'
import type { ChoiceOptions } from '../session/choices.ts'
import { root } from '../session/session.ts'

/**
 * What is printed of an entry: the line that says what it is, and of a tuning whether it is in
 * force.
 */
interface Listed {
  about: string
  applies?: boolean
  why_not?: string
}

export function listCommand(): Command {
  return withChoices(new Command('list'))
    .argument(
      '[what]',
      `${Object.keys(folders).join(', ')} or variants (all of them when left out)`,
    )
    .argument('[choices]', 'the file of choices that tunings are asked about')
    .option('--json', 'for programs')
    .addHelpText('after', '\nExample:\n  ./downbeat list tunings')
    .action(
      async (
        what: string | undefined,
        file: string | undefined,
        options: ChoiceOptions & { json?: true },
      ) => {
        const kinds = [...(Object.keys(folders) as Folder[]), 'variants']
        if (what !== undefined && !kinds.includes(what))
          throw new UserError(`there is no list of "${what}"${didYouMean(what, kinds)}`)
        const wanted = kinds.filter((kind) => what === undefined || kind === what)
        const found: Record<string, Record<string, Listed>> = {}
        for (const kind of wanted)
          found[kind] = kind === 'tunings' ? tunings(await chosenPlan(file, options)) : named(kind)
        if (options.json === true)
          return void process.stdout.write(`${JSON.stringify(found, null, 2)}\n`)
        for (const [kind, entries] of Object.entries(found)) {
          if (what === undefined) process.stdout.write(`${kind}\n`)
          const wide = Math.max(...Object.keys(entries).map((id) => id.length))
          for (const [id, { about, applies, why_not }] of Object.entries(entries)) {
            const state = applies === undefined ? '' : applies ? 'on   ' : 'off  '
            process.stdout.write(`  ${state}${id.padEnd(wide)}  ${about}\n`)
            if (why_not !== undefined)
              process.stdout.write(`  ${' '.repeat(state.length + wide)}  (${why_not})\n`)
          }
        }
      },
    )
}

/** Every tuning, and whether it is in force for these choices. */
function tunings(plan: Plan): Record<string, Listed> {
  return Object.fromEntries(
    plan.tunings.map(({ id, about, off }) => [
      id,
      { about, applies: off === undefined, ...(off === undefined ? {} : { why_not: off }) },
    ]),
  )
}

const catalogue = openCatalogue(root)

function named(kind: string): Record<string, Listed> {
  const ids = catalogue.ids(kind)
  if (kind === 'variants')
    return Object.fromEntries(
      ids.map((id) => [id, { about: `./downbeat build variants/${id}.yaml` }]),
    )
  return Object.fromEntries(
    ids.map((id) => {
      const { value } = catalogue.entry(kind as Folder, id, kind)
      return [
        id,
        {
          about: 'name' in value ? value.name : value.about,
          ...(kind === 'boards' ? whatItLacks(id) : {}),
        },
      ]
    }),
  )
}

/** Boards that no base system runs on yet, and those that the usual kernel does not know. */
function whatItLacks(id: string): Pick<Listed, 'why_not'> {
  const { arch, soc, device_tree } = catalogue.entry('boards', id, 'boards').value
  const made = new Set(
    catalogue.ids('bases').map((base) => catalogue.entry('bases', base, 'bases').value.arch),
  )
  if (!arch.some((one) => made.has(one)))
    return { why_not: `not yet: it runs ${arch.join(', ')}, for which there is no base` }
  const kernels = catalogue.ids('kernel').filter((kernel) => {
    const { family, builds } = catalogue.entry('kernel', kernel, 'kernel').value
    return (
      device_tree[family] !== undefined &&
      Object.values(builds).some(({ socs }) => socs.includes(soc))
    )
  })
  const usual = Image.parse({ board: id, soundcard: id }).kernel.source
  return kernels.includes(usual)
    ? {}
    : { why_not: kernels.map((kernel) => `--set kernel.source=${kernel}`).join(' or ') }
}
