import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import type { Catalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { socketLacking } from '../../lib/plan/choices/sockets.ts'
import type { Emulated, OnBoard } from '../proven/record.ts'
import { readRecords } from '../proven/records.ts'
import type { Records } from '../proven/records.ts'
import { boardsOf, soundcardFacts } from '../soundcards/facts.ts'
import type { SoundcardFacts } from '../soundcards/facts.ts'
import { records as recording } from '../soundcards/words.ts'

const head = `# What is proven where

Made by \`./downbeat generate\` from \`boards/\`, \`soundcards/\`, \`bases/\` and \`kernel/\`, and from the records in
\`proven/\`. A program has written each of these records, of what it has really seen.
[CONTRIBUTING.md](../CONTRIBUTING.md#say-what-you-have-tried) says how to send one.

| word | which is |
| --- | --- |
| data only | there is a file of the card, and the board has the socket; no kernel and base serve both |
| resolved | a kernel and a base serve both, and a plan of an image can be made |
| built | an image was made, and the proofs that its files can answer have passed |
| booted | that image was started on QEMU's machine for the board, and the proofs were asked there |
| heard | a tone was played there through JACK, and found in what QEMU's own USB card has recorded |
| on a board | somebody has started an image on the board itself, and \`downbeat-doctor\` has asked the proofs there |`

/** docs/proven.md: boards by kinds of cards, then the records. */
export function provenPage(root: string): string {
  const catalogue = openCatalogue(root)
  return provenText(catalogue, readRecords(catalogue))
}

/** The same, of these records. */
export function provenText(catalogue: Catalogue, records: Records): string {
  return `${[head, table(catalogue, records), onBoards(records.boards), emulated(records.emulated)].join('\n\n')}\n`
}

type Card = SoundcardFacts['card']

/** The kinds of card, each a column. */
const kinds: readonly [title: string, is: (card: Card) => boolean][] = [
  ['on USB', ({ bus }) => bus === 'usb'],
  ['on the header, recording', (card) => card.bus === 'i2s' && recording(card)],
  ['on the header, playing only', (card) => card.bus === 'i2s' && !recording(card)],
  ['headphone socket', ({ bus }) => bus === 'onboard'],
  ['no card, MIDI only', ({ bus }) => bus === 'none'],
]

/** What is known of a card on a board, from the strongest on; each card counts once. */
const LEVELS = ['on a board', 'heard', 'booted', 'built', 'resolved', 'data only'] as const
type Level = (typeof LEVELS)[number]

function table(catalogue: Catalogue, records: Records): string {
  const all = soundcardFacts(catalogue)
  const boards = boardsOf(catalogue, catalogue.ids('boards'))
  const rows = boards.map((board) => {
    const cells = kinds.map(([, is]) => {
      const levels = all
        .filter(({ card }) => is(card) && socketLacking(board, card) === undefined)
        .map((facts) => levelOf(board.id, facts, records))
      return cellOf(levels)
    })
    return { id: board.id, cells: cells.join(' | ') }
  })
  const alike = [...Map.groupBy(rows, ({ cells }) => cells)]
  return [
    '## Boards and kinds of sound card',
    '',
    'How many files of sound cards there are of each kind, by the strongest that is known of them on the board, with any',
    'kernel and any base. Boards of which the same is known stand in one row. [soundcards.md](soundcards.md) names the cards.',
    '',
    `| boards | ${kinds.map(([title]) => title).join(' | ')} |`,
    `| --- |${' --- |'.repeat(kinds.length)}`,
    ...alike.map(([cells, its]) => `| ${its.map(({ id }) => `\`${id}\``).join(', ')} | ${cells} |`),
  ].join('\n')
}

function levelOf(board: string, { card, boards }: SoundcardFacts, records: Records): Level {
  if (records.boards.some((one) => one.board === board && one.soundcard === card.id))
    return 'on a board'
  const builds = records.emulated.filter(
    (one) => one.soundcard === card.id && one.boards.includes(board),
  )
  const boots = builds.flatMap((one) => one.boots).filter((boot) => boot.board === board)
  if (boots.some(({ heard }) => heard)) return 'heard'
  if (boots.length > 0) return 'booted'
  if (builds.length > 0) return 'built'
  return boards.some(({ id }) => id === board) ? 'resolved' : 'data only'
}

/** `1 heard, 57 resolved`. */
function cellOf(levels: readonly Level[]): string {
  const counts = LEVELS.flatMap((level) => {
    const count = levels.filter((one) => one === level).length
    return count === 0 ? [] : [`${count} ${level}`]
  })
  return counts.join(', ') || 'no socket for it'
}

/** `134 passed`, `133 passed, 1 failed`. */
const proofsOf = ({ passed, failed }: { passed: number; failed: number }): string =>
  `${passed} passed${failed === 0 ? '' : `, **${failed} failed**`}`

function onBoards(all: readonly OnBoard[]): string {
  const rows = all.map((one) => {
    const failed = Object.entries(one.tunings).flatMap(([id, its]) => (its.failed > 0 ? [id] : []))
    const checks = Object.entries(one.checks).flatMap(([id, is]) => (is === 'failed' ? [id] : []))
    const cells = [
      `\`${one.board}\``,
      `\`${one.soundcard}\``,
      `\`${one.base}\``,
      `\`${one.kernel}\` (${one.release})`,
      `${one.image}, downbeat ${one.version}`,
      proofsOf(one),
      [...failed, ...checks].map((id) => `\`${id}\``).join(', ') || 'nothing',
      `${one.by}, ${one.date}`,
    ]
    return `| ${cells.join(' | ')} |`
  })
  const title = '## On a board, by somebody'
  if (rows.length === 0)
    return `${title}\n\nNobody has sent a record yet. On the board: \`sudo downbeat-doctor --report report.json\`.`
  return [
    title,
    '',
    '| board | sound card | base | kernel | image | proofs | what has failed | by whom, when |',
    `|${' --- |'.repeat(8)}`,
    ...rows,
  ].join('\n')
}

function emulated(all: readonly Emulated[]): string {
  const rows = all.flatMap((one) => {
    const of = (board: string, machine: string, proofs: string, heard: string): string =>
      `| ${[
        board,
        machine,
        `\`${one.soundcard}\``,
        `\`${one.base}\``,
        `\`${one.kernel}\`${one.linux === undefined ? '' : ` (${one.linux})`}`,
        one.image,
        proofs,
        heard,
        one.date,
      ].join(' | ')} |`
    const boards = one.boards.map((id) => `\`${id}\``).join(', ')
    return [
      of(boards, 'none: the files of the image', proofsOf(one), ''),
      ...one.boots.map(({ machine, board, exact, heard, ...proofs }) =>
        of(
          board === undefined ? 'none' : `\`${board}\``,
          `${board === undefined || exact ? '' : 'like '}${machine}`,
          proofsOf(proofs),
          heard ? 'heard' : 'no',
        ),
      ),
    ]
  })
  const title = '## Built, and booted in an emulator'
  if (rows.length === 0)
    return `${title}\n\nThere is no record yet: \`./downbeat build --boot\`, then \`./downbeat proven add out/images/downbeat\`.`
  return [
    title,
    '',
    'A machine is the board itself, or the nearest one that QEMU has ("like"), or QEMU\'s own (`virt`).',
    '',
    '| board | machine | sound card | base | kernel | image | proofs | a tone | when |',
    `|${' --- |'.repeat(9)}`,
    ...rows,
  ].join('\n')
}
