import { z } from 'zod'

/** Architectures by Debian's names. */
export const Arch = z.enum(['arm64', 'armhf', 'armel'])
export type Arch = z.output<typeof Arch>

/** What the cross-compilers' names begin with. */
export const crossPrefix: Record<Arch, string> = {
  arm64: 'aarch64-linux-gnu-',
  armhf: 'arm-linux-gnueabihf-',
  armel: 'arm-linux-gnueabi-',
}

/** Architectures by the kernel's names. */
export const KernelArch = z.enum(['arm', 'arm64'])

/** The chips of the Raspberry Pis. */
export const Soc = z.enum(['bcm2835', 'bcm2836', 'bcm2837', 'bcm2711', 'bcm2712'])

/** How a sound card is connected; none: there is no card at all, for MIDI only. */
export const Bus = z.enum(['usb', 'i2s', 'onboard', 'none'])

/** The name of a file in a data folder, without `.yaml`. */
export const Id = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9.+-]*$/,
    'expected a name of lower-case letters, digits, ".", "+" and "-"',
  )

export const PackageName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.+-]+$/, 'expected the name of a Debian package')

export const UnitName = z
  .string()
  .regex(
    /^[\w@.:\\-]+\.(service|socket|timer|target|mount|path|swap|slice)$/,
    'expected a systemd unit with its type, such as ssh.service',
  )

export const Sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'expected a sha256: 64 digits of 0-9 and a-f')

/** The name of a machine in its network. */
export const Hostname = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'expected letters, digits and "-", at most 63')

/** The name of an account. */
export const UserName = z.string().regex(/^[a-z][a-z0-9_-]{0,30}$/, 'expected a Unix user name')

/** A line of ~/.ssh/authorized_keys. */
export const SshKey = z
  .string()
  .regex(
    /^(ssh-|ecdsa-|sk-)\S+ \S+/,
    'expected a public key, such as the text of ~/.ssh/id_ed25519.pub',
  )

/** A line of a text file. */
export const Line = z.string().regex(/^[^\n]*$/, 'expected one line')

/** A whole path. */
export const AbsolutePath = z.string().regex(/^\//, 'expected a path that begins with /')

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
