import type { Catalogue } from '../catalogue/catalogue.ts'
import { UserError } from '../../common/words/errors.ts'
import { compareSeries } from '../../common/series.ts'
import { runs } from '../instructions.ts'
import type { PlannedBoard } from '../plan.ts'
import type { BaseData } from '../schema/base.ts'
import type { ImageChoices } from '../schema/image.ts'
import type { SoundcardData } from '../schema/soundcard.ts'
import type { KernelSourceData } from '../schema/kernel.ts'
import type { Located } from '../catalogue/yaml.ts'
import { overlayOn, ratesOn, wantsOverlay, whyCannot } from './pairs.ts'
import type { OfKernel } from './pairs.ts'
import { socketLacking } from './sockets.ts'

/** A source of kernels and the build of it that all boards of the image run. */
export interface ChosenKernel {
  id: string
  data: KernelSourceData
  build: KernelSourceData['builds'][string]
  /** the series that is asked for; undefined: the newest one of the source */
  series?: string
  /** why it is none of those that come before it; empty: there are none, or it was asked for */
  instead_of: Unfit[]
}

/** A source of kernels that does not do, and why. */
export interface Unfit {
  id: string
  why: string
}

type BoardToRun = Pick<
  PlannedBoard,
  | 'id'
  | 'name'
  | 'soc'
  | 'device_tree'
  | 'arch'
  | 'instructions'
  | 'audio_jack'
  | 'header'
  | 'i2s_lanes'
>
export type OfferedCard = { id: string } & Pick<
  SoundcardData,
  'overlay' | 'on' | 'bus' | 'i2s_lanes' | 'rates'
>

/** A card that asks nothing more of a kernel than the way to it. */
export const anyUsbCard: OfferedCard = {
  id: 'any',
  on: [],
  bus: 'usb',
  i2s_lanes: 1,
  rates: [],
}

/** What a kernel has to serve. */
export interface ToServe {
  boards: readonly BoardToRun[]
  card: OfferedCard
  base: BaseData
  series?: string | undefined
  /** Hz that the image asks JACK to run at */
  rate?: number | undefined
}

type Source = { id: string; data: KernelSourceData }

/** Every source of kernels, the best first. */
export const kernelSources = (catalogue: Catalogue): Source[] =>
  catalogue
    .ids('kernel')
    .map((id) => ({ id, data: catalogue.entry('kernel', id, 'kernel').value }))
    .sort((a, b) => a.data.order - b.data.order)

const placeOf = (at: Located<unknown>['at']): string => `${at(['kernel', 'source'])} kernel.source`

/** Refuses the name of a source of kernels that there is not. */
export function refuseUnknownKernel(
  catalogue: Catalogue,
  { value, at }: Located<ImageChoices>,
): void {
  if (value.kernel.source !== undefined) catalogue.entry('kernel', value.kernel.source, placeOf(at))
}

/**
 * The kernel that is asked for, or else the best one that serves the boards, the card and the base;
 * refused with what does, if none does.
 */
export function chosenKernel(
  catalogue: Catalogue,
  { value, at }: Located<ImageChoices>,
  boards: readonly BoardToRun[],
  card: OfferedCard,
  base: BaseData,
): ChosenKernel {
  const { source: asked, series } = value.kernel
  const place = placeOf(at)
  const wanted = { boards, card, base, series, rate: value.jack.rate }
  const all = kernelSources(catalogue)
  if (asked !== undefined) {
    const named = namedSource(catalogue, asked, all, base, place)
    const why = whyUnfit(named.data, wanted)
    if (why === undefined) return chosen(named, wanted, [])
    const others = serving(all, wanted).filter(({ id }) => id !== named.id)
    const instead =
      others.length === 0
        ? 'no other kernel does, either'
        : others.map((one) => `--set kernel.source=${askedAs(one)}`).join(' or ')
    throw new UserError(`${place}: ${asked} does not do here: ${why}; ${instead}`)
  }
  const instead_of: Unfit[] = []
  for (const one of all.filter(({ data }) => data.kind !== 'packaged' || data.base === base.kind)) {
    const why = whyUnfit(one.data, wanted)
    if (why === undefined) return chosen(one, wanted, instead_of)
    instead_of.push({ id: one.id, why })
  }
  const where =
    series === undefined ? `${at(['board'])} board` : `${at(['kernel', 'series'])} kernel.series`
  throw new UserError(
    `${where}: no kernel does here: ${instead_of.map(({ id, why }) => `${id}: ${why}`).join('; ')}. ${wouldWork(catalogue, all, wanted)}`,
  )
}

/** The source of this name, or the one that it means with this base. */
function namedSource(
  catalogue: Catalogue,
  asked: string,
  all: readonly Source[],
  base: BaseData,
  place: string,
): Source {
  const { value } = catalogue.entry('kernel', asked, place)
  const meant = all.find(
    ({ data }) => data.kind === 'packaged' && data.asked_as === asked && data.base === base.kind,
  )
  return meant ?? { id: asked, data: value }
}

const chosen = (
  { id, data }: Source,
  { boards, base, series }: ToServe,
  instead_of: Unfit[],
): ChosenKernel => ({
  id,
  data,
  build: buildFor(data, boards, base)!,
  ...(series === undefined ? {} : { series }),
  instead_of,
})

/** Whether any kernel serves these. */
export const isServed = (catalogue: Catalogue, wanted: ToServe): boolean =>
  serving(kernelSources(catalogue), wanted).length > 0

const serving = (all: readonly Source[], wanted: ToServe): Source[] =>
  all.filter(({ data }) => whyUnfit(data, wanted) === undefined)

/** What one types for it. */
const askedAs = ({ id, data }: Source): string =>
  (data.kind === 'packaged' ? data.asked_as : undefined) ?? id

/** Sound cards that a refusal names; those that are on no header come first. */
const TOLD = 8

/** The nearest other choices that some kernel serves: another series, base, or an image for each. */
function wouldWork(catalogue: Catalogue, all: readonly Source[], wanted: ToServe): string {
  const works = (changed: Partial<ToServe>): boolean => {
    const other = { ...wanted, ...changed }
    return (
      other.boards.every(
        (board) => runs(board, other.base) && socketLacking(board, other.card) === undefined,
      ) && serving(all, other).length > 0
    )
  }
  const { boards, card } = wanted
  const bases = catalogue
    .ids('bases')
    .filter((id) => works({ base: catalogue.entry('bases', id, 'bases').value }))
  const cardOf = (id: string): SoundcardData => catalogue.entry('soundcards', id, 'cards').value
  const cards = catalogue
    .ids('soundcards')
    .filter((id) => works({ card: { id, ...cardOf(id) } }))
    .sort((a, b) => Number(cardOf(a).bus === 'i2s') - Number(cardOf(b).bus === 'i2s'))
  const ways = [
    ...(works({ series: undefined }) ? ['another kernel.series, or none'] : []),
    ...(boards.length > 1 && boards.every((board) => works({ boards: [board] }))
      ? ['an image for each of these boards']
      : []),
    ...bases.map((id) => `--base ${id}`),
    ...cards.slice(0, TOLD).map((id) => `--soundcard ${id}`),
    ...(cards.length > TOLD
      ? [`${cards.length - TOLD} more that ./downbeat list soundcards shows`]
      : []),
  ]
  return ways.length === 0
    ? `Nothing else does for ${boards.map(({ id }) => id).join(', ')} with ${card.id}, either`
    : `What does: ${ways.join(', or ')}`
}

/**
 * The reason why this kernel cannot be had for these boards, this card and this base, if it cannot.
 */
export function whyUnfit(
  data: KernelSourceData,
  { boards, card, base, series, rate }: ToServe,
): string | undefined {
  if (data.kind === 'packaged') {
    if (data.base !== base.kind) return `${base.name} is no base that has it`
    if (base.realtime_kernel === undefined) return `${base.name} has no realtime kernel`
  }
  const builds = Object.values(data.builds).filter(({ arch }) => arch.includes(base.arch))
  if (builds.length === 0) return `it is not built for ${base.arch}`
  for (const board of boards) {
    if (!builds.some(({ socs }) => socs.includes(board.soc)))
      return `it does not run on the ${board.soc} of ${board.id}`
    if (!hasTree(data, board, series)) return `it has no device tree for ${board.id}`
  }
  const build = buildFor(data, boards, base)
  if (!build)
    return `no single build of it runs on ${boards.map(({ id }) => id).join(' and ')}: make an image for each`
  const otherSeries = series === undefined ? undefined : whyNotSeries(data, series)
  if (otherSeries !== undefined) return otherSeries
  for (const { socs, buses, why } of build.without) {
    const without = boards.filter(({ soc }) => socs.includes(soc))
    if (without.length > 0 && buses.includes(card.bus)) return `${why}${only(without, boards)}`
  }
  const kernel = { data, series }
  for (const board of boards) {
    const why = whyCannot(card, board.id, kernel)
    if (why !== undefined) return `${why}${only([board], boards)}`
  }
  if (rate !== undefined && card.rates.includes(rate))
    for (const board of boards) {
      const rates = ratesOn(card, board.id, kernel)
      if (!rates.includes(rate))
        return `with it ${card.id} runs at ${rates.join(', ')} Hz only${only([board], boards)}`
    }
  return wantsOverlay(card) ? whyNoOverlay(kernel, build, card, boards) : undefined
}

function whyNoOverlay(
  kernel: OfKernel,
  build: ChosenKernel['build'],
  card: OfferedCard,
  boards: readonly BoardToRun[],
): string | undefined {
  const overlays = boards.map(({ id }) => overlayOn(card, id, kernel))
  const without = boards.filter((_, i) => overlays[i] === undefined)
  if (without.length > 0) {
    const why = kernel.data.family === 'mainline' ? card.overlay?.none : undefined
    return `it has no overlay for ${card.id}${without.length < boards.length ? only(without, boards) : ''}${why === undefined ? '' : `: ${why}`}`
  }
  const driven = 'sound_overlays' in build ? build.sound_overlays : undefined
  return driven === undefined || overlays.every((overlay) => driven.includes(overlay!))
    ? undefined
    : `it has no driver for the converter of ${card.id}`
}

/** Raspberry Pi's kernel has the tree of every board, mainline those of some, or since a series. */
function hasTree(
  data: KernelSourceData,
  { device_tree: { mainline, mainline_since: since } }: BoardToRun,
  series: string | undefined,
): boolean {
  if (data.family === 'downstream') return true
  if (mainline === undefined || since === undefined) return mainline !== undefined
  if (data.kind === 'packaged') return false // of whatever series the base has
  const oldest = data.kind === 'linux-source' ? (series ?? data.since) : data.series
  return compareSeries(oldest, since) >= 0
}

function whyNotSeries(data: KernelSourceData, series: string): string | undefined {
  if (data.kind === 'packaged')
    return 'its series is the one of the package: leave kernel.series out'
  if (data.kind !== 'linux-source')
    return data.series === series ? undefined : `it is Linux ${data.series}`
  return compareSeries(series, data.since) >= 0
    ? undefined
    : `its options are for Linux ${data.since} and later`
}

const only = (some: readonly BoardToRun[], all: readonly BoardToRun[]): string =>
  all.length === 1 ? '' : ` on ${some.map(({ id }) => id).join(', ')}`

const buildFor = (
  { builds }: KernelSourceData,
  boards: readonly BoardToRun[],
  base: BaseData,
): KernelSourceData['builds'][string] | undefined =>
  Object.values(builds).find(
    ({ arch, socs }) => arch.includes(base.arch) && boards.every(({ soc }) => socs.includes(soc)),
  )
