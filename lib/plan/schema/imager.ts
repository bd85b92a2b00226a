import { z } from 'zod'
import { Arch, Soc } from './common.ts'

const Address = z.url({
  protocol: /^https$/,
  error: 'expected an address that begins with https://',
})

/** imager.yaml: what Raspberry Pi Imager calls the boards. */
export const Imager = z
  .strictObject({
    icon: Address.describe('shown beside an image'),
    website: Address.optional().describe('where people read more about the images'),
    devices: z
      .array(
        z.strictObject({
          name: z.string(),
          description: z.string(),
          icon: Address.optional(),
          matching_type: z
            .enum(['exclusive', 'inclusive'])
            .describe('inclusive: shows images without any tag too'),
          soc: Soc.optional().describe('the chip of its boards; left out: shown for every image'),
          tags: z.partialRecord(Arch, z.string()).describe('architecture of the image: its tag'),
        }),
      )
      .min(1),
  })
  .describe("Raspberry Pi Imager's devices")
