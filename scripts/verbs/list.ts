import { Command } from 'commander'
import { folders, openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { faultOf, ofKernels } from '../../lib/plan/choices/pairs.ts'
import { radioGap } from '../../lib/plan/choices/radio.ts'
import { soundcardsCalled } from '../../lib/plan/choices/soundcards.ts'
import type { Folder } from '../../lib/plan/catalogue/catalogue.ts'
import { UserError } from '../../lib/common/words/errors.ts'
import { didYouMean } from '../../lib/common/words/nearest.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { boardFacts } from '../boards/facts.ts'
import { boardTable, listedBoard } from '../boards/listed.ts'
import type { ListedBoard } from '../boards/listed.ts'
import { chosenPlan, withChoices } from '../session/choices.ts'
import type { ChoiceOptions } from '../session/choices.ts'
import { say, sayJson } from '../session/print.ts'
import { root } from '../session/session.ts'

/**
 * What is printed of an entry: the line that says what it is, and of a tuning whether it is in
 * force.
 */
interface Listed {
  about: string
  applies?: boolean
  why_not?: string
  /** of a sound card: other names of it, and its channels */
  also?: string[]
  channels?: { playback: number; capture: number }
}

export function listCommand(): Command {
  return withChoices(new Command('list'))
    .argument(
      '[what]',
      `${Object.keys(folders).join(', ')} or variants (all of them when left out)`,
    )
    .argument(
      '[which]',
      'tunings: the file of choices that they are asked about; soundcards: a part of a name, such as of a product or an overlay',
    )
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      '\nExamples:\n  ./downbeat list tunings\n  ./downbeat list soundcards amp',
    )
    .action(
      async (
        what: string | undefined,
        which: string | undefined,
        options: ChoiceOptions & { json?: true },
      ) => {
        const kinds = [...(Object.keys(folders) as Folder[]), 'variants']
        if (what !== undefined && !kinds.includes(what))
          throw new UserError(`there is no list of "${what}"${didYouMean(what, kinds)}`)
        const wanted = kinds.filter((kind) => what === undefined || kind === what)
        const found: Record<string, Record<string, Listed | ListedBoard>> = {}
        const known = wanted.includes('boards') ? boardsWithGaps() : []
        for (const kind of wanted)
          found[kind] =
            kind === 'tunings'
              ? tunings(await chosenPlan(what === 'soundcards' ? undefined : which, options))
              : kind === 'boards'
                ? Object.fromEntries(
                    known.map(([facts, gap]) => [facts.board.id, listedBoard(facts, gap)]),
                  )
                : kind === 'soundcards'
                  ? soundcards(what === kind ? which : undefined)
                  : named(kind)
        if (options.json === true) return sayJson(found)
        for (const [kind, entries] of Object.entries(found)) {
          if (what === undefined) say(kind)
          if (kind === 'boards') {
            say(...boardTable(known))
            continue
          }
          const wide = Math.max(...Object.keys(entries).map((id) => id.length))
          for (const [id, one] of Object.entries<Listed>(entries)) {
            const { about, applies, why_not, also = [], channels } = one
            const state = applies === undefined ? '' : applies ? 'on   ' : 'off  '
            const inOut =
              channels === undefined
                ? ''
                : `${`${channels.capture} in, ${channels.playback} out`.padEnd(13)}  `
            say(`  ${state}${id.padEnd(wide)}  ${inOut}${about}`)
            if (also.length > 0)
              say(`  ${' '.repeat(state.length + wide)}  also: ${also.join(', ')}`)
            if (why_not !== undefined) say(`  ${' '.repeat(state.length + wide)}  (${why_not})`)
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

/** Every board, with what its radio lacks. */
const boardsWithGaps = () =>
  boardFacts(catalogue).map((facts) => [facts, radioGap(catalogue, facts.board)] as const)

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
        },
      ]
    }),
  )
}

/** The sound cards, or those of them that have these words in a name of theirs. */
function soundcards(words: string | undefined): Record<string, Listed> {
  const ids = words === undefined ? catalogue.ids('soundcards') : soundcardsCalled(catalogue, words)
  if (ids.length === 0)
    throw new UserError(
      `no sound card here has "${words!}" in its name, its overlay or its ALSA id; ./downbeat list soundcards shows all of them`,
    )
  return Object.fromEntries(
    ids.map((id) => {
      const { value: card } = catalogue.entry('soundcards', id, 'soundcards')
      const { name, also, playback, capture, on } = card
      const known = on.flatMap((pair) => {
        const fault = faultOf(pair)
        const where = [
          ...(pair.board === undefined ? [] : [`on ${pair.board.join(', ')}`]),
          ...(pair.kernel === undefined ? [] : [ofKernels(pair.kernel)]),
        ]
        return fault === undefined ? [] : [`${where.join(' ')}: ${fault}`]
      })
      const listed = {
        about: name,
        channels: { playback, capture },
        ...(also.length === 0 ? {} : { also }),
        ...(known.length === 0 ? {} : { why_not: known.join('; ') }),
      }
      return [id, listed]
    }),
  )
}
