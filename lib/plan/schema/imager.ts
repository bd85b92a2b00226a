import { z } from 'zod'
import { Arch, Id, Soc } from './common.ts'
import { Text } from './text.ts'

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
          name: Text,
          description: Text,
          icon: Address.optional(),
          matching_type: z
            .enum(['exclusive', 'inclusive'])
            .describe('inclusive: shows images without any tag too'),
          soc: Soc.optional().describe('the chip of its boards; left out: shown for every image'),
          boards: z
            .array(Id)
            .default([])
            .describe('boards of another chip that people look for here, too'),
          tags: z.partialRecord(Arch, Text).describe('architecture of the image: its tag'),
        }),
      )
      .min(1),
  })
  .describe("Raspberry Pi Imager's devices")
