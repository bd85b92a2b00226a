import { isDeepStrictEqual } from 'node:util'
import { uniqueBy } from '../../common/unique.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { Located } from '../catalogue/yaml.ts'
import { defaultName } from '../choices/boards.ts'
import { readChoices } from '../choices/choices.ts'
import type { Said } from '../choices/choices.ts'
import type { FoundBase } from '../choices/find-base.ts'
import { originsOf } from './origins.ts'
import { refuseOwnLines } from '../tunings/own-lines.ts'
import { settle } from '../choices/settle.ts'
import type { Settled } from '../choices/settle.ts'
import { warningsOf } from './warnings.ts'
import { freeze } from '../freeze.ts'
import type { Plan } from '../plan.ts'
import { ownContent } from '../own/folder.ts'
import type { OwnContent } from '../own/folder.ts'
import { crossPrefix } from '../instructions.ts'
import type { ImageChoices } from '../schema/image.ts'
import type { Answered } from '../tunings/answers.ts'
import { tuningsInForce } from '../tunings/in-force.ts'
import type { TuningsInForce } from '../tunings/in-force.ts'
import type { BoardLine } from '../tunings/loaded.ts'
import { baseImage, unanswered } from '../parts/base-image.ts'
import { planDriverless } from '../parts/driverless.ts'
import { identifiers } from '../parts/identifiers.ts'
import { firmwareFiles, planImage } from '../parts/image.ts'
import { planInstructions } from '../parts/instructions.ts'
import { planKernel } from '../parts/kernel.ts'
import { foundCards, otherCards, seenByEach, usualCard } from './other-cards.ts'
import { linesOfConfig, planOverlays } from '../parts/overlays.ts'
import { ownPackages, packagesOf } from '../parts/own-packages.ts'
import { planPackages } from '../parts/packages.ts'
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
  /**
   * packages that a tuning keeps out are refused by the stage packages, which also knows what else
   * they bring in that is kept out
   */
  keptOutLater?: boolean
  /** the base, where the choices name it by something that had to be looked for */
  base?: FoundBase | undefined
  /** the key of the file that has the choices, where it is a matrix; otherwise all of it */
  within?: string | undefined
  /** without the other sound cards that a card with the image can be told: most of the work */
  alone?: boolean
}

/** A file of choices, with what is said beside it, such as `--set jack.period=64`. */
interface Question extends ResolveOptions {
  file: string
  said: readonly Said[]
  choices: Located<ImageChoices>
  /** the tunings, for the cards that were looked at */
  answered: Answered
}

/**
 * Turns the choices in a file into the one frozen Plan. Reads the catalogue and nothing else.
 * Throws UserError for anything that is not right.
 */
export function resolve(
  catalogue: Catalogue,
  file: string,
  said: readonly Said[] = [],
  options: ResolveOptions = {},
): Plan {
  const its = catalogue.own().map(({ path, own }) => ({ path, instead: own === 'instead' }))
  const choices = readChoices(catalogue.root, file, said, options.within)
  const question = { ...options, file, said, choices, answered: new Map() }
  const { soundcard } = choices.value
  const auto = soundcard === 'auto'
  const own = chosenFor(
    catalogue,
    question,
    auto ? usualCard(catalogue, `${choices.at(['soundcard'])} soundcard`) : soundcard,
  )
  const content = contentOf(catalogue, own)
  const made = madeOf(catalogue, question, own, content)
  const plan = planOf(catalogue, question, own, made, content)
  // The plan is one for one card; a card of this image can be told another.
  const toldOne = (id: string) => {
    const other = chosenFor(catalogue, question, id)
    return isDeepStrictEqual(made, madeOf(catalogue, question, other, content))
      ? {
          ...other,
          view: viewOf(other.settled, other.tunings, plan.name, plan.image.disk, other.config),
        }
      : undefined
  }
  const others = options.alone === true ? [] : otherCards(catalogue, own.settled, toldOne)
  const { view, others: seen } = seenByEach(plan.configure.view, others)
  const soundcards = foundCards(catalogue, own.settled.card.id, seen, auto)
  const { configure, overlays } = plan
  const isOwn = its.length > 0 || content !== undefined
  const tried = others
    .flatMap(({ overlays: its }) => its?.tried ?? [])
    .concat(overlays?.tried ?? [])
  return freeze({
    ...plan,
    ...(isOwn ? { own: { data: its, ...(content === undefined ? {} : { content }) } } : {}),
    ...(overlays ? { overlays: { ...overlays, tried: uniqueBy(tried, JSON.stringify) } } : {}),
    configure: {
      ...configure,
      view: { ...view, image: { ...view.image, own: view.image.own || isOwn }, soundcards },
      others: seen,
    },
  })
}

/** What was chosen for one sound card, and what comes of it for its boot partition. */
interface Chosen {
  settled: Settled
  tunings: TuningsInForce
  config: BoardLine[]
  overlays: Plan['overlays']
}

function chosenFor(
  catalogue: Catalogue,
  { choices, base: found, answered }: Question,
  cardId: string,
): Chosen {
  const settled = settle(catalogue, choices, cardId, found ?? { id: choices.value.base })
  const tunings = tuningsInForce(catalogue, settled, answered)
  const config = linesOfConfig(settled, tunings)
  refuseOwnLines(
    settled,
    config,
    tunings.lines((tuning) => tuning.change.cmdline),
  )
  return { settled, tunings, config, overlays: planOverlays(catalogue, settled, tunings, config) }
}

/** What somebody's own folder brings into the image. */
function contentOf(catalogue: Catalogue, { settled, tunings }: Chosen): OwnContent | undefined {
  if (catalogue.over === undefined) return undefined
  const { arch } = settled.base.data
  const controls = ownPackages(catalogue, arch).sources.flatMap(({ files }) =>
    files.filter(({ path }) => path === 'control').map(({ text }) => text),
  )
  return ownContent(catalogue.over, catalogue.root, {
    arch,
    made: new Set(tunings.templates.map(({ path }) => pathInImage(path))),
    compiled: new Set(controls.flatMap(packagesOf)),
  })
}

/** Where a template comes to lie. */
const pathInImage = (path: string): string =>
  path
    .replace(/\.hbs$/, '')
    .replace(/^boot\//, 'boot/firmware/')
    .replace(/^root\//, '')

/** All that an image is made of beside its rendered texts and its identifiers. */
function madeOf(
  catalogue: Catalogue,
  { mirror, plainEmulation, keptOutLater, choices }: Question,
  { settled, tunings }: Chosen,
  content: OwnContent | undefined,
) {
  const { base, boards, kernel } = settled
  const { suite, arch } = base.data
  const options = tunings.lines((tuning) => tuning.change.kernel)
  const built = planKernel(catalogue, kernel, base.data, options)
  const jack = ownPackages(catalogue, arch)
  const rootfs = planRootfs(settled, tunings, {
    twins: plainEmulation !== true,
    keptOutLater: keptOutLater === true,
    debs: content?.debs ?? [],
  })
  const compiler = built?.build.cross_compile
  const compilers =
    compiler === undefined || compiler === crossPrefix[arch]
      ? {}
      : { compilers: [`gcc-${compiler.slice(0, -1)}`] }
  return {
    toolbox: { suite, arch, ...compilers, ...(mirror === undefined ? {} : { mirror }) },
    ...(built ? { kernel: built } : {}),
    ...(base.data.kind === 'image'
      ? { base: baseImage(base, choices.value.base_max_gib)! }
      : { firmware: { package: base.data.firmware_package, suite, files: firmwareFiles(boards) } }),
    tools: planTools(catalogue, arch, tunings),
    jack,
    rootfs,
    templates: tunings.templates,
    image: planImage(settled, tunings, built, content),
  }
}

type Made = ReturnType<typeof madeOf>

/** The plan for one sound card. */
function planOf(
  catalogue: Catalogue,
  { file, said, choices }: Question,
  { settled, tunings, config, overlays }: Chosen,
  made: Made,
  own: OwnContent | undefined,
): Plan {
  const { base, boards, card, kernel } = settled
  const image = choices.value
  const { toolbox, kernel: built, jack, rootfs, tools, templates } = made
  const packages = planPackages(settled, tunings, rootfs, { jack, debs: own?.debs ?? [] })
  const name =
    image.name ?? defaultName(file, boards, image.soundcard === 'auto' ? 'auto' : card.id)
  const disk = identifiers(image.root, {
    name,
    image,
    boards,
    card,
    base: base.data,
    content: {
      ...(built ? { kernel: built } : {}),
      jack,
      rootfs,
      // wherever they lie
      ...(own ? { own: { files: own.files, debs: own.debs.map(({ sha256 }) => sha256) } } : {}),
    },
    overlays,
    tools,
    templates,
    // wherever their files lie
    inForce: tunings.inForce.map(({ data, config_txt, planned }) => ({
      data,
      config_txt,
      planned,
    })),
  })
  const from = 'base' in made ? made.base : undefined
  const nobody = unanswered(base, from)
  return {
    name,
    boards,
    soundcard: card,
    toolbox,
    ...(built ? { kernel: built } : {}),
    ...('base' in made ? { base: made.base } : { firmware: made.firmware }),
    ...(overlays ? { overlays } : {}),
    ...planDriverless(catalogue, kernel),
    tools,
    ...planInstructions(boards, { jack, tools, packages }),
    jack,
    packages,
    rootfs,
    configure: { templates, others: [], view: viewOf(settled, tunings, name, disk, config) },
    image: { name, disk, ...made.image },
    ...(kernel.build.virt_cpu === undefined ? {} : { virt_cpu: kernel.build.virt_cpu }),
    release: planRelease(catalogue, boards, base.data, kernel.data),
    tunings: tunings.all.map(({ planned }) => planned),
    ...(nobody === undefined ? {} : { unanswered_base: nobody }),
    warnings: [...(nobody === undefined ? [] : [nobody]), ...warningsOf(settled, tunings)],
    origins: originsOf(catalogue.root, settled, file, said),
  }
}
