import { z } from 'zod'
import { Arch, Bus, Clocks, ConfigLine, Id, KernelArch, Series, Soc } from './common.ts'
import { Instructions } from './instructions.ts'
import { Name, Parameter, Text, Word } from './text.ts'

/** The machine of QEMU that a board is booted on. */
const Emulator = z.strictObject({
  machine: Word.describe(
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
    .array(Parameter)
    .default([])
    .describe('what the kernel has to be told on this machine'),
  cannot_prove: z
    .array(Id)
    .default([])
    .describe('tunings that need what the machine does not have'),
  pcie: z
    .strictObject({
      device: z.enum(['rp1']).describe('what stands in for it: a program of ours, stages/rp1'),
      kernel: z
        .enum(['mainline', 'downstream'])
        .describe('family of the kernels whose drivers it answers to'),
      proves: z.array(Id).describe('those of cannot_prove that it makes provable'),
    })
    .optional()
    .describe("what the board has on PCIe, on the bus of QEMU's own machine"),
})

/** Where a board has its serial console. */
const Console = z.strictObject({
  line: ConfigLine.describe('the line of config.txt that switches it on'),
  port: Word.optional().describe(
    'console= of it; left out: the serial_console of the kernel, on GPIO 14 and 15',
  ),
})

/** The port by which a board can be a device of a computer. */
const Device = z.strictObject({
  socket: z
    .enum(['micro-B', 'A', 'C', 'carrier'])
    .describe('carrier: whatever the board has that a module is plugged into'),
  shared: z
    .boolean()
    .describe('USB devices are on it, too: one that is plugged in leaves no place for a computer'),
  mainline: z
    .array(ConfigLine)
    .optional()
    .describe(
      'lines of config.txt that make it a device with a mainline kernel; empty: its tree says so; left out: it cannot be one',
    ),
  downstream: z.array(ConfigLine).optional().describe("the same with Raspberry Pi's own kernel"),
})

/** boards/*.yaml: one Raspberry Pi. */
export const Board = z
  .strictObject({
    name: Name.describe('what is printed on the board'),
    soc: Soc,
    cpu: Word.describe("QEMU's and GCC's name of the core, such as cortex-a53"),
    cores: z.int().min(1).max(8),
    arch: z.array(Arch).min(1).describe("what of Debian's runs on it, the best first"),
    instructions: Instructions.optional().describe(
      'of its processor: a base whose programs are for these runs on it, too; left out: as `arch` says',
    ),
    ram_mb: z.int().describe('MiB of the smallest one sold'),
    filters: z
      .array(Parameter)
      .describe('every filter of config.txt that it answers to with any firmware of the bases'),
    recent_filters: z
      .array(Parameter)
      .default([])
      .describe(
        'those that it answers to with recent firmware only: older firmware takes a filter that it does not know as met on every board, so a base may have them, and we write none',
      ),
    board_type: z
      .int()
      .describe(
        'bits 4 to 11 of the revision code, the number of [board-type=…]; not always its own',
      ),
    compatible: z
      .string()
      .regex(/^\w+,[\w-]+$/, 'expected such as raspberrypi,4-model-b')
      .describe('its own word in /proc/device-tree/compatible'),
    device_tree: z.strictObject({
      mainline: Word.optional().describe(
        'file name without .dtb in the mainline kernel; left out: that does not know the board',
      ),
      mainline_since: Series.optional().describe(
        'the first series of mainline that has it; left out: all that there are kernels of',
      ),
      downstream: Word.describe("file name without .dtb in Raspberry Pi's own kernel"),
    }),
    stepping_overlays: z
      .array(Id)
      .default([])
      .describe(
        'overlays of our own (kernel/overlays/) that the firmware itself puts on the mainline tree, for another stepping of the chip',
      ),
    firmware: z
      .array(Word)
      .describe(
        'files of raspi-firmware that must be on the FAT partition; none: the board has it in a chip',
      ),
    config_txt: z
      .array(ConfigLine)
      .default([])
      .describe('lines of config.txt that this board needs, whatever it is used for'),
    usb: z.strictObject({
      controller: z
        .enum(['dwc2', 'xhci', 'rp1'])
        .describe('the one that USB devices are on, with the lines of config_txt'),
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
      device: Device.optional().describe('left out: no port of it can be a device'),
    }),
    ethernet: z.strictObject({ driver: Word }).optional(),
    wifi: z.boolean(),
    wifi_firmware: z
      .strictObject({
        lacking: Text.describe('the radio chip that Debian has no firmware for'),
        working: Text.optional().describe(
          'the radio chip that other boards of this name have, and that it has firmware for',
        ),
        there_with: z
          .strictObject({
            base: z.enum(['image', 'debian']).describe('kind of the base'),
            kernel: z.enum(['mainline', 'downstream']).describe('family of the kernel'),
          })
          .optional()
          .describe('the base and the kernel with which the firmware is there; left out: none'),
      })
      .optional()
      .describe('left out: Debian has the firmware of its radio, or there is no radio'),
    audio_jack: z.boolean().describe('has a headphone socket'),
    header: z
      .union([z.literal(40), z.literal(26)])
      .optional()
      .describe(
        'pins of its GPIO header; left out: a module, whose pins are where its carrier has them',
      ),
    i2s_lanes: z
      .int()
      .min(1)
      .max(4)
      .default(1)
      .describe('data lines of I2S on its header in one direction: two channels go over each'),
    carrier: Name.optional().describe('the board below a module, which its sockets here are of'),
    uart_midi: z
      .strictObject({ mainline: Id.optional(), downstream: Id.optional() })
      .describe(
        'overlay of our own (kernel/overlays/) that makes a MIDI port of GPIO 14 and 15, by the family of the kernel; left out: there is none',
      ),
    power_off_button: z
      .strictObject({ mainline: Id.optional(), downstream: Id.optional() })
      .describe(
        'overlay of our own (kernel/overlays/) with a button on GPIO 3, by the family of the kernel',
      ),
    serial_console: z
      .strictObject({
        mainline: Console.default({ line: 'enable_uart=1' }),
        downstream: Console.default({ line: 'enable_uart=1' }),
      })
      .default({ mainline: { line: 'enable_uart=1' }, downstream: { line: 'enable_uart=1' } })
      .describe('where the serial console is, by the family of the kernel'),
    held_clock: z
      .strictObject({ mainline: z.int().optional(), downstream: z.int().optional() })
      .default({})
      .describe(
        'MHz of arm_freq that it holds with a kernel of that family, which cannot cool it; left out: its own',
      ),
    power_ma: z
      .int()
      .optional()
      .describe('recommended supply at 5.1 V; left out: that of the carrier of a module'),
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
          family: z
            .enum(['mainline', 'downstream'])
            .optional()
            .describe('for images with a kernel of this family only'),
          text: Text,
        }),
      )
      .default([])
      .describe('what somebody who chooses this board should know'),
  })
  .refine(({ wifi, wifi_firmware }) => wifi || wifi_firmware === undefined, {
    error: 'expected wifi: true beside it, for there is no radio without',
    path: ['wifi_firmware'],
  })
  .refine(({ header, carrier }) => header !== undefined || carrier !== undefined, {
    error: 'expected the pins of its header, or carrier: for a module',
    path: ['header'],
  })
  .refine(({ power_ma, carrier }) => power_ma !== undefined || carrier !== undefined, {
    error: 'expected the mA of its supply, or carrier: for a module',
    path: ['power_ma'],
  })
  .describe('A Raspberry Pi')
export type BoardData = z.output<typeof Board>
export type EmulatorData = z.output<typeof Emulator>
