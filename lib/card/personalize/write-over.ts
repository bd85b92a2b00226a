import type { FileHandle } from 'node:fs/promises'
import { HostError } from '../../common/words/errors.ts'
import { writable, writeAll } from '../flash/target.ts'

/**
 * Writes a file anew where it lies: first what is new, and then the end of what was there, so that
 * it is at no time empty. The card may be pulled out, or full. HostError.
 */
export async function writeOver(
  path: string,
  file: Pick<FileHandle, 'write' | 'truncate' | 'sync'>,
  data: Buffer,
): Promise<void> {
  try {
    await writeAll(writable(file), data, 0)
    await file.truncate(data.length)
    await file.sync()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new HostError(
      `${path}: it could not be written (${code}), and may be half written`,
      code === 'ENOSPC'
        ? 'make room there, and see what the file says'
        : 'see whether the card is still there, and what the file says',
    )
  }
}
