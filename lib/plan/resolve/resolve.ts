import { basename } from 'node:path'
import { entry, fileIn, idsIn, readingOnce, textFiles } from '../catalogue/catalogue.ts'
import type { TextFile } from '../../common/files/text-files.ts'
import { configSections } from './config-sections.ts'
import { UserError } from '../../common/words/errors.ts'
import { freeze } from '../freeze.ts'
import { settingsText } from '../settings/text.ts'
import type { SettingsData } from '../settings/settings.ts'
import { refuseUnwanted } from '../tunings/contradictions.ts'
import type { FoundBase } from '../choices/find-base.ts'
import { doctorChecks } from '../proofs/doctor.ts'
import { identifiers } from './identifiers.ts'
import { foundCards, otherCard, otherPlans, usualCard } from './other-cards.ts'
import { originsOf } from '../choices/origins.ts'
import { planOverclock } from '../choices/overclock.ts'
import { latency, planJack, refuseMissingSocket } from '../choices/jack.ts'
import { chosenServer, planPackages } from '../choices/own-packages.ts'
import { planTunings, templatesInForce } from '../tunings/in-force.ts'
import { chosenKernel, planKernel } from '../choices/kernel.ts'
import type { ChosenKernel } from '../choices/kernel.ts'
import { planRelease } from './release.ts'
import { planPriorities } from '../choices/priorities.ts'
import type { BaseImagePlan, JackPlan, Plan, PlannedBoard, SourcedLine } from '../plan.ts'
import type { BaseData } from '../schema/base.ts'
import { isVirt } from '../schema/board.ts'
import type { BoardData } from '../schema/board.ts'
import { crossPrefix, Id } from '../schema/common.ts'
import { Image } from '../schema/image.ts'
import type { ImageChoices } from '../schema/image.ts'
import type { TuningData } from '../schema/tuning.ts'
import { warningsOf } from '../choices/warnings.ts'
import { plainValue, readYaml } from '../catalogue/yaml.ts'
import type { Located, Override } from '../catalogue/yaml.ts'

/**
 * Turns the choices in a file into the one frozen Plan. The only reader of the data folders; touches nothing else.
 * `sets` are `--set` values such as `jack.period=64`; `plainEmulation` bootstraps without native twins; `mirror` is where
 * Debian is taken from, by the image too, instead of mmdebstrap's own choice. Throws UserError for anything that is not right.
 */
export const resolve = (root: string, file: string, sets: string[] = [], options: ResolveOptions = {}): Plan =>
  readingOnce(() => planOfImage(root, file, sets, options))

function planOfImage(root: string, file: string, sets: string[], options: ResolveOptions): Plan {
  const choices = readYaml(file, Image, root, sets.map(override))
  const auto = choices.value.soundcard === 'auto'
  const plan = planOf(root, file, sets, options, choices, auto ? usualCard(root, `${choices.at(['soundcard'])} soundcard`) : undefined)
  const plans = otherPlans(root, plan, (id) => planOf(root, file, sets, options, choices, id))
  const others = plans.map((other) => otherCard(other, plan))
  const soundcards = foundCards(root, plan.soundcard.id, others, auto)
  const { configure, overlays } = plan
  const tried = plans.flatMap((other) => other.overlays?.tried ?? []).concat(overlays?.tried ?? [])
  return freeze({
    ...plan,
    ...(overlays ? { overlays: { ...overlays, tried: uniqueBy(tried, JSON.stringify) } } : {}),
    configure: { ...configure, view: { ...configure.view, soundcards }, others },
  })
}

interface ResolveOptions {
  plainEmulation?: boolean
  mirror?: string | undefined
  base?: FoundBase | undefined
}

/** The plan for one sound card, which may be another than the choices name. */
function planOf(
  root: string,
  file: string,
  sets: string[],
  options: ResolveOptions,
  choices: Located<ImageChoices>,
  cardId = choices.value.soundcard,
): Plan {
  const { value: image, at } = choices
  const found = options.base ?? { id: image.base }
  const base = entry(root, 'bases', found.id, `${at(['base'])} base`).value
  const asked = image.board.map((id, i) => ({ id, ...entry(root, 'boards', id, at(['board', i])).value }))
  for (const [i, board] of asked.entries()) {
    if (!board.arch.includes(base.arch)) {
      throw new UserError(
        `${at(['board', i])} board: ${board.id} does not run ${base.arch}, which ${found.id} is made of: it runs ${board.arch.join(', ')} (${basesFor(root, asked)})`,
      )
    }
  }
  const soundcard = entry(root, 'soundcards', cardId, at(['soundcard']))
  const kernel = chosenKernel(root, choices, asked, { id: cardId, ...soundcard.value }, base)
  const boards = asked.map((board) => emulatedWith(board, kernel.build))
  const { virt_cpu } = kernel.build
  const { family } = kernel.data
  const { driver } = soundcard.value
  const card = { id: cardId, ...soundcard.value, driver: typeof driver === 'string' ? driver : driver[family] }

  refuseMissingSocket(card, boards, choices)
  const priorities = planPriorities(root, choices, card.bus)
  const server = chosenServer(root, choices)
  const jack = planJack(choices, server, card, priorities.jackd)
  const overclock = planOverclock(choices, boards)
  const profile =
    image.profile === undefined ? undefined : { id: image.profile, ...entry(root, 'profiles', image.profile, at(['profile'])) }
  const fewest = Math.min(...boards.map((board) => board.cores))
  // The last core is JACK's, the one before it the card's interrupt's; the first ones are everybody's.
  const cores = { jack: fewest - 1, interrupt: Math.max(0, fewest - 2) }
  const facts = {
    soundcard: card,
    base,
    jack,
    priorities,
    overclock: { ...overclock, chosen: overclock.preset !== 'none' },
    root: image.root,
    cores,
    kernel: { source: kernel.id, ...kernel.data },
    boards: { ethernet_drivers: unique(boards.flatMap(({ ethernet }) => ethernet?.driver ?? [])) },
  }
  const tunings = planTunings({ root, choices, profile, boards, card, kernel, facts })
  const inForce = tunings.filter(({ planned }) => planned.off === undefined)
  const lines = (pick: (tuning: TuningData) => readonly string[] | undefined): SourcedLine[] =>
    inForce.flatMap(({ planned, data }) => (pick(data) ?? []).map((text) => ({ text, by: planned.id })))
  const epoch = Date.parse(base.epoch) / 1000

  const packages = [
    ...Object.keys(base.packages).map((name) => ({ name, place: `bases/${found.id}.yaml packages` })),
    ...(base.kind === 'image' && kernel.data.kind === 'packaged'
      ? [{ name: base.realtime_kernel!, place: `bases/${found.id}.yaml realtime_kernel` }]
      : []),
    ...server.install.map((name) => ({ name, place: `${at(['jack', 'server'])} jack.server` })),
    ...lines((tuning) => tuning.change.packages).map(({ text, by }) => ({ name: text, place: `tunings/${by}.yaml change.packages` })),
    ...(profile?.value.packages ?? []).map((name, i) => ({ name, place: `${profile!.at(['packages', i])} packages` })),
    ...image.packages.map((name, i) => ({ name, place: `${at(['packages', i])} packages` })),
  ]
  const unfit = kernel.data.config_txt_without.map((text) => ({ text, by: `kernel/${kernel.id}` }))
  const built = planKernel(
    root,
    kernel,
    base,
    lines((tuning) => tuning.change.kernel),
  )
  const absent = lines((tuning) => tuning.change.absent)
  const name = image.name ?? defaultName(file, boards, image.soundcard === 'auto' ? 'auto' : card.id)
  const content = {
    ...(built ? { kernel: built } : {}),
    jack: planPackages(root, base.arch),
    rootfs: {
      suite: base.suite,
      arch: base.arch,
      packages: unique(packages.map(({ name }) => name)),
      absent,
      remove:
        base.kind === 'image'
          ? [...[...Object.keys(base.remove), ...base.kernels].map((text) => ({ text, by: `bases/${found.id}` })), ...absent]
          : [],
      keep: base.kind === 'image' ? Object.keys(base.keep) : [],
      exclude: base.exclude,
      debconf: base.debconf,
      epoch,
      twins: options.plainEmulation !== true,
    },
  }
  refuseUnwanted(content.rootfs.absent, packages)
  const overlay = card.overlay?.[family]
  const ofTunings = inForce.flatMap((tuning) => tuning.config_txt)
  const config_txt = [
    ...(overlay !== undefined ? [{ text: `dtoverlay=${overlay}`, by: `soundcards/${card.id}`, boards: boards.map(({ id }) => id) }] : []),
    ...ofTunings,
  ]
  const sources = textFiles(root, 'kernel/overlays')
  const ours = card.overlay?.mainline
  if (ours !== undefined) fileIn(root, 'kernel/overlays', `${ours}.dts`, `${soundcard.at(['overlay', 'mainline'])} overlay.mainline`)
  const tried = triedOverlays(family === 'mainline' ? config_txt : ofTunings, boards, sources, family)
  const overlays = planOverlays(sources, tried, family)
  const tools = {
    sources: textFiles(root, 'packages/tools'),
    arch: base.arch,
    programs: inForce.flatMap(({ data }) => Object.entries(data.change.programs ?? {}).map(([name, paths]) => ({ package: name, paths }))),
  }
  const templates = templatesInForce(root, tunings)
  const disk = identifiers(image.root, { name, image, boards, card, base, content, overlays, tools, templates, inForce })
  return {
    name,
    boards,
    soundcard: card,
    toolbox: {
      suite: base.suite,
      arch: base.arch,
      ...(built && built.build.cross_compile !== crossPrefix[base.arch]
        ? { compilers: [`gcc-${built.build.cross_compile.slice(0, -1)}`] }
        : {}),
      ...(options.mirror === undefined ? {} : { mirror: options.mirror }),
    },
    ...(built ? { kernel: built } : {}),
    ...(base.kind === 'image'
      ? { base: { ...imageOf(base, found), suite: base.suite, arch: base.arch } }
      : { firmware: { package: base.firmware_package, suite: base.suite, files: unique(boards.flatMap((board) => board.firmware)) } }),
    ...(overlays ? { overlays } : {}),
    tools,
    jack: content.jack,
    rootfs: content.rootfs,
    configure: {
      templates,
      others: [],
      view: {
        image: { name, boards: boards.map((board) => board.name) },
        hostname: image.hostname,
        user: image.user,
        kernel: {
          file_name: kernel.build.file_name,
          arm_64bit: kernel.build.kernel_arch === 'arm64',
          mainline: family === 'mainline',
        },
        config_txt: configSections(boards, config_txt),
        cmdline: lines((tuning) => tuning.change.cmdline),
        cmdline_room: ' '.repeat(60),
        modprobe: lines((tuning) => tuning.change.modprobe),
        blacklist: lines((tuning) => tuning.change.blacklist),
        sysctl: lines((tuning) => Object.entries(tuning.change.sysctl ?? {}).map(([key, value]) => `${key} = ${value}`)),
        limits: lines((tuning) => tuning.change.limits),
        fstab: lines((tuning) => tuning.change.fstab),
        root_mount: lines((tuning) => tuning.change.root_mount),
        udev: lines((tuning) => tuning.change.udev),
        jack: { ...jack, latency_ms: latency(jack).toFixed(1) },
        priorities,
        cores,
        doctor: doctorChecks(
          tunings.map(({ planned }) => planned),
          boards,
          card,
        ),
        soundcard: {
          id: card.id,
          name: card.name,
          bus: card.bus,
          ...(card.alsa_id === undefined ? {} : { alsa_id: card.alsa_id }),
          playback: card.playback,
          capture: card.capture,
          smallest_period: card.jack.smallest_period,
        },
        soundcards: { own: card.id, auto: false, hats: [], usb: [] },
        disk,
        settings: settingsText({}, defaultSettings(image, jack)).trimEnd(),
      },
    },
    image: {
      name,
      epoch,
      disk,
      firmware: unique(boards.flatMap((board) => board.firmware)),
      ...(built ? { kernel_file_name: kernel.build.file_name } : {}),
      user: image.user,
      mask: [...base.mask.map((text) => ({ text, by: `bases/${found.id}` })), ...lines((tuning) => tuning.change.mask)],
      enable: uniqueBy(
        [
          ...ownUnits(templates),
          ...base.enable.map((text) => ({ text, by: `bases/${found.id}` })),
          ...lines((tuning) => tuning.change.enable),
        ],
        ({ text }) => text,
      ),
      ...(base.kind === 'image' ? { boot_of_base: { remove: [...(built ? base.kernel_files : []), ...base.boot_remove], unfit } } : {}),
      ...(image.root_mb === undefined ? {} : { root_mb: image.root_mb }),
    },
    ...(virt_cpu === undefined ? {} : { virt_cpu }),
    release: planRelease(root, boards, base, kernel.data),
    tunings: tunings.map(({ planned }) => planned),
    warnings: [
      ...warningsOf(choices, boards, card, jack, kernel),
      ...inForce.flatMap(({ planned, data }) => (data.warns === undefined ? [] : [`tunings.${planned.id}: ${data.warns}`])),
    ],
    origins: originsOf(root, choices, card, jack, file, sets),
  }
}

/**
 * The image that a base is taken from: the one in its file, unless the choices name another. What its publisher offers is signed,
 * also where his list has it on another server; an image that somebody else has put at some address is not.
 */
function imageOf(
  { image, signature }: Extract<BaseData, { kind: 'image' }>,
  { image: chosen = image, listed }: FoundBase,
): Omit<BaseImagePlan, 'suite' | 'arch'> {
  const published = listed === true || new URL(chosen.url).host === new URL(image.url).host
  if (signature === undefined || !published) return chosen
  const { suffix, key, fingerprint } = signature
  return { ...chosen, signature: { url: chosen.url + suffix, key, fingerprint } }
}

/** The units of our own that say what starts them. */
const ownUnits = (templates: readonly TextFile[]): SourcedLine[] =>
  templates.flatMap(({ path, text }) => {
    const unit = /^root\/etc\/systemd\/system\/([^/]+)\.hbs$/.exec(path)?.[1]
    return unit !== undefined && /^\[Install\]$/m.test(text) ? [{ text: unit, by: `templates/${path}` }] : []
  })

export function override(text: string): Override {
  const equals = text.indexOf('=')
  if (equals < 1) throw new UserError(`--set ${text}: expected key=value, such as --set jack.period=64`)
  const value = text.slice(equals + 1)
  return { path: text.slice(0, equals).split('.'), value: plainValue(value, `--set ${text}`), text: `--set ${text}` }
}

type TriedOverlays = NonNullable<Plan['overlays']>['tried']

/** What a card of this image does where its settings say nothing. */
const defaultSettings = ({ hostname, user, soundcard }: ImageChoices, { period, periods, rate }: JackPlan): SettingsData => ({
  hostname,
  soundcard,
  user: { name: user.name },
  jack: { period, periods, rate },
})

/** Which of our own overlays a line of config.txt names, and the trees of the boards it does so for. */
function triedOverlays(
  lines: readonly (SourcedLine & { boards: readonly string[] })[],
  boards: readonly PlannedBoard[],
  sources: readonly TextFile[],
  family: 'mainline' | 'downstream',
): TriedOverlays {
  return lines.flatMap(({ text, boards: meant }) => {
    const overlay = /^dtoverlay=([\w-]+)/.exec(text)?.[1]
    if (overlay === undefined || !sources.some(({ path }) => path === `${overlay}.dts`)) return []
    return boards.filter(({ id }) => meant.includes(id)).map((board) => ({ overlay, device_tree: board.device_tree[family]! }))
  })
}

/** A mainline kernel gets all of ours. Raspberry Pi's own has its own of every card, so it gets just those that a tuning names. */
function planOverlays(sources: TextFile[], tried: TriedOverlays, family: 'mainline' | 'downstream'): Plan['overlays'] {
  if (family === 'mainline') return { sources, tried }
  const named = sources.filter(({ path }) => tried.some(({ overlay }) => path === `${overlay}.dts`))
  return named.length === 0 ? undefined : { sources: named, tried }
}

function defaultName(file: string, boards: PlannedBoard[], card: string): string {
  const stem = basename(file, '.yaml')
  if (!Id.safeParse(stem).success)
    throw new UserError(
      `${file}: the image is named after the file, so its name may have lower-case letters, digits, ".", "+" and "-" only (or say name:)`,
    )
  return stem === 'image' ? `${boards[0]!.id}${boards.length > 1 ? '-and-others' : ''}-${card}` : stem
}

/** A board with the emulator for this kernel, if there is one. */
function emulatedWith({ emulators, ...board }: { id: string } & BoardData, { kernel_arch, virt_cpu }: ChosenKernel['build']): PlannedBoard {
  const emulator = emulators[kernel_arch]
  return emulator && (virt_cpu !== undefined || !isVirt(emulator)) ? { ...board, emulator } : board
}

/** Which bases all of the boards run. */
function basesFor(root: string, boards: readonly { arch: readonly string[] }[]): string {
  const fit = idsIn(root, 'bases').filter((id) => {
    const { arch } = entry(root, 'bases', id, id).value
    return boards.every((board) => board.arch.includes(arch))
  })
  return fit.length === 0 ? 'no base runs on all of these boards: make an image for each' : fit.map((id) => `--base ${id}`).join(' or ')
}

const unique = (words: string[]): string[] => [...new Set(words)].sort()
const uniqueBy = <T>(values: T[], key: (value: T) => string): T[] => [...new Map(values.map((value) => [key(value), value])).values()]
