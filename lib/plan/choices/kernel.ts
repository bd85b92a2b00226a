import { entry, fileIn, idsIn } from '../catalogue/catalogue.ts'
import { UserError } from '../../common/words/errors.ts'
import type { KernelPlan, PlannedBoard } from '../plan.ts'
import type { BaseData } from '../schema/base.ts'
import { crossPrefix } from '../schema/common.ts'
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

/** The kernel that is asked for, if it and the boards, the card and the base go together; refused with what does, if not. */
export function chosenKernel(
  root: string,
  { value, at }: Located<ImageChoices>,
  boards: readonly BoardToRun[],
  card: OfferedCard,
  base: BaseData,
): ChosenKernel {
  const asked = value.kernel.source
  const place = `${at(['kernel', 'source'])} kernel.source`
  const sources = idsIn(root, 'kernel').map((id) => ({ id, data: entry(root, 'kernel', id, place).value }))
  const data = entry(root, 'kernel', asked, place).value
  const why = whyNot(data, boards, card, base)
  const build = buildFor(data, boards, base)
  if (why === undefined && build) return { id: asked, data, build }
  const others = sources.filter((one) => one.id !== asked && whyNot(one.data, boards, card, base) === undefined).map(({ id }) => id)
  const instead = others.length === 0 ? 'no other kernel does, either' : others.map((id) => `--set kernel.source=${id}`).join(' or ')
  throw new UserError(`${place}: ${asked} does not do here: ${why}; ${instead}`)
}

/** The reason why this kernel cannot be had for these boards, this card and this base, if it cannot. */
export function whyNot(data: KernelSourceData, boards: readonly BoardToRun[], card: OfferedCard, base: BaseData): string | undefined {
  if (data.kind === 'packaged' && (base.kind !== 'image' || base.realtime_kernel === undefined))
    return `${base.name} has no realtime kernel`
  const builds = Object.values(data.builds).filter(({ arch }) => arch.includes(base.arch))
  if (builds.length === 0) return `it is not built for ${base.arch}`
  for (const board of boards) {
    if (!builds.some(({ socs }) => socs.includes(board.soc))) return `it does not run on the ${board.soc} of ${board.id}`
    if (data.family === 'mainline' && board.device_tree.mainline === undefined) return `it has no device tree for ${board.id}`
  }
  if (!buildFor(data, boards, base))
    return `no single build of it runs on ${boards.map(({ id }) => id).join(' and ')}: make an image for each`
  if (card.overlay && card.overlay[data.family] === undefined) return `it has no overlay for ${card.id}`
  return undefined
}

const buildFor = (
  { builds }: KernelSourceData,
  boards: readonly BoardToRun[],
  base: BaseData,
): KernelSourceData['builds'][string] | undefined =>
  Object.values(builds).find(({ arch, socs }) => arch.includes(base.arch) && boards.every(({ soc }) => socs.includes(soc)))

/** What the kernel stage makes; undefined: the kernel is a package of the base. */
export function planKernel(
  root: string,
  { id, data, build }: ChosenKernel,
  { arch, suite }: Pick<BaseData, 'arch' | 'suite'>,
  options: KernelPlan['options'],
): KernelPlan | undefined {
  if (data.kind === 'packaged') return undefined
  if (!('fragments' in build)) throw new Error(`kernel/${id}.yaml: a build without fragments`)
  const place = `kernel/${id}.yaml`
  const { virt_cpu: _, ...built } = build // where it is tried changes nothing in it
  const { package: name, patch_series, url, commit } = { package: '', patch_series: [], url: '', commit: '', ...data }
  return {
    source: data.kind === 'debian' ? { kind: 'debian', package: name, patch_series } : { kind: 'git', url, commit },
    name: id,
    series: data.series,
    build: built,
    fragments: build.fragments.map((path) => fileIn(root, 'kernel/fragments', path, place)),
    epoch: Date.parse(data.epoch) / 1000,
    patches: data.patches.map((path) => fileIn(root, 'kernel/patches', path, place)),
    suite,
    options,
    ...(built.kernel_arch === 'arm64' && arch !== 'arm64' ? { cross_compile_compat: crossPrefix[arch] } : {}),
  }
}
