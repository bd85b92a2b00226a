import { createHash } from 'node:crypto'
import { basename, relative } from 'node:path'
import { entry, idsIn, textFiles } from './catalogue.ts'
import type { TextFile } from './catalogue.ts'
import { configSections } from './config-sections.ts'
import { UserError } from './errors.ts'
import { didYouMean } from './nearest.ts'
import type { DiskPlan, JackPlan, Plan, PlannedBoard, PlannedSoundcard, PlannedTuning, SourcedLine } from './plan.ts'
import { Id } from './schema/common.ts'
import { Image } from './schema/image.ts'
import type { ImageChoices } from './schema/image.ts'
import type { TuningData } from './schema/tuning.ts'
import { factsOf, fill, whyNot } from './when.ts'
import { readYaml } from './yaml.ts'
import type { Located, Override } from './yaml.ts'

interface LoadedTuning {
  planned: PlannedTuning
  data: TuningData
}

/**
 * Turns the choices in a file into the one frozen Plan. The only reader of the data folders; touches nothing else.
 * `sets` are `--set` values such as `jack.period=64`; `plainEmulation` bootstraps without native twins. Throws UserError for anything that is not right.
 */
export function resolve(root: string, file: string, sets: string[] = [], options: { plainEmulation?: boolean } = {}): Plan {
  const choices = readYaml(file, Image, root, sets.map(override))
  const { value: image, at } = choices
  const base = entry(root, 'bases', image.base, at(['base'])).value
  const boards = image.board.map((id, i) => ({ id, ...entry(root, 'boards', id, at(['board', i])).value }))
  for (const [i, board] of boards.entries()) {
    if (!board.arch.includes(base.arch)) {
      throw new UserError(
        `${at(['board', i])} board: ${board.id} does not run ${base.arch}, which ${image.base} is made of (it runs ${board.arch.join(', ')})`,
      )
    }
  }
  const card = { id: image.soundcard, ...entry(root, 'soundcards', image.soundcard, at(['soundcard'])).value }
  const kernel = entry(root, 'kernel', image.kernel.source, at(['kernel', 'source'])).value
  const build = kernel.builds[base.arch]
  if (!build) throw new UserError(`${at(['kernel', 'source'])} kernel.source: ${image.kernel.source} has no build for ${base.arch}`)

  const jack = planJack(choices, card)
  const facts = { soundcard: card, base, jack, kernel: { source: image.kernel.source }, user: { name: image.user.name } }
  const tunings = planTunings(root, choices, boards, facts)
  const inForce = tunings.filter(({ planned }) => planned.off === undefined)
  const lines = (pick: (tuning: TuningData) => readonly string[] | undefined): SourcedLine[] =>
    inForce.flatMap(({ planned, data }) => (pick(data) ?? []).map((text) => ({ text, by: planned.id })))
  const epoch = Date.parse(base.epoch) / 1000

  const name = image.name ?? defaultName(file, boards, card)
  const content = {
    kernel: {
      source: image.kernel.source,
      package: kernel.package,
      series: kernel.series,
      patch_series: kernel.patch_series,
      suite: base.suite,
      build,
      fragments: build.fragments.map((fragment) => fileIn(root, 'kernel/fragments', fragment, `kernel/${image.kernel.source}.yaml`)),
      options: lines((tuning) => tuning.change.kernel),
      patches: textFiles(root, 'kernel/patches'),
      epoch,
    },
    rootfs: {
      suite: base.suite,
      arch: base.arch,
      components: base.components,
      packages: unique([
        ...Object.keys(base.packages),
        ...lines((tuning) => tuning.change.packages).map(({ text }) => text),
        ...image.packages,
      ]),
      absent: lines((tuning) => tuning.change.absent),
      exclude: base.exclude,
      debconf: base.debconf,
      epoch,
      twins: options.plainEmulation !== true,
    },
  }
  refuseUnwanted(content.rootfs, choices)
  const overlays = {
    sources: textFiles(root, 'kernel/overlays'),
    device_trees: boards.map((board) => board.device_tree.mainline),
    used: card.overlay ? [card.overlay.ours] : [],
  }
  const tools = { sources: textFiles(root, 'packages/tools'), cross_compile: build.cross_compile }
  const templates = templatesInForce(root, tunings)
  const disk = identifiers({ name, image, boards, card, base, content, overlays, tools, templates, inForce })
  const plan: Plan = {
    name,
    boards,
    soundcard: card,
    toolbox: { suite: base.suite, epoch },
    kernel: content.kernel,
    firmware: { package: base.firmware_package, suite: base.suite, files: unique(boards.flatMap((board) => board.firmware)) },
    overlays,
    tools,
    rootfs: content.rootfs,
    configure: {
      templates,
      view: {
        image: { name, boards: boards.map((board) => board.name) },
        hostname: image.hostname,
        user: image.user,
        kernel: { file_name: build.file_name },
        config_txt: configSections(boards, [
          ...(card.overlay
            ? [{ text: `dtoverlay=${card.overlay.ours}`, by: `soundcards/${card.id}`, boards: boards.map(({ id }) => id) }]
            : []),
          ...inForce.flatMap(({ planned, data }) =>
            (data.change.config_txt ?? []).map((text) => ({ text, by: planned.id, boards: planned.boards })),
          ),
        ]),
        cmdline: lines((tuning) => tuning.change.cmdline),
        modprobe: lines((tuning) => tuning.change.modprobe),
        sysctl: lines((tuning) => Object.entries(tuning.change.sysctl ?? {}).map(([key, value]) => `${key} = ${value}`)),
        limits: lines((tuning) => tuning.change.limits),
        fstab: lines((tuning) => tuning.change.fstab),
        udev: lines((tuning) => tuning.change.udev),
        jack: { ...jack, latency_ms: latency(jack).toFixed(1) },
        soundcard: {
          id: card.id,
          name: card.name,
          bus: card.bus,
          ...(card.alsa_id === undefined ? {} : { alsa_id: card.alsa_id }),
          playback: card.playback,
          capture: card.capture,
        },
        disk,
      },
    },
    image: {
      name,
      epoch,
      disk,
      firmware: unique(boards.flatMap((board) => board.firmware)),
      kernel_file_name: build.file_name,
      user: image.user,
      mask: [...base.mask.map((text) => ({ text, by: `bases/${image.base}` })), ...lines((tuning) => tuning.change.mask)],
      enable: [...base.enable.map((text) => ({ text, by: `bases/${image.base}` })), ...lines((tuning) => tuning.change.enable)],
      ...(image.root_mb === undefined ? {} : { root_mb: image.root_mb }),
    },
    tunings: tunings.map(({ planned }) => planned),
    warnings: [
      ...card.notes.map((note) => `${card.name}: ${note}`),
      ...(image.user.ssh_keys.length === 0 ? ['no SSH key in user.ssh_keys: nobody will be able to log in over the network'] : []),
    ],
    origins: originsOf(root, choices, card, jack, file, sets),
  }
  return freeze(plan)
}

/** Milliseconds from a full JACK buffer to the converter: period × periods / rate. Converters add their own constant. */
export const latency = ({ period, periods, rate }: Pick<JackPlan, 'period' | 'periods' | 'rate'>): number =>
  (1000 * period * periods) / rate

function override(text: string): Override {
  const equals = text.indexOf('=')
  if (equals < 1) throw new UserError(`--set ${text}: expected key=value, such as --set jack.period=64`)
  const value = text.slice(equals + 1)
  const plain = /^-?\d+$/.test(value) ? Number(value) : value === 'true' ? true : value === 'false' ? false : value
  return { path: text.slice(0, equals).split('.'), value: plain, text: `--set ${text}` }
}

function planJack({ value: image, at }: Located<ImageChoices>, card: PlannedSoundcard): JackPlan {
  const jack = {
    ...image.jack,
    period: image.jack.period ?? card.jack.period,
    periods: image.jack.periods ?? card.jack.periods,
    rate: image.jack.rate ?? card.jack.rate,
  }
  if (!card.rates.includes(jack.rate)) {
    throw new UserError(
      `${at(['jack', 'rate'])} jack.rate: ${card.name} does not run at ${jack.rate} Hz (it runs at ${card.rates.join(', ')})`,
    )
  }
  if (jack.period < card.jack.smallest_period) {
    throw new UserError(
      `${at(['jack', 'period'])} jack.period: ${jack.period} frames is below the ${card.jack.smallest_period} that ${card.name} can do`,
    )
  }
  return jack
}

function planTunings(root: string, choices: Located<ImageChoices>, boards: PlannedBoard[], facts: Record<string, unknown>): LoadedTuning[] {
  const ids = idsIn(root, 'tunings')
  const wanted = choices.value.tunings
  for (const id of Object.keys(wanted)) {
    if (!ids.includes(id))
      throw new UserError(`${choices.at(['tunings', id])} tunings.${id}: there is no tunings/${id}.yaml${didYouMean(id, ids)}`)
  }
  // What any board or card says may be asked of all: one that says nothing of it has it not set.
  const all = [
    ...idsIn(root, 'boards').map((id) => ({ board: { id, ...entry(root, 'boards', id, 'boards').value } })),
    ...idsIn(root, 'soundcards').map((id) => ({ soundcard: { id, ...entry(root, 'soundcards', id, 'soundcards').value } })),
  ]
  const known = Object.fromEntries(all.flatMap((one) => Object.keys(factsOf(one))).map((fact) => [fact, undefined]))
  return ids.map((id) => {
    const { value: unfilled, at } = entry(root, 'tunings', id, `tunings/${id}.yaml`)
    const state = wanted[id] ?? unfilled.default
    const refusals = boards.map((board) =>
      whyNot(unfilled.when, { ...known, ...factsOf({ ...facts, board }) }, (fact) => at(['when', fact])),
    )
    const applies = boards.filter((_, i) => refusals[i] === undefined).map((board) => board.id)
    const off =
      state === 'off'
        ? `switched off${id in wanted ? ` at ${choices.at(['tunings', id])}` : ' unless asked for'}`
        : applies.length === 0
          ? refusals[0]
          : onlySome(unfilled, applies, boards)
    // A tuning that is not in force may speak of facts that this image does not have.
    const data = off === undefined ? fill(unfilled, factsOf(facts), `tunings/${id}.yaml`) : unfilled
    return {
      data,
      planned: {
        id,
        about: data.about,
        source: data.source,
        ...(off === undefined ? {} : { off }),
        boards: applies,
        proofs: off === undefined ? data.proof : [],
      },
    }
  })
}

/** A package cannot be asked for and banned in one image. */
function refuseUnwanted({ packages, absent }: Plan['rootfs'], { value, at }: Located<ImageChoices>): void {
  const banned = absent.find(({ text }) => packages.includes(text))
  if (!banned) return
  const mine = value.packages.indexOf(banned.text)
  const asked = mine < 0 ? 'the base system or a tuning' : at(['packages', mine])
  throw new UserError(`${asked} packages: ${banned.text} is what the tuning ${banned.by} keeps out (tunings.${banned.by}=off allows it)`)
}

/** config.txt has sections for single boards; every other kind of change is shared by all boards of the image. */
function onlySome(data: TuningData, applies: string[], boards: PlannedBoard[]): string | undefined {
  if (applies.length === boards.length) return undefined
  const shared = Object.keys(data.change).filter((kind) => kind !== 'config_txt')
  return shared.length === 0 ? undefined : `fits only ${applies.join(', ')} of the boards that share this image`
}

/** Templates, without those that belong to a tuning which is not in force. */
function templatesInForce(root: string, tunings: LoadedTuning[]): TextFile[] {
  const files = textFiles(root, 'templates')
  const paths = files.map(({ path }) => path)
  const dropped = new Set<string>()
  for (const { planned, data } of tunings) {
    for (const path of data.change.files ?? []) {
      if (!paths.includes(path))
        throw new UserError(`tunings/${planned.id}.yaml change.files: there is no templates/${path}${didYouMean(path, paths)}`)
      if (planned.off !== undefined) dropped.add(path)
    }
  }
  return files.filter(({ path }) => !dropped.has(path))
}

function fileIn(root: string, folder: string, path: string, asked: string): TextFile {
  const files = textFiles(root, folder)
  const found = files.find((file) => file.path === path)
  if (!found)
    throw new UserError(
      `${asked}: there is no ${folder}/${path}${didYouMean(
        path,
        files.map((file) => file.path),
      )}`,
    )
  return found
}

function defaultName(file: string, boards: PlannedBoard[], card: PlannedSoundcard): string {
  const stem = basename(file, '.yaml')
  if (!Id.safeParse(stem).success)
    throw new UserError(
      `${file}: the image is named after the file, so its name may have lower-case letters, digits, ".", "+" and "-" only (or say name:)`,
    )
  return stem === 'image' ? `${boards[0]!.id}${boards.length > 1 ? '-and-others' : ''}-${card.id}` : stem
}

/** All identifiers of a disk come from what is on it: the same image has the same, another image others. */
function identifiers(content: unknown): DiskPlan {
  const hex = createHash('sha256').update(JSON.stringify(content)).digest('hex')
  const uuid = (from: number): string => {
    const digits = hex.slice(from, from + 32)
    return [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(13, 16)}`, `8${digits.slice(17, 20)}`, digits.slice(20, 32)].join('-')
  }
  return { signature: hex.slice(0, 8), fat_serial: hex.slice(8, 16), root_uuid: uuid(0), hash_seed: uuid(32) }
}

function originsOf(
  root: string,
  { value, at }: Located<ImageChoices>,
  card: PlannedSoundcard,
  jack: JackPlan,
  file: string,
  sets: string[],
): Plan['origins'] {
  const origins: Plan['origins'] = {}
  const own = relative(root, file)
  // A place names a line only where the file (or --set) really says the value; else it is the schema's default.
  const add = (key: string, shown: string, otherwise: string): void => {
    const path = key.split('.')
    const here = at(path)
    const outer = path.length > 1 ? at(path.slice(0, -1)) : `${own}:1:1`
    origins[key] = { value: shown, from: here === outer || here === `${own}:1:1` ? otherwise : here }
  }
  add('board', value.board.join(', '), '')
  add('soundcard', value.soundcard, '')
  add('base', value.base, 'default')
  add('kernel.source', value.kernel.source, 'default')
  add('hostname', value.hostname, 'default')
  add('user.name', value.user.name, 'default')
  add('user.ssh_keys', `${value.user.ssh_keys.length}`, 'default')
  for (const key of ['period', 'periods', 'rate'] as const) add(`jack.${key}`, String(jack[key]), `soundcards/${card.id}.yaml`)
  for (const key of ['realtime_priority', 'port_max', 'timeout_ms', 'softmode'] as const) add(`jack.${key}`, String(jack[key]), 'default')
  add('packages', value.packages.join(', '), 'default')
  for (const [id, state] of Object.entries(value.tunings)) add(`tunings.${id}`, state, '')
  for (const set of sets) {
    const key = set.slice(0, set.indexOf('='))
    if (origins[key]) origins[key].from = `--set ${set}`
  }
  return origins
}

const unique = (words: string[]): string[] => [...new Set(words)].sort()

function freeze<T>(value: T): T {
  if (value !== null && typeof value === 'object') {
    Object.values(value).forEach(freeze)
    Object.freeze(value)
  }
  return value
}
