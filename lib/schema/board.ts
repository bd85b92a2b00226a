import { z } from 'zod'
import { Arch } from './common.ts'

/** boards/*.yaml: one Raspberry Pi. */
export const Board = z
  .strictObject({
    name: z.string().describe('what is printed on the board'),
    soc: z.enum(['bcm2835', 'bcm2836', 'bcm2837', 'bcm2711', 'bcm2712']),
    cpu: z.string().describe("QEMU's and GCC's name of the core, such as cortex-a53"),
    cores: z.int().min(1).max(8),
    arch: z.array(Arch).min(1).describe('what runs on it, the best first'),
    ram_mb: z.int().describe('MiB of the smallest one sold'),
    filters: z.array(z.string()).describe('every filter of config.txt the board answers to'),
    board_type: z.int().describe('bits 4 to 11 of the revision code, the number of [board-type=…]'),
    device_tree: z.strictObject({
      mainline: z.string().describe('file name without .dtb in the mainline kernel'),
      downstream: z.string().describe("file name without .dtb in Raspberry Pi's own kernel"),
    }),
    firmware: z.array(z.string()).describe('files of raspi-firmware that must be on the FAT partition'),
    usb: z.strictObject({ controller: z.enum(['dwc2', 'xhci', 'rp1']) }),
    ethernet: z.strictObject({ driver: z.string() }).optional(),
    wifi: z.boolean(),
    power_ma: z.int().describe('recommended supply at 5.1 V'),
    emulator: z
      .strictObject({
        machine: z.string().describe('machine of qemu-system-aarch64'),
        exact: z.boolean().describe('false: the nearest machine, another board of the same chip'),
        console: z.enum(['ttyS1', 'ttyAMA0']).describe("which of the board's serial lines works on it: the mini-UART or the PL011"),
        device_tree_edits: z
          .array(z.string().regex(/^-[dr] \/\S+( \S+)?$/, 'expected what fdtput takes: "-d /node property" or "-r /node"'))
          .default([])
          .describe('what the machine does not have, taken out of the device tree before it is started'),
      })
      .optional(),
  })
  .describe('A Raspberry Pi')
export type BoardData = z.output<typeof Board>
