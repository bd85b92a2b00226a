import { z } from 'zod'

/** Architectures by Debian's names. */
export const Arch = z.enum(['arm64', 'armhf', 'armel'])
export type Arch = z.output<typeof Arch>

/** The name of a file in a data folder, without `.yaml`. */
export const Id = z.string().regex(/^[a-z0-9][a-z0-9.+-]*$/, 'expected a name of lower-case letters, digits, ".", "+" and "-"')

export const PackageName = z.string().regex(/^[a-z0-9][a-z0-9.+-]+$/, 'expected the name of a Debian package')

export const UnitName = z
  .string()
  .regex(/^[\w@.:\\-]+\.(service|socket|timer|target|mount|path|swap|slice)$/, 'expected a systemd unit with its type, such as ssh.service')

/** A line of a text file. */
export const Line = z.string().regex(/^[^\n]*$/, 'expected one line')

/** A whole path. */
export const AbsolutePath = z.string().regex(/^\//, 'expected a path that begins with /')
