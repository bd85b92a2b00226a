import type { Catalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { faultOf, ofKernels } from '../../lib/plan/choices/pairs.ts'
import { soundcardsCalled } from '../../lib/plan/choices/soundcards.ts'
import { UserError } from '../../lib/common/words/errors.ts'
import { boardsOf, kernelsFor, soundcardFacts } from './facts.ts'
import type { Proven, SoundcardFacts } from './facts.ts'
import { channelsOf, latencyOf, provenOf, ratesOf, records, sumOf } from './words.ts'

/** What `./downbeat list soundcards --json` says of a card. */
export interface ListedSoundcard {
  about: string
  also?: string[]
  channels: { playback: number; capture: number }
  rates: number[]
  /** of what JACK is started with: period x periods / rate, in milliseconds */
  latency_ms: number
  jack: { period: number; periods: number; rate: number }
  /** boards that it can be had on: all of them, or those that were asked for */
  boards: string[]
  /** the kernels that serve it there: for all of these boards in one image, if they were asked for */
  kernels?: string[]
  proven: Proven
  /** what goes wrong with it, and where */
  why_not?: string
  /** the same for a person */
  words: { channels: string; rates: string; latency: string; proven: string }
}

/** Which cards are asked for. `words`: a part of a name; `board`: ids with a comma between them. */
export interface Asked {
  words?: string | undefined
  board?: string | undefined
  records?: boolean | undefined
}

/** The sound cards that are asked for, by their ids. Throws UserError where there are none. */
export function listedSoundcards(
  catalogue: Catalogue,
  { words, board, records: recording }: Asked,
): Record<string, ListedSoundcard> {
  const called =
    words === undefined ? catalogue.ids('soundcards') : soundcardsCalled(catalogue, words)
  if (called.length === 0)
    throw new UserError(
      `no sound card here has "${words!}" in its name, its overlay or its ALSA id; ./downbeat list soundcards shows all of them`,
    )
  const boards = boardsOf(catalogue, board?.split(',').map((id) => id.trim()) ?? [])
  const found = soundcardFacts(catalogue).flatMap((facts) => {
    const { card } = facts
    if (!called.includes(card.id) || (recording === true && !records(card))) return []
    if (boards.length === 0) return [[card.id, listed(facts)] as const]
    const kernels = kernelsFor(catalogue, boards, card)
    const ids = boards.map(({ id }) => id)
    return kernels.length === 0
      ? []
      : [[card.id, { ...listed(facts, ids), boards: ids, kernels }] as const]
  })
  if (found.length === 0) throw new UserError(nothingFits(words, board, recording))
  return Object.fromEntries(found)
}

/** Says which of the conditions together leave no card, and what to leave out. */
function nothingFits(
  words: string | undefined,
  board: string | undefined,
  recording: boolean | undefined,
): string {
  const conditions = [
    ...(words === undefined ? [] : [`has "${words}" in a name of it`]),
    ...(recording === true ? ['records'] : []),
    ...(board === undefined ? [] : [`can be had on ${board.replaceAll(',', ' and ')}`]),
  ]
  const fewer = board === undefined ? '--records' : '--board'
  return `no sound card here ${conditions.join(', ')}; the same without ${fewer} shows more`
}

/** What is said of a card; `on`: faults on these boards alone. */
function listed(facts: SoundcardFacts, on?: readonly string[]): ListedSoundcard {
  const { card, boards, proven } = facts
  const { name, also, playback, capture, rates, jack } = card
  const known = card.on.flatMap((pair) => {
    const fault = faultOf(pair)
    const elsewhere = on && pair.board && !pair.board.some((id) => on.includes(id))
    const where = [
      ...(pair.board === undefined ? [] : [`on ${pair.board.join(', ')}`]),
      ...(pair.kernel === undefined ? [] : [ofKernels(pair.kernel)]),
    ]
    return fault === undefined || elsewhere ? [] : [`${where.join(' ')}: ${fault}`]
  })
  const none = card.overlay?.none
  if (none !== undefined)
    known.push(`${ofKernels({ family: 'mainline' })}: it has no overlay: ${none}`)
  return {
    about: name,
    ...(also.length === 0 ? {} : { also }),
    channels: { playback, capture },
    rates,
    latency_ms: Number(latencyOf(card)),
    jack: { period: jack.period, periods: jack.periods, rate: jack.rate },
    boards: boards.map(({ id }) => id),
    proven,
    ...(known.length === 0 ? {} : { why_not: known.join('; ') }),
    words: {
      channels: channelsOf(card),
      rates: ratesOf(card),
      latency: `${latencyOf(card)} ms (${sumOf(card)})`,
      proven: provenOf(facts),
    },
  }
}

/** The cards for a person: a line of what each is, and below it what else is to be known. */
export function soundcardLines(cards: Record<string, ListedSoundcard>): string[] {
  const wide = Math.max(...Object.keys(cards).map((id) => id.length))
  const below = ' '.repeat(wide + 4)
  return Object.entries(cards).flatMap(([id, { about, also = [], kernels, why_not, words }]) =>
    [
      `  ${id.padEnd(wide)}  ${words.channels.padEnd(13)}  ${about}`,
      `${below}${words.rates}; ${words.latency}; proven: ${words.proven}`,
      kernels && `${below}kernels: ${kernels.join(', ')}`,
      also.length > 0 && `${below}also: ${also.join(', ')}`,
      why_not !== undefined && `${below}(${why_not})`,
    ].filter((line) => typeof line === 'string'),
  )
}
