import { z } from 'zod'
import { Id, PackageName } from './common.ts'
import { Text } from './text.ts'

/** profiles/*.yaml: tunings and packages that belong together. */
export const Profile = z
  .strictObject({
    about: Text.describe('one sentence: whom it is for'),
    tunings: z.record(Id, z.enum(['on', 'off'])).default({}),
    packages: z.array(PackageName).default([]),
  })
  .describe('A group of tunings and packages')
export type ProfileData = z.output<typeof Profile>
