import { z } from 'zod'
import { AbsolutePath, Id, PackageName, UnitName } from './common.ts'
import { Line, Text, Word } from './text.ts'

const number = z.strictObject({ min: z.number().optional(), max: z.number().optional() })
const Condition = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.array(z.union([z.string(), z.number()])),
  number,
])

/** A word that goes into a table; facts of the plan may be parts of it. */
const Filled = z
  .string()
  .regex(
    /^([A-Za-z0-9_.,:=/+@-]|\{\{[\w.]+\}\})+$/,
    'expected a word of letters, digits and ".,:=/+@_-"',
  )

const option = /^(CONFIG_\w+=(y|m|n|\d+|0x[0-9a-f]+|".*")|# CONFIG_\w+ is not set)$/
export const KernelOption = z
  .string()
  .regex(option, 'expected CONFIG_NAME=value or "# CONFIG_NAME is not set"')

const Change = z.strictObject({
  config_txt: z
    .array(Line)
    .optional()
    .describe(
      'lines of config.txt; for the boards the tuning applies to, whose facts they may name',
    ),
  cmdline: z.array(Line.regex(/^\S+$/, 'expected one parameter without spaces')).optional(),
  kernel: z.array(KernelOption).optional().describe('options of a kernel that is built here'),
  modprobe: z.array(Line).optional().describe('lines of /etc/modprobe.d/alsa-base.conf'),
  blacklist: z.array(Filled).optional().describe('kernel modules that are never loaded'),
  sysctl: z.record(Word, z.union([Line, z.number()])).optional(),
  limits: z.array(Line).optional().describe('lines of /etc/security/limits.d'),
  fstab: z.array(Line).optional(),
  root_mount: z.array(Filled).optional().describe('mount options of the root file system'),
  udev: z.array(Line).optional().describe('udev rules'),
  mask: z.array(UnitName).optional(),
  enable: z.array(UnitName).optional(),
  packages: z.array(PackageName).optional().describe('installed'),
  programs: z
    .record(
      PackageName,
      z.array(z.string().regex(/^usr\/s?bin\/[\w.+-]+$/, 'expected usr/bin/… or usr/sbin/…')),
    )
    .optional()
    .describe('single programs taken out of a package whose dependencies nobody wants'),
  absent: z.array(PackageName).optional().describe('must not be installed, by whatever wants them'),
  files: z
    .array(
      z
        .string()
        .regex(
          /^(boot|root)\/[\w.@+/-]+$/,
          'expected a file below templates/, such as root/etc/motd',
        ),
    )
    .optional()
    .describe('templates that are rendered only with this tuning'),
})

const KINDS = ['run', 'file', 'config', 'package', 'unit'] as const

const compiles = (pattern: string): boolean => {
  try {
    void new RegExp(pattern)
    return true
  } catch {
    return false
  }
}
const Pattern = z.string().refine(compiles, 'expected a regular expression')

/**
 * All keys that a proof may have. Which go together is checked below, in words that name the key at
 * fault.
 */
const ProofKeys = z
  .strictObject({
    run: z.string().optional().describe('a POSIX shell command on the running system'),
    file: AbsolutePath.optional().describe('a file of the image'),
    config: KernelOption.optional().describe('an option of the kernel as it was built'),
    package: PackageName.optional(),
    unit: UnitName.optional(),
    prints: z.string().optional().describe('exactly this, without the last line end'),
    matches: Pattern.optional().describe('an extended regular expression that a line must match'),
    lacks: Pattern.optional().describe('an extended regular expression that no line may match'),
    absent: z.literal(true).optional().describe('the file does not exist'),
    is: z.enum(['installed', 'absent', 'masked', 'enabled', 'active']).optional(),
    on: z
      .enum(['boot', 'card', 'emulator', 'device'])
      .default('boot')
      .describe(
        'boot: any boot shows it; card: needs the sound card (the emulator has a USB one); emulator: needs the MIDI keyboard on the header of an emulated board, or does what no musician wants a proof to do; device: only a real Raspberry Pi shows it',
      ),
    wait: z
      .int()
      .min(1)
      .max(300)
      .optional()
      .describe(
        'seconds after the boot until which it comes true on a board; on an emulated one they are of its own clock',
      ),
  })
  .superRefine((proof, check) => {
    const kinds = KINDS.filter((kind) => proof[kind] !== undefined)
    if (kinds.length !== 1) {
      check.addIssue({
        code: 'custom',
        message: `expected exactly one of ${KINDS.join(', ')}, got ${kinds.join(' and ') || 'none'}`,
      })
      return
    }
    const needs: Record<(typeof KINDS)[number], readonly (keyof typeof proof)[]> = {
      run: ['prints', 'matches', 'lacks'],
      file: ['prints', 'matches', 'lacks', 'absent'],
      config: [],
      package: ['is'],
      unit: ['is'],
    }
    const wanted = needs[kinds[0]!]
    const given = (['prints', 'matches', 'lacks', 'absent', 'is'] as const).filter(
      (key) => proof[key] !== undefined,
    )
    if (wanted.length > 0 && given.length === 0)
      check.addIssue({
        code: 'custom',
        message: `a proof by ${kinds[0]} needs ${wanted.join(' or ')}`,
      })
    const odd = given.find((key) => !wanted.includes(key))
    const states: Partial<Record<(typeof KINDS)[number], readonly string[]>> = {
      package: ['installed', 'absent'],
      unit: ['masked', 'enabled', 'active'],
    }
    const fit = states[kinds[0]!]
    if (proof.is !== undefined && fit && !fit.includes(proof.is))
      check.addIssue({
        code: 'custom',
        path: ['is'],
        message: `a ${kinds[0]} is ${fit.join(' or ')}`,
      })
    if (odd !== undefined)
      check.addIssue({ code: 'custom', path: [odd], message: `does not go with ${kinds[0]}` })
  })

/**
 * When a proof can be tried: at any boot, with a card, on an emulated or on a real board; and how
 * long it may take to come true.
 */
type Moment = Pick<z.output<typeof ProofKeys>, 'on' | 'wait'>
/** What a text is like that proves something. */
export type Expected = { prints?: string; matches?: string; lacks?: string }

/** A proof is one of six kinds; the key that only one kind has tells which it is. */
export type ProofData = Moment &
  (
    | ({ run: string } & Expected)
    | ({ file: string } & Expected)
    | { file: string; absent: true }
    | { config: string }
    | { package: string; is: 'installed' | 'absent' }
    | { unit: string; is: 'masked' | 'enabled' | 'active' }
  )

/** How a tuning is shown to be in force. */
export const Proof = ProofKeys.transform((proof) => proof as ProofData)

/** tunings/*.yaml: why, source, when it applies, what it changes, how it is proven. */
export const Tuning = z
  .strictObject({
    about: Text.describe('one sentence: what it does for the sound'),
    source: Text.describe('where the advice comes from'),
    warns: Text.optional().describe('said whenever it is in force'),
    mend: Text.optional().describe('what to do on the Raspberry Pi where a proof fails'),
    default: z
      .union([z.enum(['on', 'off']), z.record(z.string(), Condition)])
      .default('on')
      .describe(
        'facts: on by itself on boards where they hold, and off unless asked for on others',
      ),
    when: z.record(z.string(), Condition).default({}).describe('facts of the plan that must hold'),
    required: z
      .record(z.string(), Condition)
      .optional()
      .describe('facts with which it cannot be switched off'),
    otherwise: Text.optional().describe('why it cannot be had where the facts do not hold'),
    harmless: z
      .boolean()
      .default(false)
      .describe(
        'does nothing on boards it does not fit, so one board of those that share an image is enough',
      ),
    needs: z.array(Id).default([]).describe('tunings without which it does nothing'),
    conflicts: z.array(Id).default([]).describe('tunings that cannot be in force beside it'),
    pins: z.array(z.int().min(0).max(27)).default([]).describe('GPIO numbers it takes'),
    change: Change,
    proof: z.array(Proof).min(1, 'a tuning without a proof does not load'),
  })
  .describe('A tuning')
export type TuningData = z.output<typeof Tuning>
export type ConditionData = z.output<typeof Condition>
