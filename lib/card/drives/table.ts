import type { Drive } from './drive.ts'
import { sizeInWords } from './drive.ts'
import { decide, refusalOf } from './rules.ts'
import type { Question } from './rules.ts'

/** `SanDisk Ultra, serial 4C530001, 64.0 GB, usb, with bootfs and rootfs on it`. */
export const driveLine = ({ model, serial, bytes, transport, labels, partitions }: Drive): string =>
  [
    model || 'no name',
    ...(serial === '' ? [] : [`serial ${serial}`]),
    sizeInWords(bytes),
    ...(transport === '' ? [] : [transport]),
    ...(labels.length > 0
      ? [`with ${labels.join(' and ')} on it`]
      : partitions.length > 0
        ? [`with ${partitions.length} partition${partitions.length > 1 ? 's' : ''} on it`]
        : []),
  ].join(', ')

/**
 * Those that somebody may mean: no optical drives, no loop devices (some systems have dozens), no
 * readers without a card.
 */
const worthTelling = ({ kind, bytes }: Drive): boolean => kind === 'disk' && bytes > 0

/** A line for each disk, and one more for why it is refused. */
export function listed(drives: readonly Drive[], question: Question): string[] {
  const shown = drives.filter(worthTelling)
  const wide = Math.max(0, ...shown.map(({ path }) => path.length))
  return shown.flatMap((drive) => {
    const refusal = refusalOf(drive, question)
    const line = `${refusal === undefined ? '✔' : '✖'} ${drive.path.padEnd(wide)}  ${driveLine(drive)}`
    return refusal === undefined ? [line] : [line, `    ${refusal}`]
  })
}

/** Those of the list that may be written to. */
export const allowed = (drives: readonly Drive[], question: Question): Drive[] =>
  drives.filter((drive) => worthTelling(drive) && refusalOf(drive, question) === undefined)

/** Every rule, and what it says of this disk. */
export const decisions = (drive: Drive, question: Question): string[] =>
  decide(drive, question).map(({ holds, refusal }) =>
    refusal === undefined ? `  ✔ ${holds}` : `  ✖ ${refusal}`,
  )
