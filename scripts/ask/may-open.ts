import { accessSync, constants } from 'node:fs'
import { typedWord } from '../../lib/common/quote.ts'
import { HostError } from '../../lib/common/words/errors.ts'
import type { Drive } from '../../lib/card/drives/drive.ts'
import { typedAsRoot } from './typed-again.ts'

/**
 * HostError for a disk, or a file, that must not be written to by whoever runs this: found before
 * anything long begins.
 */
export function mayOpen({ path, kind }: Drive): void {
  try {
    accessSync(path, constants.R_OK | constants.W_OK)
  } catch {
    if (kind === 'file')
      throw new HostError(
        `${path}: you may not write to it`,
        `sudo chown "$USER" ${typedWord(path)}`,
      )
    throw new HostError(`${path}: only root may write to disks`, typedAsRoot())
  }
}
