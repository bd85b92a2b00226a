import type { KernelTaken } from './kernel-taken.ts'
import type { BaseData } from './schema/base.ts'
import type { BoardData, EmulatorData } from './schema/board.ts'
import type { DriverlessData } from './schema/driverless.ts'
import type { Instructions } from './schema/instructions.ts'
import type { KernelSourceData } from './schema/kernel.ts'
import type { ImagerDevice, OsEntry } from './schema/os-list.ts'
import type { SoundcardData } from './schema/soundcard.ts'
import type { PackageData } from './schema/package.ts'
import type { ProofData } from './schema/tuning.ts'
import type { Hook } from './own/hooks.ts'
import type { OwnContent } from './own/folder.ts'
import type { TextFile } from '../common/files/text-files.ts'

/** A board of the image; the emulator is the one for the image's kernel. */
export type PlannedBoard = {
  id: string
  emulator?: EmulatorData
  /** what its radio lacks with the base and the kernel of the image, in words */
  wifi_gap?: string
} & Omit<BoardData, 'emulators'>
export type PlannedSoundcard = { id: string; driver: string } & Omit<SoundcardData, 'driver'>

/** A line that some tuning (or the board, the card, the base) has put somewhere. */
export interface SourcedLine {
  text: string
  /** id of the tuning, or what else asked for it */
  by: string
}

/** A tuning as it stands in this plan. */
export interface PlannedTuning {
  id: string
  about: string
  source: string
  /** what to do on the device where a proof fails */
  mend?: string
  /** Why it is not in force; undefined when it is. */
  off?: string
  /** ids of the boards it applies to */
  boards: string[]
  proofs: ProofData[]
}

/** How JACK is started. Frames, Hz, milliseconds. */
export interface JackPlan {
  server: string
  /** whether it tells systemd when clients can connect */
  says_ready: boolean
  period: number
  periods: number
  rate: number
  realtime_priority: number
  port_max: number
  timeout_ms: number
  softmode: boolean
  /** whether what programs play in a period is written to the card in it, and not in the next one */
  synchronous: boolean
  /** whether the server has to be told so */
  asks_synchronous: boolean
  /** whether samples of 16 bits are tried first */
  sixteen_bit: boolean
  /** whether a second card is bridged to it */
  bridges: boolean
  /** whether MIDI ports are ports of JACK too */
  midi: boolean
  /** what of the card is used; neither: both */
  playback_only: boolean
  capture_only: boolean
  /** channels to record from, and to play to; 0: all that the driver of the card offers */
  inputs: number
  outputs: number
}

/** SCHED_FIFO priorities, for the bus of the chosen card: see priorities.yaml. */
export interface PrioritiesPlan {
  kernel: number
  sound_interrupt: number
  /** words in the kernel's name of that interrupt */
  sound_interrupt_actions: string[]
  jackd: number
  clients: number
  interrupts: number
  others: number
}

/** Which clocks config.txt asks for. */
export interface OverclockPlan {
  preset: string
  /** lines of config.txt */
  settings: string[]
  /** MHz */
  arm_freq: number
  /**
   * whether force_turbo=1 may keep them up: not beside a higher voltage, for that pair voids the
   * warranty
   */
  force_turbo: boolean
}

type KernelBuild = Omit<
  Extract<KernelSourceData, { kind: 'debian' }>['builds'][string],
  'virt_cpu' | 'without'
>

export interface KernelPlan {
  /** kernel/<name>.yaml */
  name: string
  source:
    | { kind: 'debian'; package: string; patch_series: string[] }
    | { kind: 'linux-source'; pocket: string }
    | { kind: 'git'; url: string; commit: string }
  /** undefined: the newest one */
  series?: string
  suite: string
  /** defconfig and overlays: of a downstream kernel */
  build: KernelBuild & { cross_compile: string; defconfig?: string; overlays?: string }
  fragments: TextFile[]
  /** options that tunings ask for, over the fragments */
  options: SourcedLine[]
  patches: TextFile[]
  epoch: number
  /**
   * CROSS_COMPILE_COMPAT= of a 64-bit kernel that runs programs of 32 bit: without it their clock
   * is a system call
   */
  cross_compile_compat?: string
  /** what was found, in the plan.json beside a finished image */
  taken?: KernelTaken
}

/** The compiler for processors older than those that Debian's own is for. */
export interface CompilerPlan {
  arch: BaseData['arch']
  /** what the compiler is told in each call */
  flags: string[]
}

/** Programs that are added to a base of 32 bit, and what they may be compiled for. */
export interface AddedPlan {
  instructions: Instructions
  /** names of packages of our own; those that are in the image are looked at */
  packages: string[]
  /** whole paths in the image */
  programs: string[]
}

/** What the packages of our own are made of. */
export interface JackPackagesPlan {
  arch: BaseData['arch']
  sources: {
    /** packages/<id> */
    id: string
    orig: PackageData['orig']
    /** below packages/<id>/debian; patches apart, in the order of their series */
    files: TextFile[]
    patches: TextFile[]
  }[]
}

/** The published image that the root file system and the boot firmware are taken from. */
export interface BaseImagePlan {
  /** http(s) or file */
  url: string
  sha256: string
  unpacked_sha256?: string | undefined
  signature?: { url: string; key: string; fingerprint: string }
  /** that it may unpack to, and again the files in it */
  max_bytes: number
  /** what must be in it */
  suite: string
  arch: BaseData['arch']
}

/** A package of the target, and what asks for it, to be named in messages. */
export interface AskedPackage {
  name: string
  place: string
}

/** What is looked at before anything is compiled: whether the packages are there, and fit. */
export interface PackagesPlan {
  suite: string
  arch: BaseData['arch']
  asked: AskedPackage[]
  /** packages of which only single programs are taken */
  taken_apart: AskedPackage[]
  absent: SourcedLine[]
  /** what the base has and the image shall not have; a * stands for anything */
  remove: string[]
  /** packages of somebody's own: the file, the name that it says, and what messages call it */
  debs?: { file: string; name: string; place: string }[]
  /** the packages that are compiled here, as far as they are known before */
  own: { control: string; version: string }[]
}

export interface RootfsPlan {
  suite: string
  arch: BaseData['arch']
  packages: string[]
  /** what the base has and the image shall not have */
  remove: SourcedLine[]
  /** packages of the base that nothing may take along when it goes */
  keep: string[]
  absent: SourcedLine[]
  exclude: string[]
  debconf: string[]
  epoch: number
  /** false: emulate everything, the slow way, for comparison */
  twins: boolean
}

export interface ConfigurePlan {
  templates: TextFile[]
  view: View
  /** the sound cards that a card with this image can be told instead of its own */
  others: OtherCard[]
}

export interface OtherCard {
  id: string
  name: string
  /** what the templates see otherwise with it */
  view: Partial<View>
}

/** What a mixer is set to for one use of its card. */
export interface MixerUse {
  about: string
  /** whether it is set; or else it stands there for somebody who wants it */
  on: boolean
  lines: {
    /** the card: its id in ALSA, or its numbers on USB with commas between them */
    of: string
    control: string
    value: string
    /** optional: nothing is said where the card has no such control; each-time: ALSA cannot keep it */
    words: string
  }[]
}

/** What the templates see; every name they use is here. */
export interface View {
  image: {
    name: string
    boards: string[]
    /** by which a board of it knows itself */
    found: { id: string; compatible: string }[]
    /** bases/<id>, kernel/<id>, and the version of downbeat that has made it */
    base: string
    kernel: string
    version: string
    /** whether it is made of something of somebody's own: a folder, or the image of a base */
    own: boolean
  }
  hostname: string
  user: { name: string; ssh_keys: string[] }
  kernel: {
    file_name: string
    arm_64bit: boolean
    mainline: boolean
    /** of a package's kernel that we put on the boot partition; empty: there is none */
    initramfs: string
    device_trees: string[]
  }
  config_txt: { filter: string; lines: SourcedLine[] }[]
  /** lines of somebody's own, which come last */
  own_config_txt: string[]
  cmdline: SourcedLine[]
  /**
   * spaces at the end of cmdline.txt. What a card adds later takes their place, so nothing else in
   * the file changes
   */
  cmdline_room: string
  modprobe: SourcedLine[]
  blacklist: SourcedLine[]
  sysctl: SourcedLine[]
  limits: SourcedLine[]
  fstab: SourcedLine[]
  root_mount: SourcedLine[]
  udev: SourcedLine[]
  jack: JackPlan & { latency_ms: string }
  priorities: PrioritiesPlan
  /**
   * the core that JACK has for itself and the one for the card's interrupt, on boards with enough
   * of them
   */
  cores: { jack: number; interrupt: number }
  doctor: Doctor
  doctor_card: DoctorCard
  mixer: MixerUse[]
  soundcard: {
    id: string
    name: string
    bus: string
    alsa_id?: string
    /** the numbers of its devices on USB, which are surer than the id; empty: not known, or any */
    usb: { vendor: string; product: string }[]
    playback: number
    capture: number
    /** frames, at the rate of JACK; what a period has to be a multiple of */
    smallest_period: number
    period_step: number
    /** and what it has to last at any rate; 0: nothing is known */
    smallest_ms: number
    /** Hz, with spaces between them; empty: nobody has read all of them */
    rates: string
  }
  /** the card that is bridged to JACK beside that one, with no name where there is none */
  second: {
    name: string
    /** the numbers of its devices on USB; empty: any will do */
    usb: { vendor: string; product: string }[]
    period: number
    periods: number
  }
  /**
   * own: what the image is made for; auto: the first boot looks for another; what it goes by: a
   * pattern of sh, vendor:product
   */
  soundcards: {
    own: string
    auto: boolean
    hats: { id: string; product: string }[]
    usb: { id: string; device: string }[]
  }
  disk: DiskPlan
  /** the text of downbeat.toml: every key, commented out */
  settings: string
}

/** Identifiers of the disk, made from the plan, never drawn. */
export interface DiskPlan {
  signature: string
  /** as root= names it */
  root_device: string
  /** as fstab names them */
  fstab_root: string
  boot_device: string
  root_on_usb: boolean
  fat_serial: string
  root_uuid: string
  hash_seed: string
}

export interface ImagePlan {
  name: string
  epoch: number
  disk: DiskPlan
  firmware: string[]
  /** of the kernel that is built here; undefined: the base has its own where it belongs */
  kernel_file_name?: string
  /** a package has put the kernel into the root, and we put it onto the boot partition */
  kernel_of_package?: true
  user: { name: string; ssh_keys: string[] }
  mask: SourcedLine[]
  enable: SourcedLine[]
  /**
   * what of the base's own boot partition goes: names, and lines of config.txt by what they are
   * about; undefined: it has none
   */
  boot_of_base?: { remove: string[]; unfit: SourcedLine[] }
  root_mb?: number
  /** scripts of somebody's own, and what each is run on */
  hooks?: Hook[]
}

/** What people are told of an image before they write it to a card; decides no byte of it. */
export interface ReleasePlan {
  base: string
  kernel: string
  icon: string
  website?: string
  architecture: OsEntry['architecture']
  /** of Raspberry Pi Imager's devices: those that it shows the image for */
  tags: string[]
  /** of Imager's devices those that have such a tag, and those that show everything */
  devices: ImagerDevice[]
}

/** Everything that decides the bytes of an image: plain data, frozen, printable. */
export interface Plan {
  name: string
  boards: PlannedBoard[]
  soundcard: PlannedSoundcard
  /** compilers: packages with those that the kernel needs beside the one for `arch` */
  toolbox: { suite: string; arch: BaseData['arch']; compilers?: string[]; mirror?: string }
  /** undefined: the root file system is bootstrapped */
  base?: BaseImagePlan
  /** undefined: the base's own package */
  kernel?: KernelPlan
  /** undefined: the base has it */
  firmware?: { package: string; suite: string; files: string[] }
  /**
   * tried: overlays that config.txt names, each with a device tree that it must fit; undefined:
   * those of the kernel are enough
   */
  overlays?: { sources: TextFile[]; tried: { overlay: string; device_tree: string }[] }
  /**
   * devices of the trees that no driver is looked for; undefined: the kernel is not compiled here, or
   * the trees are not mainline's
   */
  driverless?: DriverlessData[]
  /** programs: single files out of packages, as `package path` */
  tools: {
    sources: TextFile[]
    arch: BaseData['arch']
    programs: { package: string; paths: string[] }[]
  }
  /** undefined: Debian's own is for the boards of the image */
  compiler?: CompilerPlan
  jack: JackPackagesPlan
  /** undefined: every board that runs the architecture runs all of it */
  added?: AddedPlan
  packages: PackagesPlan
  rootfs: RootfsPlan
  configure: ConfigurePlan
  image: ImagePlan
  /** -cpu of QEMU's own machine for the image's kernel; undefined: it does not run there */
  virt_cpu?: string
  release: ReleasePlan
  tunings: PlannedTuning[]
  /** what to say of a base that nobody has signed or pinned; it is one of the warnings, too */
  unanswered_base?: string
  warnings: string[]
  /**
   * somebody's own folder: what of it lies over the data of the repository, and what it brings into
   * the image beside that
   */
  own?: { data: { path: string; instead: boolean }[]; content?: OwnContent }
  /** value: the file and line it comes from */
  origins: Record<string, { value: string; from: string }>
}

/**
 * What downbeat-doctor asks on the device: lines of its shell script, whose functions `board`,
 * `tuning` and `ask` are.
 */
export interface Doctor {
  /** one line for each board of the image */
  boards: string[]
  tunings: DoctorTuning[]
}

/** What it asks with one sound card, and otherwise or not at all with another of the image. */
export interface DoctorCard {
  /**
   * by which the chosen card is known in /proc/asound/cards, for a shell; empty: there is none to
   * look for
   */
  pattern: string
  /** one line for each thing that is known of it on a board */
  known: string[]
  tunings: DoctorTuning[]
}

export interface DoctorTuning {
  id: string
  /** whether it stands with the card: here is only its place */
  of_card: boolean
  /**
   * begins the tuning: id, what it does, what to do where a proof fails, and its boards if they are
   * not all of the image
   */
  call: string
  /** one line for each proof */
  proofs: string[]
}
