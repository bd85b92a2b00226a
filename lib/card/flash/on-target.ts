import { HostError, Interrupted, ProofError, UserError } from '../../common/words/errors.ts'
import type { Drive } from '../drives/drive.ts'
import { difference, sizeInWords } from '../drives/drive.ts'
import { refusalOf } from '../drives/rules.ts'
import type { Question } from '../drives/rules.ts'
import type { Target } from './target.ts'
import { TargetError } from './target.ts'

/** How a drive is got hold of, and what of it is allowed. */
export interface Holding {
  question: Question
  open: (drive: Drive) => Promise<Target>
  /** what is at the path of the drive now; throws, or gives undefined, when it is gone */
  look: () => Promise<Drive | undefined>
  signal: AbortSignal
}

/** What somebody with one in his hand calls it. */
export const nameOf = ({ kind, path }: Drive): string => (kind === 'file' ? path : 'the card')

/**
 * Does something with a drive that was looked at before. First the drive is opened for this process
 * alone. Then it is looked at again, while nobody else can have it. It is refused if another disk
 * has taken its place, or if it must not be written to.
 *
 * `use` calls `leave` to say what is left behind if it fails from now on. Until that call nothing
 * was written. Every error says in one sentence what went wrong, and after it what is left.
 */
export async function onTarget<T>(
  drive: Drive,
  { question, open, look, signal }: Holding,
  use: (target: Target, leave: (left: string) => void) => Promise<T>,
): Promise<T> {
  const now = (): Promise<Drive | undefined> => look().catch(() => undefined)
  let left: string | undefined
  let target: Target | undefined
  try {
    target = await open(drive)
    const again = await now()
    const changed =
      difference(drive, again) ??
      (target.number === drive.number ? undefined : 'another device has its name')
    if (changed !== undefined)
      throw new UserError(
        `${drive.path}: this is not the disk that was looked at: ${changed}; nothing was written`,
      )
    const refusal = refusalOf(again!, question)
    if (refusal !== undefined) throw new UserError(`${drive.path}: ${refusal}`)
    return await use(target, (words) => (left = words))
  } catch (error) {
    if (signal.aborted) throw new Interrupted('stopped', left ?? 'nothing was written')
    const told =
      error instanceof TargetError
        ? failure(error, drive, error.doing === 'opened' || (await now()) !== undefined)
        : error
    if (left !== undefined && told instanceof Error)
      told.message = `${named(told, drive)}\n  ${left}`
    throw told
  } finally {
    await target?.close().catch(() => undefined) // what had to be on the card was waited for
  }
}

/** The device in front of what is said of it alone. */
const named = (error: Error, { path }: Drive): string =>
  error instanceof ProofError ? `${path}: ${error.message}` : error.message

/** What the system's own word for a failure means for somebody with a card in his hand. */
function failure(
  { code, at, doing }: TargetError,
  { path, kind, bytes }: Drive,
  there: boolean,
): Error {
  const place = `${sizeInWords(at)} (byte ${at})`
  if (!there || code === 'ENODEV' || code === 'ENXIO' || code === 'ENOMEDIUM')
    return new HostError(
      `${path} has gone at ${place}: was it pulled out?`,
      'put it in again, see whether its name is the same, and begin anew',
    )
  if (doing === 'opened' && code === 'EBUSY')
    return new HostError(
      `${path} is in use by another program`,
      'close what uses it (lsblk shows what is mounted), and try again',
    )
  if (['EACCES', 'EPERM', 'EROFS'].includes(code))
    return new HostError(
      `${path} cannot be written to (${code})`,
      'slide the lock on the card or its adapter, and see who may write to it',
    )
  if (code === 'ENOSPC' && kind === 'file')
    return new HostError(`the disk that holds ${path} is full, at ${place}`, 'make room there')
  if (code === 'ENOSPC')
    return new HostError(
      `${path} claims to have ${sizeInWords(bytes)}, but it ends at ${place}`,
      'take another card',
    )
  return new HostError(
    `${path} could not be ${doing} at ${place} (${code}): it is worn out, or sits badly in its reader`,
    'try again with another reader, then with another card',
  )
}
