import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { entry, textFiles } from './catalogue.ts'
import type { TextFile } from './catalogue.ts'
import { configSections } from './config-sections.ts'
import { UserError } from './errors.ts'
import { didYouMean } from './nearest.ts'
import { originsOf } from './origins.ts'
import { planTunings, refuseUnwanted, templatesInForce } from './plan-tunings.ts'
import type { DiskPlan, JackPlan, Plan, PlannedBoard, PlannedSoundcard, SourcedLine } from './plan.ts'
import { Id } from './schema/common.ts'
import { Image } from './schema/image.ts'
import type { ImageChoices } from './schema/image.ts'
import type { TuningData } from './schema/tuning.ts'
import { readYaml } from './yaml.ts'
import type { Located, Override } from './yaml.ts'

/**
 * Turns the choices in a file into the one frozen Plan. The only reader of the data folders; touches nothing else.
 * `sets` are `--set` values such as `jack.period=64`; `plainEmulation` bootstraps without native twins; `mirror` is where Debian is taken from, by the image
 * too, instead of mmdebstrap's own choice. Throws UserError for anything that is not right.
 */
export function resolve(
  root: string,
  file: string,
  sets: string[] = [],
  options: { plainEmulation?: boolean; mirror?: string | undefined } = {},
): Plan {
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
    toolbox: { suite: base.suite, epoch, ...(options.mirror === undefined ? {} : { mirror: options.mirror }) },
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
      ...boards
        .filter((board) => !board.ethernet)
        .map((board) => `${board.name} has no Ethernet: reach it by the serial console, or set up Wi-Fi on the card (README)`),
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

const unique = (words: string[]): string[] => [...new Set(words)].sort()

function freeze<T>(value: T): T {
  if (value !== null && typeof value === 'object') {
    Object.values(value).forEach(freeze)
    Object.freeze(value)
  }
  return value
}
