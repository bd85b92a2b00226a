import { z } from 'zod'
import { Arch, PackageName, Sha256, UnitName } from './common.ts'
import { Instructions } from './instructions.ts'
import { Line, Name, Text, Word } from './text.ts'

const common = {
  name: Name,
  suite: Word.describe('release of the archive; the toolbox is made from the same one'),
  arch: Arch,
  instructions: Instructions.optional().describe(
    'the oldest processors that its programs are for; left out: those that Debian compiles its architecture for',
  ),
  epoch: z.iso
    .datetime()
    .describe('the time on every file of the image, and what its clock starts at'),
  packages: z.record(PackageName, Text).describe('package: why it is there'),
  realtime_kernel: PackageName.optional().describe(
    'package of its own realtime kernel, which kernel.source: packaged installs',
  ),
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
            .regex(/^[\w.-]+$/, 'expected such as .sig')
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
          entry: Text.describe('the name in it'),
        })
        .optional()
        .describe('where @latest looks'),
      keep: z
        .record(PackageName, z.string())
        .default({})
        .describe('package: why nothing that is removed may take it along'),
      remove: z.record(PackageName, Text).default({}).describe('package: why it goes'),
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
