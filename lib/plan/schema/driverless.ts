import { z } from 'zod'
import { Soc } from './common.ts'
import { Text } from './text.ts'

/** driverless.yaml: what of a device tree no driver is found for by its `compatible`. */
export const Driverless = z
  .strictObject({
    driverless: z.array(
      z.strictObject({
        compatible: z
          .string()
          .regex(
            /^[A-Za-z0-9][\w.,+/-]*( [A-Za-z0-9][\w.,+/-]*)*$/,
            'expected values of compatible with a space between them, such as arm,pl011 arm,primecell',
          )
          .describe('of a device all of whose values are in this file, each counts'),
        socs: z
          .array(Soc)
          .min(1)
          .optional()
          .describe('only on boards with these chips; left out: on all'),
        option: z
          .string()
          .regex(/^CONFIG_\w+=[ym]$/, 'expected an option of the kernel, such as CONFIG_X=y')
          .optional()
          .describe('it has a driver, which is found in another way: with this option'),
        why: Text,
      }),
    ),
  })
  .describe('Devices that no driver of the kernel is looked for')
export type DriverlessData = z.output<typeof Driverless>['driverless'][number]
