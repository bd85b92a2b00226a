import { z } from 'zod'
import { contradictions, Count, found, image, running, ShortId } from './fields.ts'

/** What an emulated machine has shown of an image. */
const Boot = z.strictObject({
  machine: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,40}$/, 'expected a machine of QEMU'),
  /** undefined: the machine stands for no board */
  board: ShortId.optional(),
  /** whether the machine is the board itself, and not the nearest one */
  exact: z.boolean(),
  passed: Count,
  failed: Count,
  /** whether a tone through the card of the image was found in what the emulated one has recorded */
  heard: z.boolean(),
})

/** A record of a build: `proven/emulated/<image>.json`. */
export const Emulated = z
  .strictObject({
    ...image,
    linux: z
      .string()
      .regex(/^[0-9A-Za-z._+~-]{1,64}$/, 'expected a version of Linux')
      .optional(),
    boards: z.array(ShortId).min(1).max(40),
    soundcard: ShortId,
    /** on the finished image, before anything was started */
    passed: Count,
    failed: Count,
    boots: z.array(Boot).max(40),
  })
  .describe('What a build has proven of an image, and an emulator')
export type Emulated = z.output<typeof Emulated>

/** A name that somebody wants to be called by. */
export const By = z
  .string()
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9-]{0,37}[A-Za-z0-9])?$/,
    'expected a name of letters, digits and "-", at most 39, such as your account of GitHub',
  )

/** A record of somebody's board: `proven/boards/<board>.<card>.<base>.<kernel>.<by>.json`. */
export const OnBoard = z
  .strictObject({ ...running, board: ShortId, by: By, ...found })
  .superRefine((said, context) => {
    for (const [path, message] of contradictions(said))
      context.addIssue({ code: 'custom', path, message })
  })
  .describe('What downbeat-doctor has found on a real board')
export type OnBoard = z.output<typeof OnBoard>
