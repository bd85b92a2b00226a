import { z } from 'zod'
import { Arch, Id, KernelArch, PackageName, Soc } from './common.ts'

const Series = z
  .string()
  .regex(/^\d+\.\d+$/)
  .describe('the upstream version; another one stops the build')

const common = {
  name: z.string(),
  family: z
    .enum(['mainline', 'downstream'])
    .describe("whose device trees and overlays it has: upstream's or Raspberry Pi's"),
  usb_full_speed: z
    .string()
    .describe('the parameter that keeps the USB controller of the Pi 0 to 3 at 12 Mbit/s'),
  usb_driver: z.enum(['dwc2', 'dwc_otg']).describe('what drives that controller'),
  serial_console: z
    .string()
    .describe('console= of the header: the name that the kernel or the firmware has for it'),
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
  file_name: z.string().describe('name on the FAT partition'),
  virt_cpu: z
    .string()
    .optional()
    .describe(
      "-cpu on which it runs on QEMU's own machine, where its sound is recorded; left out: not there",
    ),
}

const build = {
  ...target,
  cross_compile: z.string().describe('CROSS_COMPILE='),
  image: z.string().describe('make target, a file below arch/<ARCH>/boot'),
  device_trees: z
    .array(z.string())
    .describe('globs below arch/<ARCH>/boot/dts, without the dot and the ending'),
  fragments: z.array(z.string()).describe('files in kernel/fragments/, a later one wins'),
}

const epoch = z.iso
  .datetime()
  .describe('what it says of the time when it was built, and the time on its files')
const patches = z.array(z.string()).default([]).describe('files in kernel/patches/, in this order')

/** kernel/*.yaml: where a kernel comes from and what of it is built, per architecture. */
export const KernelSource = z
  .discriminatedUnion('kind', [
    z.strictObject({
      ...common,
      kind: z.literal('debian').describe('built from a source package of Debian'),
      package: PackageName.describe("Debian's source package"),
      series: Series,
      patch_series: z
        .array(z.string())
        .describe('series files below debian/ to apply, in this order'),
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
      series: Series,
      patches,
      epoch,
      builds: z.record(
        Id,
        z.strictObject({
          ...build,
          defconfig: z.string().describe('what the fragments are put over'),
          overlays: z
            .string()
            .describe('folder below arch/<ARCH>/boot/dts with the overlays that are built with it'),
        }),
      ),
    }),
    z.strictObject({
      ...common,
      kind: z.literal('packaged').describe("the base's own realtime package; nothing is built"),
      has: z
        .record(Id, z.string())
        .describe('tuning: how it is known that the package has the options which it asks for'),
      builds: z.record(Id, z.strictObject(target)),
    }),
  ])
  .describe('A source of kernels')
export type KernelSourceData = z.output<typeof KernelSource>
