import { z } from 'zod'
import { UserError } from '../../lib/common/words/errors.ts'
import { visible } from '../../lib/common/words/visible.ts'
import type { PlannedBoard } from '../../lib/plan/plan.ts'
import { startedBoards } from '../../lib/plan/virt.ts'
import type { Build } from '../report/data/build.ts'
import { image, ShortId } from './fields.ts'
import { Emulated } from './record.ts'

/** What a record takes of plan.json. Whatever else is in it is left alone. */
const Planned = z.object({
  boards: z.array(
    z.object({
      id: ShortId,
      soc: ShortId,
      emulator: z.object({ machine: z.string(), exact: z.boolean() }).optional(),
    }),
  ),
  soundcard: z.object({ id: ShortId, found_by: z.object({ usb: z.unknown() }) }),
  configure: z.object({
    view: z.object({
      image: z.object({
        base: image.base,
        kernel: image.kernel,
        version: image.version,
        own: z.boolean(),
      }),
    }),
  }),
})

const ANEW = './downbeat build makes it anew'

/** The record of a build: what of it was proven, on the image and in the emulator. `date`: of today. */
export function recordOfBuild(build: Build, date: string): Emulated {
  const { written, record, folder } = build
  const place = (file: string): string => `${visible(folder)}/${file}`
  const read = Planned.safeParse(written)
  if (!read.success) {
    const { path, message } = read.error.issues[0]!
    throw new UserError(
      `${place('plan.json')} ${visible(path.map(String).join('.'))}: ${visible(message)}; ${ANEW}`,
    )
  }
  const { boards, soundcard, configure } = read.data
  const { own, ...made } = configure.view.image
  if (own)
    throw new UserError(
      `${place('plan.json')} configure.view.image.own: the image is made of something of your own, so it says nothing of this repository; build one without -C and with a base of bases/`,
    )
  // the card of the emulator stands for the one that no file names, and for no other
  const hears = soundcard.found_by.usb === 'any'
  const { passed, failed } = countsOf(record.proofs, ['image'])
  const started = startedBoards(boards as unknown as PlannedBoard[])
  const boots = record.boots.flatMap(({ machine }) => {
    const its = started.filter(({ emulator }) => emulator?.machine === machine)
    const counts = countsOf(record.proofs, wheresOf(record.proofs, machine))
    const heard = hears && isHeard(record.proofs, machine)
    const row = (of: { board?: string; exact: boolean }): Emulated['boots'][number] => ({
      machine,
      ...of,
      ...counts,
      heard,
    })
    return its.length === 0
      ? [row({ exact: false })]
      : its.map(({ id, emulator }) => row({ board: id, exact: emulator!.exact }))
  })
  const made_of: Emulated = {
    date,
    image: build.name,
    ...made,
    ...(record.kernel === undefined ? {} : { linux: record.kernel.linux }),
    boards: boards.map(({ id }) => id),
    soundcard: soundcard.id,
    passed,
    failed,
    boots,
  }
  return checked(made_of, place('build.json'))
}

/** build.json is a file that somebody may have edited: what is in no record is refused here. */
function checked(record: Emulated, place: string): Emulated {
  const result = Emulated.safeParse(record)
  if (result.success) return result.data
  const { path, message } = result.error.issues[0]!
  throw new UserError(
    `${place} ${visible(path.map(String).join('.'))}: ${visible(message)}; ${ANEW}`,
  )
}

type Proofs = Build['record']['proofs']

/** A machine, and the same one after its card was plugged in again. */
const wheresOf = (proofs: Proofs, machine: string): string[] => [
  ...new Set(proofs.map(({ where }) => where).filter((where) => where.split(',')[0] === machine)),
]

const countsOf = (
  proofs: Proofs,
  wheres: readonly string[],
): { passed: number; failed: number } => {
  const its = proofs.filter(({ where }) => wheres.includes(where))
  const passed = its.filter((one) => one.passed).length
  return { passed, failed: its.length - passed }
}

/** A tone that was heard has all of its proofs. */
function isHeard(proofs: Proofs, machine: string): boolean {
  const tones = proofs.filter(({ tuning, where }) => tuning === 'sound' && where === machine)
  return tones.some(({ passed }) => passed) && tones.every(({ passed }) => passed)
}
