import { thereIsNo } from '../catalogue/catalogue.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { Located } from '../catalogue/yaml.ts'
import { compareSeries } from '../../common/series.ts'
import { UserError } from '../../common/words/errors.ts'
import type { SourcedLine } from '../plan.ts'
import type { KernelSourceData } from '../schema/kernel.ts'
import type { SoundcardData } from '../schema/soundcard.ts'

type Card = { id: string } & Pick<SoundcardData, 'on'>
type Pair = SoundcardData['on'][number]

/** A source of kernels, with the series of it that is asked for, if one is. */
export interface OfKernel {
  data: KernelSourceData
  series?: string | undefined
}

/** The oldest and the newest series that a kernel may be of; undefined: nobody knows. */
function seriesOf({ data, series }: OfKernel): { oldest?: string; newest?: string } {
  if (data.kind === 'packaged') return {} // of whatever series the base has
  if (data.kind !== 'linux-source') return { oldest: data.series, newest: data.series }
  return series === undefined ? { oldest: data.since } : { oldest: series, newest: series }
}

/** Whether a pair is about this kernel: `perhaps` where its series is one that nobody knows yet. */
function isOf({ kernel: meant }: Pair, kernel: OfKernel): 'yes' | 'no' | 'perhaps' {
  if (meant === undefined) return 'yes'
  if (meant.family !== kernel.data.family) return 'no'
  const { from, to } = meant
  const { oldest, newest } = seriesOf(kernel)
  const before = (a: string | undefined, b: string | undefined): boolean =>
    a !== undefined && b !== undefined && compareSeries(a, b) < 0
  if (before(newest, from) || before(to, oldest)) return 'no'
  const isFrom = from === undefined || (oldest !== undefined && !before(oldest, from))
  const isTo = to === undefined || (newest !== undefined && !before(to, newest))
  return isFrom && isTo ? 'yes' : 'perhaps'
}

const isOn = ({ board: meant }: Pair, board: string): boolean =>
  meant === undefined || meant.includes(board)

/** The pairs that are of this board and, for certain, of this kernel. */
const sure = ({ on }: Pick<SoundcardData, 'on'>, board: string, kernel: OfKernel): Pair[] =>
  on.filter((pair) => isOn(pair, board) && isOf(pair, kernel) === 'yes')

/** The overlay of a card on one board with one kernel; undefined: there is none. */
export function overlayOn(
  card: Pick<SoundcardData, 'overlay' | 'on'>,
  board: string,
  kernel: OfKernel,
): string | undefined {
  const { family } = kernel.data
  const own = sure(card, board, kernel).find(({ overlay }) => overlay?.[family] !== undefined)
  return (own ?? card).overlay?.[family]
}

/** The rates of a card on one board with one kernel. */
export const ratesOn = (
  card: Pick<SoundcardData, 'rates' | 'on'>,
  board: string,
  kernel: OfKernel,
): readonly number[] =>
  sure(card, board, kernel).find(({ rates }) => rates !== undefined)?.rates ?? card.rates

/** Whether a card is one that needs an overlay at all. */
export const wantsOverlay = ({ overlay, on }: Pick<SoundcardData, 'overlay' | 'on'>): boolean =>
  overlay !== undefined || on.some((pair) => pair.overlay !== undefined)

/** Why a card does not work on this board with this kernel, as a clause; undefined: it does. */
export const whyCannot = (
  card: Pick<SoundcardData, 'on'>,
  board: string,
  kernel: OfKernel,
): string | undefined =>
  sure(card, board, kernel).flatMap(({ cannot, thread }) =>
    cannot === undefined ? [] : [withThread(cannot, thread)],
  )[0]

/** Lines of modprobe.d that the card needs on the boards of the image. */
export const quirksOf = (
  { id, on }: Card,
  boards: readonly { id: string }[],
  kernel: OfKernel,
): SourcedLine[] =>
  on
    .filter((pair) => boards.some((board) => isOn(pair, board.id)) && isOf(pair, kernel) === 'yes')
    .flatMap(({ modprobe }) => modprobe.map((text) => ({ text, by: `soundcards/${id}` })))

/**
 * What is known of this card on this board, each with the thread that tells of it, and with the
 * kernels it is true of where nobody knows yet whether this is one of them.
 */
export const knownOf = (
  { on }: Pick<SoundcardData, 'on'>,
  board: string,
  kernel: OfKernel,
): string[] =>
  on.flatMap((pair) => {
    const is = isOf(pair, kernel)
    const told = faultOf(pair)
    if (!isOn(pair, board) || is === 'no' || told === undefined) return []
    return [is === 'yes' ? told : `${ofKernels(pair.kernel!)}: ${told}`]
  })

/** What a pair says: a note, or why it does not work. */
export const faultOf = ({ note, cannot, thread }: Pair): string | undefined => {
  const said = note ?? cannot
  return said === undefined ? undefined : withThread(said, thread)
}

const withThread = (text: string, thread: string | undefined): string =>
  thread === undefined ? text : `${text} (${thread})`

const kernelsOf = {
  mainline: 'a mainline kernel',
  downstream: "Raspberry Pi's own kernel",
} as const

/** Which kernels a pair is about, in words. */
export function ofKernels({ family, from, to }: NonNullable<Pair['kernel']>): string {
  const series =
    from === undefined
      ? to === undefined
        ? ''
        : ` up to ${to}`
      : to === undefined
        ? ` from ${from} on`
        : ` ${from} to ${to}`
  return `with ${kernelsOf[family]}${series}`
}

/**
 * Refuses a board that there is not, and a line of modprobe.d that only some of the boards of an
 * image want: that file is the same for all of them.
 */
export function refuseUnfitPairs(
  catalogue: Catalogue,
  card: Card,
  at: Located<unknown>['at'],
  boards: readonly { id: string }[],
  kernel: OfKernel,
): void {
  const known = catalogue.ids('boards')
  const mistakes = card.on.flatMap((pair, i) => [
    ...(pair.board ?? []).flatMap((id, j) =>
      known.includes(id)
        ? []
        : [`${at(['on', i, 'board', j])} on: ${thereIsNo('boards', id, known)}`],
    ),
    ...(pair.board !== undefined &&
    pair.modprobe.length > 0 &&
    isOf(pair, kernel) === 'yes' &&
    partly(pair.board, boards)
      ? [
          `${at(['on', i, 'modprobe'])} on: ${card.id} needs other options of its driver on ${pair.board.join(', ')} than on the other boards of this image: make an image for each`,
        ]
      : []),
  ])
  if (mistakes.length > 0) throw new UserError(mistakes.join('\n'))
}

const partly = (meant: readonly string[], boards: readonly { id: string }[]): boolean =>
  boards.some(({ id }) => meant.includes(id)) && !boards.every(({ id }) => meant.includes(id))
