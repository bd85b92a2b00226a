import { z } from 'zod'
import { KernelOption } from './tuning.ts'
import { Arch, Bus, Family, Id, KernelArch, PackageName, Series, Soc } from './common.ts'
import { Name, Parameter, SourcePath, Text, Word } from './text.ts'

const common = {
  name: Name,
  order: z
    .int()
    .min(1)
    .describe(
      'of all that serve the boards, the sound card and the base of an image, the one with the lowest number is taken',
    ),
  family: Family.describe("whose device trees and overlays it has: upstream's or Raspberry Pi's"),
  usb_full_speed: Parameter.optional().describe(
    'the parameter that keeps the USB controller of the Pi 0 to 3 at 12 Mbit/s; left out: it has none',
  ),
  usb_driver: z.enum(['dwc2', 'dwc_otg']).describe('what drives that controller'),
  serial_console: Parameter.describe(
    'console= of the header: the name that the kernel or the firmware has for it',
  ),
  notes: z.array(Text).default([]).describe('what somebody who gets this kernel should know'),
  config_txt_without: z
    .array(
      z
        .string()
        .regex(
          /^(dtoverlay=|dtparam=)?\w[\w-]*$/,
          'expected such as camera_auto_detect or dtoverlay=vc4-kms-v3d',
        ),
    )
    .default([])
    .describe("what a base's own config.txt may say that does not go with this kernel"),
}

const target = {
  arch: z.array(Arch).min(1).describe('of the root file systems that it goes with'),
  socs: z.array(Soc).min(1).describe('the chips that it runs on'),
  kernel_arch: KernelArch.describe('ARCH= of the kernel'),
  without: z
    .array(
      z.strictObject({
        socs: z.array(Soc).min(1),
        buses: z.array(Bus).min(1),
        why: Text.describe('what it lacks, as a clause'),
      }),
    )
    .default([])
    .describe(
      'sound cards that it does not serve on some of these chips, by how they are connected',
    ),
  file_name: Word.describe('name on the FAT partition'),
  virt_cpu: Word.optional().describe(
    "-cpu on which it runs on QEMU's own machine, where its sound is recorded; left out: not there",
  ),
}

const build = {
  ...target,
  cross_compile: Word.optional().describe(
    'CROSS_COMPILE=; left out: the compiler for the programs of the base',
  ),
  image: Word.describe('make target, a file below arch/<ARCH>/boot'),
  device_trees: z
    .array(SourcePath)
    .describe('globs below arch/<ARCH>/boot/dts, without the dot and the ending'),
  fragments: z.array(SourcePath).describe('files in kernel/fragments/, a later one wins'),
}

const epoch = z.iso
  .datetime()
  .describe('what it says of the time when it was built, and the time on its files')
const patches = z.array(SourcePath).default([]).describe('files in kernel/patches/, in this order')

/** kernel/*.yaml: where a kernel comes from and what of it is built, per architecture. */
export const KernelSource = z
  .discriminatedUnion('kind', [
    z.strictObject({
      ...common,
      kind: z.literal('debian').describe('built from a source package of Debian'),
      package: PackageName.describe("Debian's source package"),
      series: Series.describe('the upstream version; another one stops the build'),
      patch_series: z
        .array(SourcePath)
        .describe('series files below debian/ to apply, in this order'),
      patches,
      epoch,
      builds: z.record(Id, z.strictObject(build)),
    }),
    z.strictObject({
      ...common,
      kind: z
        .literal('linux-source')
        .describe(
          "built from a package linux-source-* of Debian's archive, of the newest series there",
        ),
      pocket: Word.describe(
        "behind the name of the base's release: backports for trixie-backports",
      ),
      since: Series.describe('the oldest series that the fragments are for'),
      patches,
      epoch,
      builds: z.record(Id, z.strictObject(build)),
    }),
    z.strictObject({
      ...common,
      kind: z.literal('git').describe('built from one commit of a git repository'),
      url: z.url({ protocol: /^(https|git)$/ }),
      commit: z
        .string()
        .regex(/^[0-9a-f]{40}$/, 'expected a whole commit id: 40 digits of 0-9 and a-f')
        .describe('its own checksum'),
      series: Series.describe('the upstream version; another one stops the build'),
      patches,
      epoch,
      builds: z.record(
        Id,
        z.strictObject({
          ...build,
          defconfig: Word.describe('what the fragments are put over'),
          overlays: SourcePath.describe(
            'folder below arch/<ARCH>/boot/dts with the overlays that are built with it',
          ),
        }),
      ),
    }),
    z.strictObject({
      ...common,
      kind: z.literal('packaged').describe("the base's own realtime package; nothing is built"),
      base: z.enum(['image', 'debian']).describe('the kind of base that has it'),
      asked_as: Id.optional().describe('another kernel.source that means this one'),
      has: z
        .record(Id, z.array(KernelOption).min(1))
        .describe(
          'tuning: the options of the package, in the place of those that the tuning asks for; they are proven',
        ),
      builds: z.record(
        Id,
        z.strictObject({
          ...target,
          initramfs: Word.optional().describe(
            'name of its initramfs on the FAT partition, where we put kernel and trees; left out: the base does all that',
          ),
          device_trees: z
            .array(SourcePath)
            .default([])
            .describe('globs below /usr/lib/linux-image-*, without the dot and the ending'),
          sound_overlays: z
            .array(Id)
            .optional()
            .describe(
              'those of kernel/overlays/ for sound cards that it has every driver for; left out: all of them',
            ),
        }),
      ),
    }),
  ])
  .describe('A source of kernels')
export type KernelSourceData = z.output<typeof KernelSource>
