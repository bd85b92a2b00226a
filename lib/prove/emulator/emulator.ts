import { mkdirSync, statSync } from 'node:fs'
import { offsetOf, disk } from '../../common/disk/layout.ts'
import { createConsole } from './console.ts'
import type { Console } from './console.ts'
import { messageOf } from '../../common/words/errors.ts'
import { fatFolder } from '../firmware/fat-files.ts'
import { firmwareBoot } from '../firmware/firmware.ts'
import type { PlannedBoard } from '../../plan/plan.ts'
import { hasTooSmallPages, isVirt, VIRT } from '../../plan/virt.ts'
import type { Graft } from './graft.ts'
import { SOCKET, withRp1 } from './rp1.ts'
import { writeTreeFor } from './tree.ts'
import type { Conversation, Shell } from '../../engine/shell/shell.ts'

/** A machine of QEMU, and how this image is put on it. */
export interface Machine {
  name: string
  /** QEMU's arguments for processor, memory and what the board has soldered on */
  args: string[]
  /**
   * QEMU's arguments for the SD card, and for a USB sound card that records into the first of these
   * files
   */
  disk: (file: string, format: 'qcow2' | 'raw') => string[]
  sound: (wavs: readonly string[]) => string[]
  /** a USB drive, on the controller that `sound` is on */
  drive: (overlay: string) => string[]
  /** whether its disk is an SD card, which stops the processors as long as it is read or written */
  sd: boolean
  /** whether a MIDI keyboard is on the header: it plays middle C, on and off, once a second */
  keyboard: boolean
  /** kernel parameters that take the place of the serial console of the real board */
  console: string
  /** and what else the kernel has to be told */
  parameters: readonly string[]
  /** the board's own device tree is given, with these edits by fdtput; or else QEMU makes one */
  deviceTree: { edits: string[]; grafted?: Grafted } | undefined
  /** the program that stands in for a device on its PCIe bus, with the keyboard on its UART */
  endpoint?: string
  /** the library that its QEMU is started with */
  preloaded?: string
}

/** What the machines of some boards need beside QEMU: outputs of stages. */
export interface Beside {
  /** the program that stands in for what the board has on PCIe */
  endpoint?: string | undefined
  /** the library that gives a Raspberry Pi's machine pages of 4 KiB */
  pages?: string | undefined
}

/** Only a part of the board's device tree is given, within the tree that QEMU makes for these words. */
export interface Grafted extends Graft {
  machine: readonly string[]
}

/** What the header's UART sends, in the folder of the machine. */
export const HEARD = 'keyboard.heard'

/**
 * After so long an emulator that was told to end is killed: one that is not stuck ends in less than
 * a second.
 */
const STUCK_MS = 600_000

/**
 * What is written need not be on a disk of this machine: when QEMU is killed it is in the page
 * cache, and a plug that is pulled takes away only what the guest itself still had.
 */
const CACHED = 'cache=unsafe'

/**
 * What has 90 seconds on a board, or 180, has an hour here: a guest that waits for a disk of ours
 * waits by our clock, not by its own.
 */
const UNHURRIED = [
  'systemd.default_timeout_start_sec',
  'systemd.default_device_timeout_sec',
  'udev.event_timeout',
].map((limit) => `${limit}=3600`)

/**
 * Each instruction takes one nanosecond, and all processors of the guest take turns on one
 * processor of this machine. So the clock of the guest counts its own work, not our time. Nothing
 * in the guest is late, even if this machine is slow or busy. QEMU, docs/devel/tcg-icount.rst.
 *
 * `idle` says what the clock does while the guest has nothing to do. skipped: it jumps at once to
 * the event that the guest waits for. waited: it goes at the pace of our clock, which runs on while
 * this machine is late. Skipping is only right if no disk is read while the processors run: a guest
 * that waits for our disk would lose minutes in a second. The SD cards of QEMU stop the processors;
 * its USB and virtio disks do not.
 */
const ownClock = (idle: 'skipped' | 'waited'): string[] => [
  '-accel',
  'tcg,thread=single',
  '-icount',
  `shift=0,sleep=${idle === 'skipped' ? 'off' : 'on'}`,
]

const card = (n: number): string => ['usb-audio', `id=card${n}`, `audiodev=recorder${n}`].join(',')

type Emulator = NonNullable<PlannedBoard['emulator']>

/**
 * A USB sound card that can be unplugged and plugged in again: each time it records into a file of
 * its own.
 */
const usbCard = (wavs: readonly string[]): string[] => [
  ...wavs.flatMap((wav, i) => [
    '-audiodev',
    `wav,id=recorder${i},path=${wav},out.frequency=48000,out.channels=2,out.format=s16`,
  ]),
  '-device',
  card(0),
]

/**
 * What to tell the monitor, so that the card is pulled out for the nth time (from 0), and so that
 * it is plugged in.
 */
export const unplug = (n: number): string => `device_del card${n}`
export const plug = (n: number): string => `device_add ${card(n)}`

/** Another card, of eight channels, that records nothing; and how it is pulled out and plugged in. */
const SECOND = ['usb-audio', 'id=second', 'audiodev=silence', 'multi=on'].join(',')
const secondCard = (plugged: boolean): string[] => [
  '-audiodev',
  'none,id=silence,out.mixing-engine=off',
  ...(plugged ? ['-device', SECOND] : []),
]
export const unplugSecond = 'device_del second'
export const plugSecond = `device_add ${SECOND}`

const usbDrive = (overlay: string): string[] => [
  '-drive',
  `if=none,id=drive,format=qcow2,file=${overlay},${CACHED}`,
  '-device',
  'usb-storage,drive=drive',
]

/**
 * A Raspberry Pi with its SD card, its USB controller and its two serial lines: the PL011, then the
 * mini-UART.
 */
const raspberryPi = (
  { machine, console, device_tree_edits, kernel_parameters }: Emulator,
  pages: string | undefined,
): Machine => ({
  name: machine,
  args: [
    '-M',
    machine,
    ...(console === 'ttyS1'
      ? ['-serial', 'pipe:keyboard', '-serial', 'pipe:console']
      : ['-serial', 'pipe:console']),
  ],
  keyboard: console === 'ttyS1',
  sd: true,
  disk: (file, format) => ['-drive', `if=sd,format=${format},file=${file},${CACHED}`],
  sound: usbCard,
  drive: usbDrive,
  console,
  parameters: kernel_parameters,
  deviceTree: { edits: device_tree_edits },
  ...(pages === undefined ? {} : { preloaded: pages }),
})

/** The machine that a board is started on; `cpu` is that of QEMU's own machine. */
export function machineOf(
  board: PlannedBoard,
  cpu: string | undefined,
  { endpoint, pages }: Beside = {},
): Machine {
  const { emulator, cpu: own } = board
  if (!isVirt(emulator!) || cpu === undefined)
    return raspberryPi(emulator!, hasTooSmallPages(board) ? pages : undefined)
  return emulator!.pcie === undefined || endpoint === undefined
    ? virt(cpu)
    : withRp1(virt(own), bare(own), endpoint, emulator!.device_tree_edits)
}

/** The words that the device tree of QEMU's own machine depends on. */
const bare = (cpu: string, processors = 4): string[] =>
  `-M virt -cpu ${cpu} -smp ${processors} -m 1G`.split(' ')

/**
 * QEMU's own machine: no Raspberry Pi, but fast enough that a tone through JACK has no gap in it. It
 * has as many processors as most boards, unless a test wants it to have fewer.
 */
export const virt = (cpu: string, processors = 4): Machine => ({
  name: VIRT,
  args: [
    ...bare(cpu, processors),
    '-nic',
    'none',
    '-serial',
    'pipe:console',
    '-device',
    'qemu-xhci',
  ],
  keyboard: false,
  sd: false,
  disk: (file, format) => [
    '-drive',
    `if=none,id=card,format=${format},file=${file},${CACHED}`,
    '-device',
    'virtio-blk-pci,drive=card',
  ],
  sound: usbCard,
  drive: usbDrive,
  console: 'ttyAMA0',
  parameters: [],
  deviceTree: undefined,
})

/** A machine that was switched on. */
export interface Running {
  console: Console
  /** types something at the console */
  write: (text: string) => void
  /** Settles when the machine has ended, by itself (a restart ends it too) or by `stop`. */
  ended: Promise<void>
  /** Says something to QEMU itself, such as `unplug(0)`. */
  tell: (command: string) => Promise<void>
  /** Ends the machine as pulling the plug does. */
  stop: () => Promise<void>
}

export interface Booted extends Pick<Running, 'console' | 'tell' | 'stop'> {
  /** seconds from QEMU's start to the root shell */
  seconds: number
}

export interface BootOptions {
  image: string
  board: PlannedBoard
  machine: Machine
  /** a folder of this machine's own */
  work: string
  /** what the USB sound card records into, and into which after it was plugged in again */
  wavs?: readonly string[]
  /** a second USB sound card: there from the start, or only when it is plugged in */
  second_card?: 'plugged' | 'unplugged'
  /**
   * the size of the card; undefined: the image itself is the card, is written to and keeps what is
   * written
   */
  card_gib?: number
  /**
   * ALSA id of a card that the board's tree has and the machine has not: JACK must not wait for its
   * interrupts
   */
  absent_card?: string
  /**
   * the root file system is not the SD card's but the one of a USB drive, on which the same image
   * lies
   */
  root_on_usb: boolean
  /** a network cable: frames come and go through these two unix sockets (a machine with PCI) */
  cable?: { own: string; far: string }
  onText: (text: string) => void
}

const cableTo = ({ own, far }: NonNullable<BootOptions['cable']>): string[] => [
  '-netdev',
  `dgram,id=cable,local.type=unix,local.path=${own},remote.type=unix,remote.path=${far}`,
  '-device',
  'virtio-net-pci,netdev=cable,romfile=',
]

/**
 * Switches a machine on as the firmware of a board would: kernel, device tree, overlays and command
 * line are taken from the image's own FAT partition. The image stays as it is: the machine writes
 * to an overlay, whose size is the card's. The one thing added is a root shell on the serial
 * console (systemd.debug_shell).
 */
export async function switchOn($: Shell, options: BootOptions): Promise<Running> {
  const { image, board, machine, work } = options
  const fat = `${work}/${machine.name}-fat`
  const overlay = `${work}/${machine.name}.qcow2`
  const drive = `${work}/${machine.name}-drive.qcow2`
  const tree = `${work}/${machine.name}.dtb`
  mkdirSync(fat, { recursive: true })
  await $`cd ${work}
    MTOOLS_SKIP_CHECK=1 mcopy -s -n -i ${`${image}@@${offsetOf(disk.boot)}`} '::*' ${fat}
    for disk in ${options.card_gib === undefined ? [] : [overlay, drive]}; do
      qemu-img create -q -f qcow2 -b ${image} -F raw "$disk" ${options.card_gib ?? ''}G
    done`
  if (options.card_gib !== undefined && statSync(image).size > options.card_gib * 2 ** 30)
    throw new Error(`the image does not fit on an emulated card of ${options.card_gib} GiB`)
  const loads = firmwareBoot(fatFolder(fat), board)
  await writeTreeFor($, machine, {
    board: `${fat}/${loads.deviceTree}`,
    overlays: loads.overlays.map(({ path }) => `${fat}/${path}`),
    file: tree,
    work,
  })
  const commandLine = [
    loads.commandLine.replaceAll(/\bconsole=\S+ ?/g, ''),
    `console=${machine.console},115200`,
    `systemd.debug_shell=${machine.console} systemd.getty_auto=0 systemd.show_status=0 quiet`,
    'systemd.watchdog_sec=0', // QEMU's resets the board as soon as it is started, where a base has it
    ...UNHURRIED,
    ...machine.parameters,
    ...(options.absent_card === undefined
      ? []
      : [`systemd.mask=jackd@${options.absent_card}.service`]),
  ].join(' ')

  let conversation: Conversation | undefined
  const console = createConsole((text) => conversation?.write(text))
  conversation = $.start((text) => {
    console.hear(text)
    options.onText(text)
  })`cd ${work}
    rm -f {console,monitor,keyboard}.{in,out} ${SOCKET} unplugged; mkfifo {console,monitor,keyboard}.{in,out}
    exec 5<&0
    cat monitor.out >/dev/null &
    cat keyboard.out >${HEARD} &
    while sleep 1; do printf '\220\074\144\200\074\100'; done >keyboard.in &
    for program in ${machine.endpoint ?? []}; do
      exec 6< <(exec python3 "$program" ${SOCKET} keyboard.{in,out})
      read -r _ <&6 # it is there when it has said so
    done
    cat console.out & # its own messages go elsewhere, not between the guest's words
    env ${machine.preloaded === undefined ? [] : [`LD_PRELOAD=${machine.preloaded}`]} \
      qemu-system-aarch64 ${machine.args} ${ownClock(machine.sd && !options.root_on_usb ? 'skipped' : 'waited')} -display none -monitor pipe:monitor -no-reboot \
      -kernel ${`${fat}/${loads.kernel}`} ${loads.initramfs === undefined ? [] : ['-initrd', `${fat}/${loads.initramfs}`]} ${machine.deviceTree === undefined ? [] : ['-dtb', tree]} -append ${commandLine} \
      ${options.card_gib === undefined ? machine.disk(image, 'raw') : machine.disk(overlay, 'qcow2')} ${options.wavs === undefined ? [] : machine.sound(options.wavs)} ${options.second_card === undefined ? [] : secondCard(options.second_card === 'plugged')} \
      ${options.root_on_usb ? machine.drive(drive) : []} ${options.cable === undefined ? [] : cableTo(options.cable)} >&2 </dev/null &
    qemu=$!
    (cat <&5 >console.in; touch unplugged; kill "$qemu") & # the end of our input is the end of the machine
    wait "$qemu" || [ -e unplugged ]`
  const { ended, end, kill } = conversation
  ended.then(
    () => console.lose('the machine has ended'),
    (error: unknown) => console.lose(`QEMU has ended: ${messageOf(error)}`),
  )
  const stop = async (): Promise<void> => {
    end()
    const stuck = setTimeout(kill, STUCK_MS) // it writes its recordings to their end first
    await ended.finally(() => clearTimeout(stuck))
  }
  const tell = (command: string): Promise<void> => $`echo ${command} >${work}/monitor.in`
  return { console, write: (text) => conversation?.write(text), ended, tell, stop }
}

/** Boots an image, to the root shell on its console, which answers `console.run`. */
export async function boot($: Shell, options: BootOptions): Promise<Booted> {
  const started = performance.now()
  const { console, write, tell, stop } = await switchOn($, options)
  try {
    // The shell prints its prompt when it is there; an empty line makes it print another one.
    const nudge = setInterval(() => write('\n'), 2000)
    await console.waitFor(/# $/m).finally(() => clearInterval(nudge))
    const seconds = (performance.now() - started) / 1000
    // A plain shell without a line editor or an echo, and no kernel messages between the lines of
    // an answer.
    write('exec env PS1= PS2= TERM=dumb LC_ALL=C.UTF-8 /bin/sh\nstty -echo\n')
    await console.run('dmesg -n 1')
    return { console, seconds, tell, stop }
  } catch (error) {
    await stop().catch(() => undefined)
    throw error
  }
}
