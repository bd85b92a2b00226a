import { z } from 'zod'
import { UserError } from '../../lib/common/words/errors.ts'
import { didYouMean } from '../../lib/common/words/nearest.ts'
import { visible } from '../../lib/common/words/visible.ts'
import type { Catalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { contradictions, found, onCard } from './fields.ts'
import { reportOf, textOfReport, withEnd } from './read.ts'
import type { Report } from './read.ts'
import type { OnBoard } from './record.ts'
import { By } from './record.ts'
import { refuseUnknown } from './records.ts'

/** What downbeat-doctor --report writes. */
const Doctor = z
  .strictObject({
    report: z.literal('downbeat-doctor'),
    format: z.literal(1),
    ...onCard,
    where: z.enum(['boot', 'card', 'device']),
    ...found,
  })
  .superRefine((said, context) => {
    for (const [path, message] of contradictions(said))
      context.addIssue({ code: 'custom', path, message })
  })
type Doctor = z.output<typeof Doctor>

const ANEW = 'write it anew on the board: sudo downbeat-doctor --report report.json'

/** Who sends it, and which of the boards that it may be it is. */
interface Asked {
  by: string | undefined
  board: string | undefined
}

/** The record of a real board, of the report that somebody has sent. UserError, with the place. */
export const recordOfReport = (catalogue: Catalogue, file: string, asked: Asked): OnBoard =>
  recordOfText(
    catalogue,
    withEnd(ANEW, () => textOfReport(file)),
    file,
    asked,
  )

/** The same for a text that is there already; `file`: what to call it in messages. */
export function recordOfText(
  catalogue: Catalogue,
  text: string,
  file: string,
  asked: Asked,
): OnBoard {
  const report = withEnd(ANEW, () => reportOf(text, file, Doctor))
  const { report: _report, format: _format, own, boards, where, ...rest } = report.value
  const wrong = (key: string, what: string): UserError =>
    new UserError(`${report.at([key])} ${key}: ${what}`)
  if (where !== 'device')
    throw wrong('where', `is ${where}, and a record is of a real board: leave out --where; ${ANEW}`)
  if (own)
    throw wrong(
      'own',
      'the image is made of something of your own, so it says nothing of this repository; build one without -C and with a base of bases/',
    )
  withEnd(ANEW, () => refuseUnknown(catalogue, report, boards))
  refuseUnknownTunings(catalogue, report)
  const { error } = By.safeParse(asked.by ?? '')
  if (error)
    throw new UserError(
      asked.by === undefined
        ? `${file}: who has tried it? ${error.issues[0]!.message}; type: ./downbeat proven add ${file} --by NAME`
        : `--by ${visible(asked.by)}: ${error.issues[0]!.message}`,
    )
  return {
    ...rest,
    soundcard: pluggedIn(catalogue, report.value),
    board: boardOf(report, file, asked),
    by: asked.by!,
  }
}

/** A tuning that is not here is of another version, and what it has proven nobody can look up. */
function refuseUnknownTunings(catalogue: Catalogue, { value, at }: Report<Doctor>): void {
  const known = catalogue.ids('tunings')
  for (const id of Object.keys(value.tunings))
    if (!known.includes(id))
      throw new UserError(
        `${at(['tunings', id])} tunings.${id}: there is no such tuning here${didYouMean(id, known)}: the image is of another version of downbeat (${value.version}); build it anew with this one, flash it, and write the report there`,
      )
}

/** The card that was there, where its numbers tell more than the image does. */
function pluggedIn(catalogue: Catalogue, { soundcard, usb }: Doctor): string {
  const named = catalogue.ids('soundcards').find((id) => {
    const { found_by } = catalogue.entry('soundcards', id, 'soundcards').value
    return usb !== undefined && found_by.usb !== 'any' && found_by.usb.includes(usb)
  })
  return named ?? soundcard
}

function boardOf(
  { value: { boards }, at }: Report<Doctor>,
  file: string,
  { board }: Asked,
): string {
  if (board !== undefined && !boards.includes(board))
    throw new UserError(
      `--board ${visible(board)}: ${at(['boards'])} says that it is ${boards.join(' or ')}`,
    )
  const [first, ...more] = board === undefined ? boards : [board]
  if (more.length > 0)
    throw new UserError(
      `${at(['boards'])} boards: ${boards.join(' and ')} call themselves the same; say which it is: ./downbeat proven add ${file} --board ${first}`,
    )
  return first!
}
