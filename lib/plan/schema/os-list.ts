import { z } from 'zod'
import { Sha256 } from './common.ts'

// The form of Raspberry Pi Imager's lists and manifests, as its os-list-schema.json (rpi-imager
// 2.0, doc/json-schema) has it, and no more of it than is written here. Imager leaves out what it
// does not know, so that a wrong word is seen by nobody: it is refused here instead.

const Address = z.url({
  protocol: /^(https?|file)$/,
  error: 'expected an address that begins with https:// or file://',
})
const Bytes = z.int().positive()

export const OsEntry = z.strictObject({
  name: z.string().min(1),
  description: z.string().min(1),
  icon: z.string(),
  website: Address.optional(),
  url: Address,
  extract_size: Bytes,
  extract_sha256: Sha256,
  image_download_size: Bytes,
  image_download_sha256: Sha256,
  release_date: z.iso.date(),
  architecture: z.enum(['armv8', 'armhf', 'armel']),
  init_format: z.enum(['none', 'systemd', 'cloudinit', 'cloudinit-rpi', 'rpi-preseed']),
  devices: z.array(z.string()),
})
export type OsEntry = z.output<typeof OsEntry>

export const ImagerDevice = z.strictObject({
  name: z.string(),
  description: z.string(),
  icon: z.string().optional(),
  matching_type: z.enum(['exclusive', 'inclusive']),
  tags: z.array(z.string()),
})
export type ImagerDevice = z.output<typeof ImagerDevice>

export const OsList = z.strictObject({
  imager: z.strictObject({ devices: z.array(ImagerDevice) }),
  os_list: z.array(OsEntry).min(1),
})
export type OsList = z.output<typeof OsList>
