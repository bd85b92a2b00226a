import { z } from 'zod'
import { Id } from './common.ts'
import { Text } from './text.ts'

/**
 * The name of a control, as `amixer controls` shows it: at most 43 letters
 * (SNDRV_CTL_ELEM_ID_NAME_MAXLEN). Of several with one name the others have their index behind it: `Mic
 * Capture Volume,1`.
 */
export const ControlName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9 _.:;&#()/+-]{0,42}(,[1-9]\d?)?$/,
    'expected the name of a control of ALSA, such as Capture Volume',
  )

/** What a control is set to: on, off, a number, a share such as 50%, dB such as -10dB, or a word. */
export const Level = z.union([
  z.int(),
  Text.min(1)
    .max(63)
    .regex(/^[^'"]+$/, 'expected a word without quotes'),
])
export type Level = z.output<typeof Level>

const Setting = z.union([
  Level,
  z.strictObject({
    set: Level,
    most: Level.optional().describe(
      'what is safe, for the ear and for what is connected: somebody who sets it higher is told',
    ),
    why: Text.optional(),
    optional: z
      .literal(true)
      .optional()
      .describe('the card has it only sometimes, so nothing is said where it is not there'),
    each_time: z
      .literal(true)
      .optional()
      .describe('what ALSA keeps of it is wrong, so it is set whenever the card comes'),
  }),
])
const Settings = z.record(ControlName, Setting)

/** What a card records from. */
const Input = z.strictObject({
  about: Text.describe('the socket, and what it is for'),
  controls: Settings,
})

/**
 * The controls of a card's mixer that make it play and record: many are silent when their driver is
 * loaded. The levels are those of a first start; afterwards ALSA keeps what somebody changes.
 */
export const Mixer = z
  .strictObject({
    drivers: z
      .array(
        z
          .string()
          .regex(
            /^(sound|drivers)(\/[\w.-]+)+$/,
            'expected a file of the kernel without .c, such as sound/soc/codecs/wm8731',
          ),
      )
      .default([])
      .describe(
        'files of the kernel, without .c: those that make the controls. Left out: the card itself names them, over USB',
      ),
    always: Settings.default({}).describe('routes and levels that make it play'),
    inputs: z
      .record(Id, Input)
      .default({})
      .describe('what it can record from; the first one unless the image says otherwise'),
    source: Text.describe('where the routes and levels come from'),
  })
  .superRefine(({ always, inputs }, check) => {
    const issue = (path: string[], message: string): void =>
      check.addIssue({ code: 'custom', path, message })
    const all = Object.entries(inputs)
    for (const [name, setting] of [
      ...Object.entries(always),
      ...all.flatMap(([, { controls }]) => Object.entries(controls)),
    ]) {
      const { set, most } = settingOf(setting)
      if (most !== undefined && !(comparable(set, most) && amount(set) <= amount(most)))
        issue(
          [],
          `${name}: set is ${set}, and most is ${most}: expected set to be no more, of the same kind`,
        )
    }
    for (const [use, { controls }] of all) {
      for (const name of Object.keys(controls))
        if (Object.hasOwn(always, name)) issue(['inputs', use], `${name} stands in always, too`)
      // else what one of them has switched on would stay so with another
      for (const [other, { controls: theirs }] of all)
        for (const name of Object.keys(theirs))
          if (!Object.hasOwn(controls, name))
            issue(
              ['inputs', use],
              `${name} is missing, which ${other} sets: say what it is with ${use}`,
            )
    }
  })
export type MixerData = z.output<typeof Mixer>

/** A setting in its long form. */
export const settingOf = (
  setting: z.output<typeof Setting>,
): {
  set: Level
  most?: Level | undefined
  why?: string | undefined
  optional?: true | undefined
  each_time?: true | undefined
} => (typeof setting === 'object' ? setting : { set: setting })

/** The number in a level, and what it counts: steps, %, dB; undefined: it is a word. */
export function measured(level: Level): { amount: number; unit: string } | undefined {
  const [, amount, unit] = /^(-?\d+(?:\.\d+)?)(%|dB|)$/.exec(String(level)) ?? []
  return amount === undefined ? undefined : { amount: Number(amount), unit: unit! }
}

const amount = (level: Level): number => measured(level)!.amount

/** Whether one can be said to be more than the other. */
const comparable = (a: Level, b: Level): boolean =>
  measured(a) !== undefined && measured(a)!.unit === measured(b)?.unit

/** Whether a level is above what is safe; undefined: they are not of the same kind. */
export const isAbove = (level: Level, most: Level): boolean | undefined =>
  comparable(level, most) ? amount(level) > amount(most) : undefined
