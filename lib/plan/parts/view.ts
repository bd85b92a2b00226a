import type { Settled } from '../choices/settle.ts'
import { latency } from '../choices/jack.ts'
import type { DiskPlan, JackPlan, PlannedSoundcard, View } from '../plan.ts'
import { doctorChecks } from '../proofs/doctor.ts'
import type { ImageChoices } from '../schema/image.ts'
import type { SettingsData } from '../settings/settings.ts'
import { settingsText } from '../settings/text.ts'
import type { TuningsInForce } from '../tunings/in-force.ts'
import type { BoardLine } from '../tunings/loaded.ts'
import { configSections } from './config-sections.ts'

/** What the templates see. */
export function viewOf(
  settled: Settled,
  { all, lines }: TuningsInForce,
  name: string,
  disk: DiskPlan,
  config: BoardLine[],
): View {
  const { boards, card, kernel, jack, priorities, cores } = settled
  const image = settled.choices.value
  return {
    image: { name, boards: boards.map((board) => board.name) },
    hostname: image.hostname,
    user: image.user,
    kernel: {
      file_name: kernel.build.file_name,
      arm_64bit: kernel.build.kernel_arch === 'arm64',
      mainline: kernel.data.family === 'mainline',
    },
    config_txt: configSections(boards, config),
    cmdline: lines((tuning) => tuning.change.cmdline),
    cmdline_room: ' '.repeat(60),
    modprobe: lines((tuning) => tuning.change.modprobe),
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
      card,
    ),
    soundcard: seenCard(card),
    soundcards: { own: card.id, auto: false, hats: [], usb: [] },
    disk,
    settings: settingsText({}, defaultSettings(image, jack)).trimEnd(),
  }
}

const seenCard = ({
  id,
  name,
  bus,
  alsa_id,
  playback,
  capture,
  jack,
}: PlannedSoundcard): View['soundcard'] => ({
  id,
  name,
  bus,
  ...(alsa_id === undefined ? {} : { alsa_id }),
  playback,
  capture,
  smallest_period: jack.smallest_period,
})

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
