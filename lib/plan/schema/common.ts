import { z } from 'zod'
import { Line } from './text.ts'

/** Architectures by Debian's names. */
export const Arch = z.enum(['arm64', 'armhf', 'armel'])
export type Arch = z.output<typeof Arch>

/** Architectures by the kernel's names. */
export const KernelArch = z.enum(['arm', 'arm64'])

/** The chips of the Raspberry Pis. */
export const Soc = z.enum(['bcm2835', 'bcm2836', 'bcm2837', 'bcm2711', 'bcm2712'])

/** How a sound card is connected; none: there is no card at all, for MIDI only. */
export const Bus = z.enum(['usb', 'i2s', 'onboard', 'none'])

const ID = /^[a-z0-9][a-z0-9.+-]*$/
const LETTERS = 'expected a name of lower-case letters, digits, ".", "+" and "-"'
/** Whose device trees and overlays a kernel has: upstream's or Raspberry Pi's. */
export const Family = z.enum(['mainline', 'downstream'])
export type Family = z.output<typeof Family>

/** The name of a file in a data folder, without `.yaml`. */
export const Id = z.string().regex(ID, LETTERS)

/** What one types to see all there is in a data folder. */
export const listShows = (folder: string): string => `./downbeat list ${folder} shows what there is`

/** An id of this data folder, which somebody chooses. */
export const IdIn = (folder: string): typeof Id =>
  z.string().regex(ID, `${LETTERS} (${listShows(folder)})`)

/**
 * Debian's policy, 5.6.1; but to apt a "-" behind a name means "take it away", and a text with ".+"
 * in it a pattern: no package has such a name.
 */
export const PackageName = z
  .string()
  .max(200, 'expected the name of a Debian package, at most 200 letters')
  .regex(
    /^[a-z0-9]([a-z0-9+-]|\.(?!\+))*[a-z0-9.+]$/,
    'expected the name of a Debian package, such as nano',
  )

export const UnitName = z
  .string()
  .regex(
    /^[\w@.:\\-]+\.(service|socket|timer|target|mount|path|swap|slice)$/,
    'expected a systemd unit with its type, such as ssh.service',
  )

export const Sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'expected a sha256: 64 digits of 0-9 and a-f')

/**
 * A setting of config.txt. The firmware reads 98 characters of a line (raspberrypi/documentation,
 * config_txt/what_is_config_txt.adoc).
 */
export const ConfigLine = z
  .string()
  .regex(
    /^[a-z]\w*=[\w.,:=@/%-]{1,60}$/,
    'expected a setting of config.txt, such as otg_mode=1 or dtoverlay=dwc2,dr_mode=host',
  )

/** Where somebody has reported something. */
export const Thread = z
  .string()
  .regex(/^https:\/\/[\w.-]+\/[\w./#?=&%-]+$/, 'expected the https address of a thread')

/** A whole path. */
export const AbsolutePath = Line.regex(/^\//, 'expected a path that begins with /')

/**
 * Settings of config.txt that change clocks: MHz, and steps or µV of voltage. Source:
 * raspberrypi/documentation, overclocking.adoc.
 */
export const Clocks = z.strictObject({
  arm_freq: z.int().min(600).max(3200).optional().describe('MHz'),
  core_freq: z.int().min(200).max(1200).optional().describe('MHz'),
  sdram_freq: z.int().min(400).max(600).optional().describe('MHz; not on the Pi 4 and later'),
  over_voltage: z.int().min(-16).max(8).optional().describe('steps of 25 mV'),
  over_voltage_delta: z.int().min(0).max(100000).optional().describe('µV; Pi 4 and later'),
})
export type Clocks = z.output<typeof Clocks>

/** A series of Linux. */
export const Series = z
  .string('expected a series of Linux, such as 6.12; in a file in quotes: "6.12"')
  .regex(/^\d{1,3}\.\d{1,3}$/, 'expected a series of Linux, such as 6.12')
