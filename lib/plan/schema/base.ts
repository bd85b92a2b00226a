import { z } from 'zod'
import { Arch, Line, PackageName, Sha256, UnitName } from './common.ts'

const common = {
  name: z.string(),
  suite: z.string().describe('release of the archive; the toolbox is made from the same one'),
  arch: Arch,
  epoch: z.iso
    .datetime()
    .describe('the time on every file of the image, and what its clock starts at'),
  packages: z.record(PackageName, z.string()).describe('package: why it is there'),
  exclude: z.array(Line).default([]).describe('dpkg path-exclude= and path-include= lines'),
  debconf: z.array(Line).default([]).describe('answers to questions that packages ask'),
  enable: z.array(UnitName).default([]),
  mask: z.array(UnitName).default([]),
}

const Glob = z.string().regex(/^[\w.+*-]+$/, 'expected a name, in which * stands for anything')
const HttpUrl = z.url({
  protocol: /^https?$/,
  error: 'expected an address that begins with https:// (or http://)',
})

/**
 * bases/*.yaml: the system an image is made from: a release of Debian, or the published image of
 * another system.
 */
export const Base = z
  .discriminatedUnion('kind', [
    z.strictObject({
      ...common,
      kind: z.literal('debian').describe('bootstrapped from its packages'),
      firmware_package: PackageName.describe('holds the boot firmware; unpacked, not installed'),
    }),
    z.strictObject({
      ...common,
      kind: z
        .literal('image')
        .describe('taken out of a published image, which also has the boot firmware'),
      image: z.strictObject({
        url: HttpUrl.describe(
          'of the image as it is published: .img, .img.xz, .img.zst, .img.gz or .zip',
        ),
        sha256: Sha256.describe('of that file'),
        unpacked_sha256: Sha256.optional().describe('of the image in it'),
      }),
      signature: z
        .strictObject({
          suffix: z
            .string()
            .describe(
              'what the address of the detached OpenPGP signature has behind the address of the image',
            ),
          key: HttpUrl.describe('where the public key is'),
          fingerprint: z.string().regex(/^[0-9A-F]{40}$/, 'expected 40 digits of 0-9 and A-F'),
        })
        .optional(),
      list: z
        .strictObject({
          url: HttpUrl.describe("Raspberry Pi Imager's list"),
          entry: z.string().describe('the name in it'),
        })
        .optional()
        .describe('where @latest looks'),
      keep: z
        .record(PackageName, z.string())
        .default({})
        .describe('package: why nothing that is removed may take it along'),
      remove: z.record(PackageName, z.string()).default({}).describe('package: why it goes'),
      realtime_kernel: PackageName.optional().describe(
        'package of its own realtime kernel, which kernel.source: packaged installs',
      ),
      kernels: z
        .array(Glob)
        .default([])
        .describe('packages of its own kernels, which go where another one comes'),
      kernel_files: z
        .array(Glob)
        .default([])
        .describe('what of its kernels is on the boot partition'),
      boot_remove: z.array(Glob).default([]).describe('what else goes from the boot partition'),
    }),
  ])
  .describe('A base system')
export type BaseData = z.output<typeof Base>
