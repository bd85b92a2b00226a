/**
 * What the Raspberry Pi firmware would load from a FAT partition, worked out without a Raspberry
 * Pi.
 *
 * An emulator does not run the firmware, so whoever boots an image in one has to choose kernel,
 * device tree, overlays and command line as the firmware would. Every rule names its page in
 * github.com/raspberrypi/documentation, or says "belief".
 */

import { distance } from '../../common/words/nearest.ts'

/** The SoC decides the default kernel, the word size and the firmware's own files. */
export type Soc = keyof typeof SOCS

/**
 * boot.adoc "kernel", "arm_64bit"; boot_folder.adoc "start.elf", "bootcode.bin". Without `start`
 * all that is in the EEPROM.
 */
const SOCS = {
  bcm2835: { arm32: ['kernel.img'], arm64: [], starts64: false, bootcode: true, start: '' },
  bcm2836: { arm32: ['kernel7.img'], arm64: [], starts64: false, bootcode: true, start: '' },
  bcm2837: {
    arm32: ['kernel7.img'],
    arm64: ['kernel8.img'],
    starts64: false,
    bootcode: true,
    start: '',
  },
  bcm2711: {
    arm32: ['kernel7l.img'],
    arm64: ['kernel8.img'],
    starts64: true,
    bootcode: false,
    start: '4',
  },
  bcm2712: {
    arm32: [],
    arm64: ['kernel_2712.img', 'kernel8.img'],
    starts64: true,
    bootcode: false,
    start: undefined,
  },
}

/** A board as the firmware sees it: a part of what boards/*.yaml say. */
export interface FirmwareBoard {
  /**
   * Filters it meets, without brackets: its model filters, and others a test wants met ("gpio4=1",
   * "tryboot").
   */
  filters: readonly string[]
  /** Those that only recent firmware knows. */
  recent_filters?: readonly string[]
  /** The number in [board-type=0x…]: bits 4–11 of the revision code. */
  board_type: number
  soc: Soc
  /**
   * File names in the two kernel families, with or without ".dtb"; mainline has not every board.
   */
  device_tree: { mainline?: string | undefined; downstream: string }
  /** Overlays that it puts on the mainline tree by itself, on boards with another stepping. */
  stepping_overlays?: readonly string[]
}

/** The files of a FAT partition; paths have no leading slash. */
export interface FatFiles {
  read(path: string): string | undefined
  has(path: string): boolean
  /** Every path, to name what is there instead of a missing file. */
  list?(): readonly string[]
  /**
   * Names in the __overrides__ node of an overlay; without it every parameter that follows an
   * overlay is the overlay's.
   */
  parameters?(overlay: string): readonly string[] | undefined
  /**
   * What overlays/overlay_map.dtb makes of an overlay's name on this SoC; undefined keeps the name.
   */
  overlayMap?(name: string, soc: Soc): string | undefined
}

export interface Overlay {
  path: string
  params: Record<string, string>
}

export interface FirmwareBoot {
  kernel: string
  /** Whether the kernel is started in 64-bit mode. */
  arm64: boolean
  deviceTree: string
  /** In the order in which they are applied. */
  overlays: Overlay[]
  /** Parameters of the board's device tree itself. */
  dtparams: Record<string, string>
  /** First line of cmdline.txt, trimmed. */
  commandLine: string
  initramfs?: string
  /** The plain settings in force: the last one of a name wins. */
  settings: Record<string, string>
  warnings: string[]
}

/** One line of config.txt that is in force on this board; `at` is its file and number. */
interface Line {
  key: string
  value: string
  file: string
  at: string
}

/** What the rules below look at. */
interface Boot {
  fat: FatFiles
  board: FirmwareBoard
  lines: readonly Line[]
  settings: Map<string, Line>
  /** os_prefix, once it is known to hold kernel and device tree. */
  prefix: string
  warn: (warning: string) => void
}

/** Files to look for, the first choice first, and the line of config.txt that wants them. */
interface Wanted {
  names: string[]
  at: string
  asked: string
}

/**
 * Works out what the firmware would load; throws an Error that names the missing file, who asked
 * for it and what is there.
 */
export function firmwareBoot(fat: FatFiles, board: FirmwareBoard): FirmwareBoot {
  const warnings: string[] = []
  const boot = readConfig(fat, board, (warning) => warnings.push(warning))
  const arm64 = startsIn64Bit(boot)
  boot.prefix = osPrefix(boot, arm64)
  const kernel = find(boot, kernelNames(boot, arm64))
  const deviceTree = find(boot, deviceTreeNames(boot))
  const initramfs = findInitramfs(boot, kernel)
  return {
    kernel,
    arm64,
    deviceTree,
    ...overlaysAndParameters(boot, deviceTree),
    commandLine: readCommandLine(boot),
    ...(initramfs === undefined ? {} : { initramfs }),
    settings: Object.fromEntries([...boot.settings].map(([key, { value }]) => [key, value])),
    warnings,
  }
}

/**
 * Lists the firmware's own files that this config.txt needs on this board, and whether each is
 * there.
 */
export function checkFirmwareFiles(
  fat: FatFiles,
  board: FirmwareBoard,
): { path: string; present: boolean }[] {
  const { start, bootcode } = SOCS[board.soc]
  const listed = (paths: readonly string[]): { path: string; present: boolean }[] =>
    paths.map((path) => ({ path, present: fat.has(path) }))
  // what_is_config_txt.adoc: what loads start.elf knows no include, so only config.txt itself
  // counts here.
  const settings = plainSettings(
    readConfig(fat, board, () => {}).lines.filter(({ file }) => file === 'config.txt'),
  )
  const steppings = isOn(settings, 'upstream_kernel') ? (board.stepping_overlays ?? []) : []
  const overlays = steppings.map((name) => `overlays/${name}.dtbo`)
  if (start === undefined) return listed(overlays)
  // boot.adoc "start_x, start_debug"; boot_folder.adoc "start_cd.elf". Which of them wins is
  // belief.
  const variant = isOn(settings, 'start_x')
    ? 'x'
    : isOn(settings, 'start_debug')
      ? 'db'
      : numberOf(settings, 'gpu_mem', 64) <= 16
        ? 'cd'
        : ''
  const suffix = start === '' && variant !== '' ? `_${variant}` : start + variant
  const files = [
    settings.get('start_file')?.value ?? `start${suffix}.elf`,
    settings.get('fixup_file')?.value ?? `fixup${suffix}.dat`,
  ]
  return listed([...(bootcode ? ['bootcode.bin'] : []), ...files, ...overlays])
}

function readConfig(fat: FatFiles, board: FirmwareBoard, warn: Boot['warn']): Boot {
  if (!fat.has('config.txt')) warn('there is no config.txt: every setting has its default')
  const lines = fat.has('config.txt')
    ? linesInForce(fat, board, warn, ['config.txt'], new Map())
    : []
  const settings = plainSettings(lines)
  const start = settings.get('start_file')
  // boot.adoc "start_file": "cut-down firmware cannot be selected this way - the system will fail
  // to boot".
  if (start && start.value.endsWith('cd.elf'))
    warn(
      `${start.at} start_file=${start.value} does not boot: write gpu_mem=16 to get the cut-down firmware`,
    )
  return { fat, board, lines, settings, prefix: '', warn }
}

/**
 * The lines whose filters this board meets, those of included files in their place
 * (what_is_config_txt.adoc).
 */
function linesInForce(
  fat: FatFiles,
  board: FirmwareBoard,
  warn: Boot['warn'],
  files: readonly string[],
  met: Map<string, boolean>,
): Line[] {
  const file = files.at(-1) ?? ''
  return (fat.read(file) ?? '').split(/\r?\n/).flatMap((raw, index): Line[] => {
    const text = raw.trim()
    const at = `${file}:${index + 1}`
    if (text === '' || text.startsWith('#')) return []
    if (text.length > 98)
      warn(`${at} is ${text.length} characters long: the firmware may ignore what follows the 98th`)
    const filter = /^\[(.*)\]$/.exec(text)?.[1]
    if (filter !== undefined) setFilter(met, filter, board, (warning) => warn(`${at} ${warning}`))
    if (filter !== undefined || [...met.values()].includes(false)) return []
    const [, key, value] =
      /^(include|initramfs)\s+(.+)$/.exec(text) ?? /^([^\s=]+)=(.*)$/.exec(text) ?? []
    if (key === undefined || value === undefined) {
      warn(`${at} "${text}" is not a setting: write name=value, without spaces around "="`)
      return []
    }
    if (/\s#/.test(value))
      warn(`${at} a comment after a value becomes part of it: give the comment a line of its own`)
    if (key !== 'include') return [{ key, value, file, at }]
    if (files.includes(value)) throw new Error(`${at} include ${value}: the file includes itself`)
    if (!fat.has(value)) throw missing(fat, [value], at, `include ${value}`)
    return linesInForce(fat, board, warn, [...files, value], met)
  })
}

/**
 * conditional.adoc: filters of one kind replace each other, those of different kinds must all be
 * met, [all] ends them.
 */
function setFilter(
  met: Map<string, boolean>,
  filter: string,
  board: FirmwareBoard,
  warn: Boot['warn'],
): void {
  if (filter === 'all') return met.clear()
  const kind = filterKind(filter)
  const type = /^board-type=(.*)$/.exec(filter)?.[1]
  const own = [...board.filters, ...(board.recent_filters ?? [])]
  const given = own.some((one) => one.toLowerCase() === filter.toLowerCase())
  if (kind === undefined)
    warn(`[${filter}] is not a filter that the firmware documents: taken as not met`)
  else if (/^(gpio|EDID|HDMI)$/.test(kind) && !given)
    warn(`[${filter}] depends on what is connected: taken as not met`)
  // Our images have their FAT on the first partition.
  met.set(
    kind ?? 'unknown',
    type === undefined ? given || filter === 'boot_partition=1' : Number(type) === board.board_type,
  )
}

/**
 * [board-type=] stands in the table of model filters; that [none] is of their kind too is belief.
 */
function filterKind(filter: string): string | undefined {
  if (filter === 'none' || /^(pi|cm)\d|^board-type=/.test(filter)) return 'model'
  if (/^0x[0-9a-f]+$/i.test(filter)) return 'serial'
  return (
    /^(gpio)\d+=[01]$/.exec(filter)?.[1] ??
    /^(EDID|HDMI|boot_partition|tryboot)([=:]|$)/.exec(filter)?.[1]
  )
}

function plainSettings(lines: readonly Line[]): Map<string, Line> {
  return new Map(
    lines
      .filter(({ key }) => !/^(dtoverlay|dtparam|initramfs)$/.test(key))
      .map((line) => [line.key, line]),
  )
}

function numberOf(settings: Map<string, Line>, key: string, otherwise: number): number {
  return Number(settings.get(key)?.value ?? otherwise)
}

function isOn(settings: Map<string, Line>, key: string): boolean {
  return numberOf(settings, key, 0) > 0
}

/** boot.adoc "arm_64bit": the name of a known kernel decides, then the setting, then the SoC. */
function startsIn64Bit({ settings, board, warn }: Boot): boolean {
  const { arm32, arm64, starts64 } = SOCS[board.soc]
  if (arm32.length === 0) return true
  if (arm64.length === 0 && isOn(settings, 'arm_64bit'))
    warn(`${settings.get('arm_64bit')?.at} arm_64bit=1: the ${board.soc} has no 64-bit mode`)
  if (arm64.length === 0) return false
  const known = /(?:^|\/)kernel(|7|7l|8)\.img$/.exec(settings.get('kernel')?.value ?? '')?.[1]
  return known === undefined ? numberOf(settings, 'arm_64bit', starts64 ? 1 : 0) > 0 : known === '8'
}

/** boot.adoc "kernel". */
function kernelNames({ settings, board }: Boot, in64Bit: boolean): Wanted {
  const line = settings.get('kernel')
  if (line) return { names: [line.value], at: line.at, asked: `kernel=${line.value}` }
  const names = SOCS[board.soc][in64Bit ? 'arm64' : 'arm32']
  const asked = `the default of a ${board.soc} in ${in64Bit ? 64 : 32}-bit mode, for want of kernel=`
  return { names, at: settings.get('arm_64bit')?.at ?? 'config.txt', asked }
}

/**
 * boot.adoc "upstream_kernel" prefers the mainline name; device-tree.adoc 3.1: device_tree names
 * one, and none if empty.
 */
function deviceTreeNames({ settings, board }: Boot): Wanted {
  const line = settings.get('device_tree')
  if (line?.value === '')
    throw new Error(
      `${line.at} device_tree= gives the kernel no device tree, and Linux needs one: delete the line`,
    )
  if (line) return { names: [line.value], at: line.at, asked: `device_tree=${line.value}` }
  const downstream = dtbFile(board.device_tree.downstream)
  const upstream = settings.get('upstream_kernel')
  if (!upstream || !isOn(settings, 'upstream_kernel'))
    return {
      names: [downstream],
      at: 'config.txt',
      asked: 'for want of device_tree= and upstream_kernel=1',
    }
  const names =
    board.device_tree.mainline === undefined
      ? [downstream]
      : [...new Set([dtbFile(board.device_tree.mainline), downstream])]
  return { names, at: upstream.at, asked: 'upstream_kernel=1' }
}

function dtbFile(name: string): string {
  return name.endsWith('.dtb') ? name : `${name}.dtb`
}

/**
 * boot.adoc "os_prefix": one that does not hold kernel and device tree counts as empty;
 * "upstream_kernel" implies one.
 */
function osPrefix(boot: Boot, arm64: boolean): string {
  const line = boot.settings.get('os_prefix')
  const prefix = line?.value ?? (isOn(boot.settings, 'upstream_kernel') ? 'upstream/' : '')
  const wanted = [kernelNames(boot, arm64), deviceTreeNames(boot)]
  if (wanted.every(({ names }) => names.some((name) => boot.fat.has(prefixed(prefix, name)))))
    return prefix
  if (line && prefix !== '')
    boot.warn(
      `${line.at} os_prefix=${prefix} is ignored: kernel and device tree are not both there`,
    )
  return ''
}

/**
 * device-tree.adoc 3.2: a dtparam is for the overlay before it, until the next dtoverlay or an
 * empty one.
 */
function overlaysAndParameters(
  boot: Boot,
  deviceTree: string,
): Pick<FirmwareBoot, 'overlays' | 'dtparams'> {
  const overlays = upstreamOverlay(boot, deviceTree)
  const dtparams: Record<string, string> = {}
  let scope: Overlay | undefined
  for (const { key, value, at } of boot.lines.filter(
    ({ key }) => key === 'dtoverlay' || key === 'dtparam',
  )) {
    const words = value.split(',')
    if (key === 'dtoverlay') {
      const name = words.shift() ?? ''
      scope =
        name === ''
          ? undefined
          : { path: overlayPath(boot, name, at, `dtoverlay=${name}`), params: {} }
      if (scope) overlays.push(scope)
    }
    for (const word of words.filter((word) => word !== '')) {
      // A parameter without a value is an assignment of "true" (dtmerge of raspberrypi/utils,
      // belief).
      const [name = '', ...rest] = word.split('=')
      const own = scope && (boot.fat.parameters?.(scope.path)?.includes(name) ?? true)
      const params = scope && own ? scope.params : dtparams
      params[name] = rest.length === 0 ? 'true' : rest.join('=')
    }
  }
  if (overlays.length > 0 && !boot.fat.overlayMap && boot.fat.has('overlays/overlay_map.dtb')) {
    boot.warn(
      'overlays/overlay_map.dtb may give overlays other names on this board, and was not looked at',
    )
  }
  return { overlays, dtparams }
}

/**
 * boot.adoc "upstream_kernel": a downstream device tree in place of a mainline one gets the overlay
 * "upstream".
 */
function upstreamOverlay(boot: Boot, deviceTree: string): Overlay[] {
  const { mainline, downstream } = boot.board.device_tree
  const line = boot.settings.get('upstream_kernel')
  if (!line || !isOn(boot.settings, 'upstream_kernel') || boot.settings.has('device_tree'))
    return []
  if (mainline === downstream || deviceTree !== boot.prefix + dtbFile(downstream)) return []
  boot.warn(
    `${line.at} upstream_kernel=1: there is no mainline device tree, so the firmware takes ${deviceTree} and the overlay "upstream"`,
  )
  return [
    {
      path: overlayPath(
        boot,
        'upstream',
        line.at,
        'upstream_kernel=1 without a mainline device tree',
      ),
      params: {},
    },
  ]
}

/**
 * boot.adoc "overlay_prefix": without a README of their own the overlays below os_prefix are not
 * used.
 */
function overlayPath(
  { fat, board, settings, prefix }: Boot,
  name: string,
  at: string,
  asked: string,
): string {
  const folder = settings.get('overlay_prefix')?.value ?? 'overlays/'
  const file = `${fat.overlayMap?.(name, board.soc) ?? name}.dtbo`
  return find(
    { fat, prefix: fat.has(`${prefix}${folder}README`) ? prefix + folder : folder },
    { names: [file], at, asked },
  )
}

/**
 * boot.adoc "initramfs", "ramfsfile", "auto_initramfs" (that kernelX.img goes with initramfsX is
 * belief).
 */
function findInitramfs(boot: Boot, kernel: string): string | undefined {
  const line = boot.lines.findLast(({ key }) => key === 'initramfs' || key === 'ramfsfile')
  const name = line?.value.split(/\s/)[0] ?? ''
  if (name.includes(','))
    throw new Error(
      `${line?.at} ${line?.key} ${name}: the firmware joins several files, this model knows one`,
    )
  if (line) return find(boot, { names: [name], at: line.at, asked: `${line.key} ${name}` })
  const beside = kernel.replace(/kernel([^/]*)\.img$/, 'initramfs$1')
  return isOn(boot.settings, 'auto_initramfs') && beside !== kernel && boot.fat.has(beside)
    ? beside
    : undefined
}

/**
 * boot.adoc "cmdline"; only the first line is passed on (Raspberry Pi OS's own note on
 * cmdline.txt).
 */
function readCommandLine({ fat, settings, prefix, warn }: Boot): string {
  const line = settings.get('cmdline')
  const path = prefixed(prefix, line?.value ?? 'cmdline.txt')
  const text = fat.read(path)
  if (text === undefined)
    warn(`${line?.at ?? 'config.txt'} there is no ${path}: the kernel gets none of our parameters`)
  const [first = '', ...rest] = (text ?? '').split(/\r?\n/)
  if (rest.join('').trim() !== '')
    warn(`${path}:2 is ignored: the firmware passes on the first line only`)
  return first.trim()
}

/** boot.adoc "os_prefix": a leading slash goes past every prefix. */
function prefixed(prefix: string, name: string): string {
  return name.startsWith('/') ? name.slice(1) : prefix + name
}

function find({ fat, prefix }: Pick<Boot, 'fat' | 'prefix'>, { names, at, asked }: Wanted): string {
  const paths = names.map((name) => prefixed(prefix, name))
  const found = paths.find((path) => fat.has(path))
  if (found === undefined) throw missing(fat, paths, at, asked)
  return found
}

/**
 * The error of a file that is not there, with up to three files of the same sort whose names are
 * nearest.
 */
function missing(fat: FatFiles, paths: readonly string[], at: string, asked: string): Error {
  const ending = (path: string) => /\.[a-z]+$/i.exec(path)?.[0]
  const near = (fat.list?.() ?? [])
    .filter((path) => ending(path) === ending(paths[0] ?? ''))
    .map((path) => ({ path, edits: distance(path, paths[0] ?? '') }))
    .sort((a, b) => a.edits - b.edits || (a.path < b.path ? -1 : 1))
    .slice(0, 3)
    .map(({ path }) => path)
  const instead = near.length > 0 ? `; nearest to it: ${near.join(', ')}` : ''
  return new Error(
    `${at} (${asked}) needs ${paths.join(' or ')}, which is not on the FAT partition${instead}`,
  )
}
