import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import type { Catalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { faultOf, ofKernels } from '../../lib/plan/choices/pairs.ts'
import { readRecords } from '../proven/records.ts'
import { soundcardFacts } from '../soundcards/facts.ts'
import type { SoundcardFacts } from '../soundcards/facts.ts'
import { channelsOf, latencyOf, provenOf, ratesOf, records, sumOf } from '../soundcards/words.ts'

const head = (nobody: boolean): string => `# Sound cards

Made by \`./downbeat generate\` from \`soundcards/\`, \`boards/\`, \`kernel/\` and \`variants/\`. \`./downbeat list soundcards\`
says the same in short, with \`--board …\` and \`--records\` for those that fit and record. The source of each fact
stands in the file of the card. [which-interface.md](which-interface.md) says which one to buy.
[CONTRIBUTING.md](../CONTRIBUTING.md#add-a-sound-card) says how to add one.

A card on the header can have a mainline kernel (\`debian\`, \`backports\`, \`packaged-debian\`) where \`kernel/overlays/\`
has an overlay for it. The others need Raspberry Pi's own kernel: why, stands below. Each of these overlays compiles
without a warning, fits the trees of its boards, and its devices have drivers; the schemas of Linux 6.12 have judged
it on the trees of the Pi 3 and 4. None of them has been tried with the card.

${nobody ? '**Nobody has played through one of these cards with an image of downbeat.**' : 'Somebody has tried some of these cards.'} [proven.md](proven.md) says what has been proven where. Milliseconds are arithmetic: period x
periods / rate, with the options that the file of the card says. That is the way from JACK to the card. No converter is
in it, and nothing of it is measured ([latency.md](latency.md)). What your own card holds is found by \`downbeat-latency\`.

| proven | which is |
| --- | --- |
| planned only | the tests make the plan of an image for it; no test starts one |
| overlay compared | a test holds its overlay and the parameters against those of Raspberry Pi's kernel |
| mixer compared | a test holds its controls and levels against the source of the driver |
| started in an emulator, without the card | a boot test starts an image for it, on an emulated board that has no such card |
| started and heard in an emulator | a boot test starts an image for it, and a tone is heard from QEMU's own USB card |`

/** docs/soundcards.md: which card for which board, then a row a card, then what goes wrong. */
export function soundcardPages(root: string): string {
  const catalogue = openCatalogue(root)
  const all = soundcardFacts(catalogue)
  const nobody = readRecords(catalogue).boards.length === 0
  const kind = (bus: string, recording: boolean): SoundcardFacts[] =>
    all.filter(({ card }) => card.bus === bus && records(card) === recording)
  const sections = [
    section(catalogue, 'On USB, recording and playing', kind('usb', true)),
    section(catalogue, 'On USB, playing only', kind('usb', false)),
    section(catalogue, 'On the header, recording', kind('i2s', true)),
    section(catalogue, 'On the header, playing only', kind('i2s', false)),
    section(catalogue, 'The headphone socket of a board, or no card at all', [
      ...kind('onboard', false),
      ...kind('none', false),
    ]),
  ]
  return `${[head(nobody), whichForWhich(catalogue, all), ...sections, faults(all)].filter(Boolean).join('\n\n')}\n`
}

/** Which kinds of card each board takes: boards that take the same stand in one row. */
function whichForWhich(catalogue: Catalogue, all: readonly SoundcardFacts[]): string {
  const rows = Map.groupBy(catalogue.ids('boards'), (board) => {
    const fitting = all.filter(({ boards }) => boards.some(({ id }) => id === board))
    const cells = [
      number(fitting, ({ bus }) => bus === 'usb'),
      number(fitting, (card) => card.bus === 'i2s' && records(card)),
      number(fitting, (card) => card.bus === 'i2s' && !records(card)),
      number(fitting, ({ bus }) => bus === 'onboard') === '0' ? 'no' : 'yes',
    ]
    return cells.join(' | ')
  })
  return [
    '## Which card for which board',
    '',
    'How many of the files below can be had on a board, with some kernel and some base. With `./downbeat list soundcards',
    '--board …` they are listed, with their kernels.',
    '',
    '| boards | on USB | on the header, recording | on the header, playing only | headphone socket |',
    '| --- | --- | --- | --- | --- |',
    ...[...rows].map(([cells, boards]) => `| ${code(boards)} | ${cells} |`),
  ].join('\n')
}

const number = (
  facts: readonly SoundcardFacts[],
  is: (card: SoundcardFacts['card']) => boolean,
): string => String(facts.filter(({ card }) => is(card)).length)

function section(catalogue: Catalogue, title: string, all: readonly SoundcardFacts[]): string {
  if (all.length === 0) return ''
  const every = catalogue.ids('boards')
  const boardsOf = ({ boards }: SoundcardFacts): string =>
    boards.length === every.length
      ? 'every board'
      : code(boards.map(({ id }) => id)) || 'no board with any kernel of `kernel/`'
  const counted = Map.groupBy(all, boardsOf)
  const [usual] = [...counted].toSorted(([, a], [, b]) => b.length - a.length)[0]!
  return [
    `## ${title}`,
    '',
    `Boards, unless a row says otherwise: ${usual}.`,
    '',
    '| card | id | channels | rates | latency | kernels | proven |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...all.map((facts) => {
      const own = boardsOf(facts)
      return row(facts, kernelsOf(catalogue, facts), own === usual ? '' : `; only on ${own}`)
    }),
  ].join('\n')
}

function row(facts: SoundcardFacts, kernels: string, only: string): string {
  const { card } = facts
  const also = card.also.length === 0 ? '' : ` (also ${card.also.map(cell).join(', ')})`
  const cells = [
    `${cell(card.name)}${also}${only}`,
    `\`${card.id}\``,
    channelsOf(card),
    ratesOf(card),
    `${latencyOf(card)} ms (${sumOf(card)})`,
    kernels,
    provenOf(facts),
  ]
  return `| ${cells.join(' | ')} |`
}

/** The kernels that serve it on some board. */
function kernelsOf(catalogue: Catalogue, { boards }: SoundcardFacts): string {
  const its = new Set(boards.flatMap(({ kernels }) => kernels))
  const all = catalogue.ids('kernel')
  return its.size === all.length ? 'any' : all.filter((id) => its.has(id)).join(', ')
}

const code = (ids: readonly string[]): string => ids.map((id) => `\`${id}\``).join(', ')

/** What a text is in a cell of a table: nothing in it ends the cell, or is markup. */
export const cell = (text: string): string =>
  text.replaceAll(/[|\\`*_<>[\]]/g, (sign) => `\\${sign}`)

/** What is known to go wrong, and what has to be known. */
function faults(all: readonly SoundcardFacts[]): string {
  const lines = all.flatMap(({ card: { id, notes, on, overlay } }) => {
    const told = [
      ...notes.map(cell),
      ...on.flatMap((pair) => {
        const fault = faultOf(pair)
        const where = [
          ...(pair.board === undefined ? [] : [`on ${code(pair.board)}`]),
          ...(pair.kernel === undefined ? [] : [ofKernels(pair.kernel)]),
        ]
        return fault === undefined ? [] : [`${where.join(' ')}: ${cell(fault)}`]
      }),
      ...(overlay?.none === undefined
        ? []
        : [`${ofKernels({ family: 'mainline' })} not at all: ${cell(overlay.none)}`]),
    ]
    return told.length === 0 ? [] : [`- \`${id}\`: ${told.join('; ')}.`]
  })
  return ['## What is known of them', '', ...lines].join('\n')
}
