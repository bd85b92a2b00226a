import { z } from 'zod'
import { Proof } from '../../../lib/plan/schema/tuning.ts'
import { textOf } from '../../../lib/plan/schema/values.ts'

// What a report reads of the papers of a build. Whatever else is in them is left alone. Somebody may
// have edited them, so nothing is taken for granted.

const Text = z.string().max(20_000)
const Count = z.number().min(0).max(1e12)
const Whole = z.int().min(0).max(1e12)
const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 digits of a sha256')
const Name = textOf('image_name')

/** Of plan.json. */
export const Planned = z.object({
  name: Name,
  boards: z.array(z.object({ id: Text, name: Text })).min(1),
  soundcard: z.object({
    id: Text,
    name: Text,
    found_by: z.object({ hat: z.array(Text), usb: z.union([z.literal('any'), z.array(Text)]) }),
  }),
  firmware: z.object({ package: Text, suite: Text }).optional(),
  configure: z.object({
    templates: z.array(z.object({ path: Text, text: z.string(), executable: z.boolean() })),
    view: z.looseObject({
      hostname: textOf('hostname'),
      user: z.looseObject({ name: textOf('user_name') }),
      jack: z.looseObject({
        server: Text,
        period: z.int().min(1).max(1e6),
        periods: z.int().min(1).max(1000),
        rate: z.int().min(1000).max(1e7),
        synchronous: z.boolean(),
        playback_only: z.boolean(),
        capture_only: z.boolean(),
      }),
    }),
  }),
  release: z.object({ base: Text, kernel: Text }),
  tunings: z.array(
    z.object({
      id: Text,
      about: Text,
      source: Text,
      mend: Text.optional(),
      off: Text.optional(),
      boards: z.array(Text),
      proofs: z.array(Proof),
    }),
  ),
  warnings: z.array(Text),
})

/** Of build.json. */
export const Recorded = z.object({
  name: Name,
  stages: z.record(z.string(), z.object({ key: Sha256, wall_s: Count })),
  files: z.record(z.string(), z.object({ bytes: Whole, sha256: Sha256 })),
  proofs: z.array(
    z.object({
      tuning: Text,
      proof: Text,
      where: Text,
      passed: z.boolean(),
      expected: Text,
      seen: z.string(),
    }),
  ),
  boots: z.array(z.object({ machine: Text, seconds: Count })).max(100),
  kernel: z
    .object({
      linux: Text,
      package: Text.optional(),
      version: Text.optional(),
      suite: Text.optional(),
      sha256: Text.optional(),
      url: Text.optional(),
      commit: Text.optional(),
    })
    .optional(),
})

const unknown = z.literal('-').transform(() => undefined)

/** A line of packages.lock. Of a package that came with its base nobody knows the sum and the size. */
export const Locked = z.object({
  name: Text.min(1),
  version: Text.min(1),
  architecture: Text.min(1),
  sha256: z.union([unknown, Sha256]),
  bytes: z.union([
    unknown,
    z
      .string()
      .regex(/^\d{1,12}$/, 'expected a number of bytes')
      .transform(Number),
  ]),
})
