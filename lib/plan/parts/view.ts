import type { Settled } from '../choices/settle.ts'
import { latency } from '../choices/jack.ts'
import { knownOf, quirksOf } from '../choices/pairs.ts'
import { smallestPeriod } from '../choices/period.ts'
import { seenSecond, usbNumbers } from '../choices/second-card.ts'
import type { DiskPlan, JackPlan, PlannedSoundcard, View } from '../plan.ts'
import { doctorCard, doctorChecks } from '../proofs/doctor.ts'
import type { ImageChoices } from '../schema/image.ts'
import type { SettingsData } from '../settings/settings.ts'
import { settingsText } from '../settings/text.ts'
import type { TuningsInForce } from '../tunings/in-force.ts'
import type { BoardLine } from '../tunings/loaded.ts'
import { version } from '../version.ts'
import { configSections } from './config-sections.ts'

/** What the templates see. */
export function viewOf(
  settled: Settled,
  { all, lines }: TuningsInForce,
  name: string,
  disk: DiskPlan,
  config: BoardLine[],
): View {
  const { boards, card, second, kernel, jack, mixer, priorities, cores } = settled
  const image = settled.choices.value
  const { base } = settled
  const { found } = base
  return {
    image: {
      name,
      boards: boards.map((board) => board.name),
      found: boards.map(({ id, compatible }) => ({ id, compatible })),
      base: base.id,
      kernel: kernel.id,
      version: version(),
      own: found.image !== undefined && found.listed !== true,
    },
    hostname: image.hostname,
    user: image.user,
    kernel: {
      file_name: kernel.build.file_name,
      arm_64bit: kernel.build.kernel_arch === 'arm64',
      mainline: kernel.data.family === 'mainline',
      initramfs: ('initramfs' in kernel.build ? kernel.build.initramfs : undefined) ?? '',
      device_trees: 'device_trees' in kernel.build ? kernel.build.device_trees : [],
    },
    config_txt: configSections(boards, config),
    own_config_txt: image.config_txt,
    cmdline: [
      ...lines((tuning) => tuning.change.cmdline),
      ...image.cmdline.map((text) => ({ text, by: 'cmdline' })),
    ],
    cmdline_room: ' '.repeat(60),
    modprobe: [...lines((tuning) => tuning.change.modprobe), ...quirksOf(card, boards, kernel)],
    blacklist: lines((tuning) => tuning.change.blacklist),
    sysctl: lines((tuning) =>
      Object.entries(tuning.change.sysctl ?? {}).map(([key, value]) => `${key} = ${value}`),
    ),
    limits: lines((tuning) => tuning.change.limits),
    fstab: lines((tuning) => tuning.change.fstab),
    root_mount: lines((tuning) => tuning.change.root_mount),
    udev: lines((tuning) => tuning.change.udev),
    jack: { ...jack, latency_ms: latency(jack).toFixed(1) },
    priorities,
    cores,
    doctor: doctorChecks(
      all.map(({ planned }) => planned),
      boards,
    ),
    doctor_card: doctorCard(card, boards, (board) => knownOf(card, board, kernel)),
    mixer,
    soundcard: seenCard(card, jack.rate),
    second: seenSecond(second),
    soundcards: { own: card.id, auto: false, hats: [], usb: [] },
    disk,
    settings: settingsText({}, defaultSettings(image, jack)).trimEnd(),
  }
}

const seenCard = (card: PlannedSoundcard, rate: number): View['soundcard'] => {
  const { id, name, bus, alsa_id, found_by, playback, capture, jack } = card
  return {
    id,
    name,
    bus,
    ...(alsa_id === undefined ? {} : { alsa_id }),
    usb: usbNumbers(found_by),
    playback,
    capture,
    smallest_period: smallestPeriod(card, rate),
    smallest_ms: jack.smallest_ms ?? 0,
    period_step: jack.period_step,
    rates: card.other_rates ? '' : card.rates.join(' '),
  }
}

/** What a card of this image does where its settings say nothing. */
const defaultSettings = (
  { hostname, user, soundcard }: ImageChoices,
  { period, periods, rate }: JackPlan,
): SettingsData => ({
  hostname,
  soundcard,
  user: { name: user.name },
  jack: { period, periods, rate },
})
