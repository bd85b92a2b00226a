import type { Catalogue } from '../catalogue/catalogue.ts'
import { UserError } from '../../common/words/errors.ts'
import type { PlannedBoard } from '../plan.ts'
import type { BaseData } from '../schema/base.ts'
import type { ImageChoices } from '../schema/image.ts'
import type { SoundcardData } from '../schema/soundcard.ts'
import type { KernelSourceData } from '../schema/kernel.ts'
import type { Located } from '../catalogue/yaml.ts'

/** A source of kernels and the build of it that all boards of the image run. */
export interface ChosenKernel {
  id: string
  data: KernelSourceData
  build: KernelSourceData['builds'][string]
}

type BoardToRun = Pick<PlannedBoard, 'id' | 'soc' | 'device_tree'>
type OfferedCard = { id: string } & Pick<SoundcardData, 'overlay'>

/**
 * The kernel that is asked for, if it and the boards, the card and the base go together; refused
 * with what does, if not.
 */
export function chosenKernel(
  catalogue: Catalogue,
  { value, at }: Located<ImageChoices>,
  boards: readonly BoardToRun[],
  card: OfferedCard,
  base: BaseData,
): ChosenKernel {
  const asked = value.kernel.source
  const place = `${at(['kernel', 'source'])} kernel.source`
  const sources = catalogue
    .ids('kernel')
    .map((id) => ({ id, data: catalogue.entry('kernel', id, place).value }))
  const data = catalogue.entry('kernel', asked, place).value
  const why = whyUnfit(data, boards, card, base)
  const build = buildFor(data, boards, base)
  if (why === undefined && build) return { id: asked, data, build }
  const others = sources
    .filter((one) => one.id !== asked && whyUnfit(one.data, boards, card, base) === undefined)
    .map(({ id }) => id)
  const instead =
    others.length === 0
      ? 'no other kernel does, either'
      : others.map((id) => `--set kernel.source=${id}`).join(' or ')
  throw new UserError(`${place}: ${asked} does not do here: ${why}; ${instead}`)
}

/**
 * The reason why this kernel cannot be had for these boards, this card and this base, if it cannot.
 */
export function whyUnfit(
  data: KernelSourceData,
  boards: readonly BoardToRun[],
  card: OfferedCard,
  base: BaseData,
): string | undefined {
  if (data.kind === 'packaged' && (base.kind !== 'image' || base.realtime_kernel === undefined))
    return `${base.name} has no realtime kernel`
  const builds = Object.values(data.builds).filter(({ arch }) => arch.includes(base.arch))
  if (builds.length === 0) return `it is not built for ${base.arch}`
  for (const board of boards) {
    if (!builds.some(({ socs }) => socs.includes(board.soc)))
      return `it does not run on the ${board.soc} of ${board.id}`
    if (data.family === 'mainline' && board.device_tree.mainline === undefined)
      return `it has no device tree for ${board.id}`
  }
  if (!buildFor(data, boards, base))
    return `no single build of it runs on ${boards.map(({ id }) => id).join(' and ')}: make an image for each`
  if (card.overlay && card.overlay[data.family] === undefined)
    return `it has no overlay for ${card.id}`
  return undefined
}

const buildFor = (
  { builds }: KernelSourceData,
  boards: readonly BoardToRun[],
  base: BaseData,
): KernelSourceData['builds'][string] | undefined =>
  Object.values(builds).find(
    ({ arch, socs }) => arch.includes(base.arch) && boards.every(({ soc }) => socs.includes(soc)),
  )
