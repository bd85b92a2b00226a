import { z } from 'zod'
import { Arch, Bus, Clocks, Id, KernelArch, Soc } from './common.ts'

/** The machine of QEMU that a board is booted on. */
const Emulator = z.strictObject({
  machine: z
    .string()
    .describe(
      "machine of qemu-system-aarch64; virt, QEMU's own, where it knows no board of this chip",
    ),
  exact: z.boolean().describe('false: the nearest machine, another board of the same chip or virt'),
  console: z
    .enum(['ttyS1', 'ttyAMA0'])
    .describe("which of the board's serial lines works on it: the mini-UART or the PL011"),
  device_tree_edits: z
    .array(
      z
        .string()
        .regex(
          /^(-d \/\S+ \S+|-r \/\S+|-t s \/\S+ \S+ \S+)$/,
          'expected what fdtput takes: "-d /node property", "-r /node" or "-t s /node property text"',
        ),
    )
    .default([])
    .describe(
      'what the machine does not have, taken out of the device tree before it is started; a node that is not there is left alone',
    ),
  kernel_parameters: z
    .array(z.string())
    .default([])
    .describe('what the kernel has to be told on this machine'),
  cannot_prove: z
    .array(Id)
    .default([])
    .describe('tunings that need what the machine does not have'),
})

/** boards/*.yaml: one Raspberry Pi. */
export const Board = z
  .strictObject({
    name: z.string().describe('what is printed on the board'),
    soc: Soc,
    cpu: z.string().describe("QEMU's and GCC's name of the core, such as cortex-a53"),
    cores: z.int().min(1).max(8),
    arch: z.array(Arch).min(1).describe('what runs on it, the best first'),
    ram_mb: z.int().describe('MiB of the smallest one sold'),
    filters: z.array(z.string()).describe('every filter of config.txt the board answers to'),
    board_type: z.int().describe('bits 4 to 11 of the revision code, the number of [board-type=…]'),
    compatible: z
      .string()
      .regex(/^\w+,[\w-]+$/, 'expected such as raspberrypi,4-model-b')
      .describe('its own word in /proc/device-tree/compatible'),
    device_tree: z.strictObject({
      mainline: z
        .string()
        .optional()
        .describe(
          'file name without .dtb in the mainline kernel; left out: that does not know the board',
        ),
      downstream: z.string().describe("file name without .dtb in Raspberry Pi's own kernel"),
    }),
    firmware: z
      .array(z.string())
      .describe(
        'files of raspi-firmware that must be on the FAT partition; none: the board has it in a chip',
      ),
    usb: z.strictObject({
      controller: z.enum(['dwc2', 'xhci', 'rp1']),
      max_ma: z
        .int()
        .optional()
        .describe('mA of all USB devices together; left out: what the supply has left'),
      current_setting: z
        .enum(['max_usb_current', 'usb_max_current_enable'])
        .optional()
        .describe(
          'the setting of config.txt that gives USB devices more current, on boards that have one',
        ),
    }),
    ethernet: z.strictObject({ driver: z.string() }).optional(),
    wifi: z.boolean(),
    audio_jack: z.boolean().describe('has a headphone socket'),
    uart_midi: z
      .strictObject({ mainline: Id.optional(), downstream: Id.optional() })
      .describe(
        'overlay of our own (kernel/overlays/) that makes a MIDI port of GPIO 14 and 15, by the family of the kernel; left out: there is none',
      ),
    serial_console: z
      .string()
      .default('enable_uart=1')
      .describe('the line of config.txt that puts the serial console on GPIO 14 and 15'),
    power_ma: z.int().describe('recommended supply at 5.1 V'),
    undervoltage_sensor: z.boolean().describe('can tell that its supply is too weak'),
    clocks: Clocks.required({ arm_freq: true, core_freq: true }).describe("the firmware's own"),
    overclock: z
      .partialRecord(Id, Clocks.required({ arm_freq: true }))
      .default({})
      .describe("raspi-config's presets; none: it offers none"),
    core_freq_limit: z
      .int()
      .optional()
      .describe('MHz of core_freq above which SD cards have been corrupted'),
    emulators: z
      .partialRecord(KernelArch, Emulator)
      .default({})
      .describe('by the architecture of the kernel; none: QEMU has no such machine'),
    notes: z
      .array(
        z.strictObject({
          bus: Bus.optional().describe('for images with such a card only'),
          text: z.string(),
        }),
      )
      .default([])
      .describe('what somebody who chooses this board should know'),
  })
  .describe('A Raspberry Pi')
export type BoardData = z.output<typeof Board>
export type EmulatorData = z.output<typeof Emulator>

/** QEMU's own machine, which is no Raspberry Pi. */
export const VIRT = 'virt'

/** Whether a board is started on QEMU's own machine, for want of one of its chip. */
export const isVirt = ({ machine }: EmulatorData): boolean => machine === VIRT
