import { z } from 'zod'
import { Id } from '../../lib/plan/schema/common.ts'
import { textOf } from '../../lib/plan/schema/values.ts'

// What a report of a card, and a record that is made of one, may say. The list is closed: nothing in it
// is a text that somebody could have put a name, a host or an address into.

/** An id of a data folder; none is longer. */
export const ShortId = Id.max(80)

/** How often something was so. */
export const Count = z.int().min(0).max(100_000)

/** A day, as UTC has it where it was written. */
export const Day = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'expected a day, such as 2026-01-31')

/** Vendor and product of a device on USB, which are the same for all of its kind. */
export const UsbNumbers = z
  .string()
  .regex(/^[0-9a-f]{4}:[0-9a-f]{4}$/, 'expected vendor:product of USB, such as 07fd:000b')

/** Of which image it is. */
export const image = {
  date: Day,
  image: textOf('image_name'),
  version: z.string().regex(/^\d{1,4}(\.\d{1,4}){2}$/, 'expected a version, such as 0.1.0'),
  base: ShortId,
  kernel: ShortId,
}

/** Of which running system it is. */
export const running = {
  ...image,
  release: z
    .string()
    .max(64)
    .regex(/^[A-Za-z0-9][A-Za-z0-9._+~:-]*$/, 'expected what uname -r says'),
  soundcard: ShortId,
  usb: UsbNumbers.optional(),
}

/** Which of the boards it may be: a module and its sister have one name. */
export const onCard = {
  ...running,
  own: z.boolean(),
  boards: z
    .array(ShortId)
    .min(1, 'is empty: the board is none of those that the image is for')
    .max(40),
}

/** What downbeat-doctor looks at beside the tunings. */
const CHECKS = [
  'card|server|mixer|pair|wifi|power|heat|xruns|threads|interrupts|latency',
  'jackd-midi\\.service|downbeat-autostart\\.service',
  // what bridges a second card
  '[a-z]{1,9}-card@zita-(a2j|j2a)\\.service',
]
const Check = z
  .string()
  .regex(new RegExp(`^(${CHECKS.join('|')})$`), 'expected a check of downbeat-doctor')

/** What downbeat-doctor found. */
export const found = {
  passed: Count,
  failed: Count,
  checks_failed: Count,
  not_asked: z.strictObject({ card: Count, device: Count, board: Count }),
  tunings: z.record(ShortId, z.strictObject({ passed: Count, failed: Count, not_asked: Count })),
  checks: z.record(Check, z.enum(['passed', 'failed', 'warning', 'info', 'unknown'])),
}

type Found = z.output<z.ZodObject<typeof found>>

/** Counts that do not belong together: each with where, and what is wrong. */
export function contradictions(said: Found): [path: string[], why: string][] {
  const of = Object.values(said.tunings)
  const sum = (key: 'passed' | 'failed' | 'not_asked'): number =>
    of.reduce((all, one) => all + one[key], 0)
  const { card, device, board } = said.not_asked
  const failing = Object.values(said.checks).filter((state) => state === 'failed').length
  const rows: [string[], number, number, string][] = [
    [['passed'], said.passed, sum('passed'), 'its tunings have'],
    [['failed'], said.failed, sum('failed'), 'its tunings have'],
    [['not_asked'], card + device + board, sum('not_asked'), 'its tunings have'],
    [['checks_failed'], said.checks_failed, failing, 'of its checks so many failed:'],
  ]
  return rows.flatMap(([path, says, is, what]) =>
    says === is ? [] : [[path, `says ${says}, and ${what} ${is}: it was changed`]],
  )
}
