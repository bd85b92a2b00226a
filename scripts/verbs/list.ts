import { join } from 'node:path'
import { Command } from 'commander'
import { typedWord } from '../../lib/common/quote.ts'
import { folders, openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { radioGap } from '../../lib/plan/choices/radio.ts'
import type { Catalogue, Folder } from '../../lib/plan/catalogue/catalogue.ts'
import { UserError } from '../../lib/common/words/errors.ts'
import { didYouMean } from '../../lib/common/words/nearest.ts'
import { firstOf } from '../../lib/common/words/together.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { boardFacts } from '../boards/facts.ts'
import { boardTable, listedBoard } from '../boards/listed.ts'
import type { ListedBoard } from '../boards/listed.ts'
import { chosenPlan, withChoices } from '../session/choices.ts'
import type { ChoiceOptions } from '../session/choices.ts'
import { folderNamed, ownFolder } from '../session/own-folder.ts'
import { say, sayJson } from '../session/print.ts'
import { root } from '../session/session.ts'
import { listedSoundcards, soundcardLines } from '../soundcards/listed.ts'
import type { ListedSoundcard } from '../soundcards/listed.ts'
import { wantedImages } from '../session/wanted.ts'

/**
 * What is printed of an entry: the line that says what it is, and of a tuning whether it is in
 * force.
 */
interface Listed {
  about: string
  applies?: boolean
  why_not?: string
  /** of a variant: the file of its choices, and what it is made for */
  choices?: string
  board?: string[]
  soundcard?: string
  base?: string
}

export function listCommand(): Command {
  return withChoices(new Command('list'))
    .argument(
      '[what]',
      `${Object.keys(folders).join(', ')} or variants (all of them when left out)`,
    )
    .argument(
      '[which]',
      'tunings: the file of choices that they are asked about; soundcards: a part of a name, such as of a product or an overlay; variants: a matrix, or a folder of files of choices',
    )
    .option('--records', 'of the sound cards those that something can be recorded with')
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      `
Of sound cards it says which channels and rates they have, how many milliseconds JACK's buffer is with the options of
their file (period x periods / rate: arithmetic, not measured), and what has been proven of them. With --board: those
that can be had on this board, or on all of these.

Examples:
  ./downbeat list tunings
  ./downbeat list soundcards amp
  ./downbeat list soundcards --board ${openCatalogue(root).ids('boards').at(-1)!} --records
  ./downbeat list variants --json`,
    )
    .action(
      async (
        what: string | undefined,
        which: string | undefined,
        options: ChoiceOptions & { json?: true; records?: true },
      ) => {
        const kinds = [...(Object.keys(folders) as Folder[]), 'variants']
        if (what !== undefined && !kinds.includes(what))
          throw new UserError(`there is no list of "${what}"${didYouMean(what, kinds)}`)
        if (options.records === true && what !== 'soundcards')
          throw new UserError(
            '--records is about sound cards: ./downbeat list soundcards --records',
          )
        const wanted = kinds.filter((kind) => what === undefined || kind === what)
        const found: Record<string, Record<string, Listed | ListedBoard | ListedSoundcard>> = {}
        const { directory } = options
        const own = directory === undefined ? undefined : ownFolder('', directory)
        const catalogue = openCatalogue(root, undefined, own)
        const known = wanted.includes('boards') ? boardsWithGaps(catalogue) : []
        for (const kind of wanted)
          found[kind] =
            kind === 'tunings'
              ? tunings(await chosenPlan(what === kind ? which : undefined, options))
              : kind === 'boards'
                ? Object.fromEntries(
                    known.map(([facts, gap]) => [facts.board.id, listedBoard(facts, gap)]),
                  )
                : kind === 'soundcards'
                  ? listedSoundcards(catalogue, what === kind ? { ...options, words: which } : {})
                  : kind === 'variants'
                    ? await variants(what === kind ? which : undefined, options)
                    : named(catalogue, kind)
        if (options.json === true) return sayJson(found)
        for (const [kind, entries] of Object.entries(found)) {
          if (what === undefined) say(kind)
          if (kind === 'boards') {
            say(...boardTable(known))
            continue
          }
          if (kind === 'soundcards') {
            say(...soundcardLines(entries as Record<string, ListedSoundcard>))
            continue
          }
          const wide = Math.max(...Object.keys(entries).map((id) => id.length))
          for (const [id, { about, applies, why_not }] of Object.entries<Listed>(
            entries as Record<string, Listed>,
          )) {
            const state = applies === undefined ? '' : applies ? 'on   ' : 'off  '
            say(`  ${state}${id.padEnd(wide)}  ${about}`)
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

/** Every board, with what its radio lacks. */
const boardsWithGaps = (catalogue: Catalogue) =>
  boardFacts(catalogue).map((facts) => [facts, radioGap(catalogue, facts.board)] as const)

/** The images of variants/, or of a matrix or another folder: by their names, with what makes each. */
async function variants(
  which: string | undefined,
  options: ChoiceOptions,
): Promise<Record<string, Listed>> {
  const { images, mistakes } = await wantedImages(
    [
      which ??
        join(options.directory === undefined ? root : folderNamed(options.directory), 'variants/'),
    ],
    options,
  )
  if (mistakes.length > 0) throw new UserError(firstOf(mistakes).join('\n'))
  return Object.fromEntries(
    images.map(({ name, source, within, choices: { board, soundcard, base } }) => {
      const only = within === undefined ? '' : ` --only ${name}`
      const about = `./downbeat build ${typedWord(source)}${only}`
      return [name, { about, choices: source, board, soundcard, base }]
    }),
  )
}

function named(catalogue: Catalogue, kind: string): Record<string, Listed> {
  const ids = catalogue.ids(kind)
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
