import type { Copied, CopyOptions, Left } from './copy.ts'
import { copy } from './copy.ts'
import type { Drive } from '../drives/drive.ts'
import type { Holding } from './on-target.ts'
import { nameOf, onTarget } from './on-target.ts'
import type { Source } from '../image-file/source.ts'

export type FlashOptions = Holding & Omit<CopyOptions, 'onLeft'>

/**
 * Writes an image to a drive that was looked at, allowed and confirmed before. Another disk that
 * has taken its place is refused, and whatever goes wrong ends with an error that says so in one
 * sentence, and whether the card has been touched.
 */
export function flash(source: Source, drive: Drive, options: FlashOptions): Promise<Copied> {
  const words: Record<Left, string> = {
    unbootable: `${nameOf(drive)} is not bootable now; run the same command to start over`,
    doubtful: `${nameOf(drive)} may look bootable: do not use it; run the same command to start over`,
  }
  return onTarget(drive, options, (target, leave) =>
    copy(source, target, { ...options, onLeft: (left) => leave(words[left]) }),
  )
}
