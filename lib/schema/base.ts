import { z } from 'zod'
import { Arch, Line, PackageName, UnitName } from './common.ts'

/** bases/*.yaml: the system an image is made from. */
export const Base = z
  .strictObject({
    name: z.string(),
    kind: z.enum(['debian']),
    suite: z.string().describe('release of the archive; the toolbox is made from the same one'),
    arch: Arch,
    components: z.array(z.string()),
    epoch: z.iso.datetime().describe('the time on every file of the image, and what its clock starts at'),
    packages: z.record(PackageName, z.string()).describe('package: why it is there'),
    exclude: z.array(Line).describe('dpkg path-exclude= and path-include= lines'),
    debconf: z.array(Line).default([]).describe('answers to questions that packages ask'),
    enable: z.array(UnitName).default([]),
    mask: z.array(UnitName).default([]),
    firmware_package: PackageName.describe('holds the boot firmware; unpacked, not installed'),
  })
  .describe('A base system')
export type BaseData = z.output<typeof Base>
