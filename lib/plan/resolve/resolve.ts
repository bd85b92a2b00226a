import { uniqueBy } from '../../common/unique.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { Located } from '../catalogue/yaml.ts'
import { defaultName } from '../choices/boards.ts'
import { readChoices } from '../choices/choices.ts'
import type { FoundBase } from '../choices/find-base.ts'
import { originsOf } from './origins.ts'
import { settle } from '../choices/settle.ts'
import { warningsOf } from './warnings.ts'
import { freeze } from '../freeze.ts'
import type { Plan } from '../plan.ts'
import { crossPrefix } from '../schema/common.ts'
import type { ImageChoices } from '../schema/image.ts'
import { tuningsInForce } from '../tunings/in-force.ts'
import { baseImage } from '../parts/base-image.ts'
import { identifiers } from '../parts/identifiers.ts'
import { firmwareFiles, planImage } from '../parts/image.ts'
import { planKernel } from '../parts/kernel.ts'
import { foundCards, otherCard, otherPlans, usualCard } from './other-cards.ts'
import { linesOfConfig, planOverlays } from '../parts/overlays.ts'
import { ownPackages } from '../parts/own-packages.ts'
import { planRelease } from '../parts/release.ts'
import { planRootfs } from '../parts/rootfs.ts'
import { planTools } from '../parts/tools.ts'
import { viewOf } from '../parts/view.ts'

/** What decides a plan beside the file of choices. */
export interface ResolveOptions {
  /** bootstraps without native twins */
  plainEmulation?: boolean
  /** where Debian is taken from, by the image too, instead of mmdebstrap's own choice */
  mirror?: string | undefined
  /** the base, where the choices name it by something that had to be looked for */
  base?: FoundBase | undefined
}

/** A file of choices, with `--set` values such as `jack.period=64`. */
interface Question extends ResolveOptions {
  file: string
  sets: string[]
  choices: Located<ImageChoices>
}

/**
 * Turns the choices in a file into the one frozen Plan. Reads the catalogue and nothing else.
 * Throws UserError for anything that is not right.
 */
export function resolve(
  catalogue: Catalogue,
  file: string,
  sets: string[] = [],
  options: ResolveOptions = {},
): Plan {
  const choices = readChoices(catalogue.root, file, sets)
  const question = { ...options, file, sets, choices }
  const { soundcard } = choices.value
  const auto = soundcard === 'auto'
  const plan = planFor(
    catalogue,
    question,
    auto ? usualCard(catalogue, `${choices.at(['soundcard'])} soundcard`) : soundcard,
  )
  // The plan is one for one card; a card of this image can be told another.
  const plans = otherPlans(catalogue, plan, (id) => planFor(catalogue, question, id))
  const others = plans.map((other) => otherCard(other, plan))
  const soundcards = foundCards(catalogue, plan.soundcard.id, others, auto)
  const { configure, overlays } = plan
  const tried = plans.flatMap((other) => other.overlays?.tried ?? []).concat(overlays?.tried ?? [])
  return freeze({
    ...plan,
    ...(overlays ? { overlays: { ...overlays, tried: uniqueBy(tried, JSON.stringify) } } : {}),
    configure: { ...configure, view: { ...configure.view, soundcards }, others },
  })
}

/** The plan for one sound card. */
function planFor(
  catalogue: Catalogue,
  { file, sets, choices, mirror, plainEmulation, base: found }: Question,
  cardId: string,
): Plan {
  const settled = settle(catalogue, choices, cardId, found ?? { id: choices.value.base })
  const { base, boards, card, kernel } = settled
  const image = choices.value
  const { suite, arch } = base.data
  const tunings = tuningsInForce(catalogue, settled)

  const options = tunings.lines((tuning) => tuning.change.kernel)
  const built = planKernel(catalogue, kernel, base.data, options)
  const own = ownPackages(catalogue, arch)
  const rootfs = planRootfs(settled, tunings, plainEmulation !== true)
  const config = linesOfConfig(settled, tunings)
  const overlays = planOverlays(catalogue, settled, tunings, config)
  const tools = planTools(catalogue, arch, tunings)
  const name =
    image.name ?? defaultName(file, boards, image.soundcard === 'auto' ? 'auto' : card.id)
  const content = { ...(built ? { kernel: built } : {}), jack: own, rootfs }
  const { templates, inForce } = tunings
  const disk = identifiers(image.root, {
    name,
    image,
    boards,
    card,
    base: base.data,
    content,
    overlays,
    tools,
    templates,
    inForce,
  })

  const compiler = built?.build.cross_compile
  const compilers =
    compiler === undefined || compiler === crossPrefix[arch]
      ? {}
      : { compilers: [`gcc-${compiler.slice(0, -1)}`] }
  const from = baseImage(base)
  return {
    name,
    boards,
    soundcard: card,
    toolbox: { suite, arch, ...compilers, ...(mirror === undefined ? {} : { mirror }) },
    ...(built ? { kernel: built } : {}),
    ...(base.data.kind === 'image'
      ? { base: from! }
      : { firmware: { package: base.data.firmware_package, suite, files: firmwareFiles(boards) } }),
    ...(overlays ? { overlays } : {}),
    tools,
    jack: own,
    rootfs,
    configure: { templates, others: [], view: viewOf(settled, tunings, name, disk, config) },
    image: planImage(settled, tunings, name, disk, built),
    ...(kernel.build.virt_cpu === undefined ? {} : { virt_cpu: kernel.build.virt_cpu }),
    release: planRelease(catalogue, boards, base.data, kernel.data),
    tunings: tunings.all.map(({ planned }) => planned),
    warnings: warningsOf(settled, tunings),
    origins: originsOf(catalogue.root, settled, file, sets),
  }
}
