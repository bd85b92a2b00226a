import { HostError, Interrupted, ProofError, UserError } from '../errors.ts'
import type { Copied, CopyOptions } from './copy.ts'
import { copy } from './copy.ts'
import type { Drive } from './drive.ts'
import { difference, sizeInWords } from './drive.ts'
import { refusalOf } from './rules.ts'
import type { Question } from './rules.ts'
import type { Source } from './source.ts'
import type { Target } from './target.ts'
import { TargetError } from './target.ts'

export interface FlashOptions extends Omit<CopyOptions, 'onTouch'> {
  question: Question
  open: (drive: Drive) => Promise<Target>
  /** what is at the path of the drive now; throws, or gives undefined, when it is gone */
  look: () => Promise<Drive | undefined>
}

/**
 * Writes an image to a drive that was looked at, allowed and confirmed before. It is held open for this process alone, and
 * looked at again while nobody else can have it: another disk that has taken its place is refused. Whatever goes wrong ends
 * with an error that says so in one sentence, and whether the card has been touched.
 */
export async function flash(source: Source, drive: Drive, options: FlashOptions): Promise<Copied> {
  const { question, open, look, signal } = options
  const now = (): Promise<Drive | undefined> => look().catch(() => undefined)
  let touched = false
  let target: Target | undefined
  try {
    target = await open(drive)
    const again = await now()
    const changed = difference(drive, again) ?? (target.number === drive.number ? undefined : 'another device has its name')
    if (changed !== undefined)
      throw new UserError(`${drive.path}: this is not the disk that was confirmed: ${changed}; nothing was written`)
    const refusal = refusalOf(again!, question)
    if (refusal !== undefined) throw new UserError(`${drive.path}: ${refusal}`)
    return await copy(source, target, { ...options, onTouch: () => (touched = true) })
  } catch (error) {
    const name = drive.kind === 'file' ? drive.path : 'the card'
    const left = touched ? `${name} is not bootable now, and the same command begins anew` : 'nothing was written'
    if (signal.aborted) throw new Interrupted('stopped', left)
    const told = error instanceof TargetError ? failure(error, drive, error.doing === 'opened' || (await now()) !== undefined) : error
    if (touched && told instanceof Error) told.message = `${named(told, drive)}\n  ${left}`
    throw told
  } finally {
    await target?.close().catch(() => undefined) // what had to be on the card was waited for
  }
}

/** The device in front of what is said of it alone. */
const named = (error: Error, { path }: Drive): string => (error instanceof ProofError ? `${path}: ${error.message}` : error.message)

/** What the system's own word for a failure means for somebody with a card in his hand. */
function failure({ code, at, doing }: TargetError, { path, kind, bytes }: Drive, there: boolean): Error {
  const place = `${sizeInWords(at)} (byte ${at})`
  if (!there || code === 'ENODEV' || code === 'ENXIO' || code === 'ENOMEDIUM')
    return new HostError(
      `${path} has gone at ${place}: was it pulled out?`,
      'put it in again, see whether its name is the same, and begin anew',
    )
  if (doing === 'opened' && code === 'EBUSY')
    return new HostError(`${path} is in use by another program`, 'close what uses it (lsblk shows what is mounted), and try again')
  if (['EACCES', 'EPERM', 'EROFS'].includes(code))
    return new HostError(`${path} cannot be written to (${code})`, 'slide the lock on the card or its adapter, and see who may write to it')
  if (code === 'ENOSPC' && kind === 'file') return new HostError(`the disk that holds ${path} is full, at ${place}`, 'make room there')
  if (code === 'ENOSPC') return new HostError(`${path} ends at ${place}, and says that it has ${sizeInWords(bytes)}`, 'take another card')
  return new HostError(
    `${path} could not be ${doing} at ${place} (${code}): it is worn out, or sits badly in its reader`,
    'try again with another reader, then with another card',
  )
}
