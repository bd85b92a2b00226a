import { z } from 'zod'
import { Arch } from './common.ts'

/** kernel/*.yaml: where a kernel comes from and what of it is built, per architecture. */
export const KernelSource = z
  .strictObject({
    name: z.string(),
    package: z.string().describe("Debian's source package"),
    series: z
      .string()
      .regex(/^\d+\.\d+$/)
      .describe('the upstream version the archive must have; another one stops the build'),
    usb_full_speed: z.string().describe('the parameter that keeps the USB controller of the Pi 0 to 3 at 12 Mbit/s'),
    usb_driver: z.enum(['dwc2', 'dwc_otg']).describe('what drives that controller'),
    patch_series: z.array(z.string()).describe('series files below debian/ to apply, in this order'),
    builds: z.partialRecord(
      Arch,
      z.strictObject({
        kernel_arch: z.string().describe('ARCH= of the kernel'),
        cross_compile: z.string().describe('CROSS_COMPILE='),
        image: z.string().describe('make target, a file below arch/<ARCH>/boot'),
        file_name: z.string().describe('name on the FAT partition'),
        device_trees: z.array(z.string()).describe('globs below arch/<ARCH>/boot/dts, without the dot and the ending'),
        fragments: z.array(z.string()).describe('files in kernel/fragments/, a later one wins'),
      }),
    ),
  })
  .describe('A source of kernels')
export type KernelSourceData = z.output<typeof KernelSource>
