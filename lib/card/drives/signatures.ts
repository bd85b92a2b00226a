import type { Ask } from './ask.ts'
import type { Drive } from './drive.ts'

/**
 * What wipefs finds on a disk and its partitions, by all their signatures: lsblk tells one of each,
 * and only where udev runs. Nothing where they may not be read: then they may not be written to,
 * either.
 */
export async function signaturesOn(
  { path, partitions }: Pick<Drive, 'path' | 'partitions'>,
  ask: Ask,
): Promise<Drive['contents']> {
  const found = await Promise.all(
    [path, ...partitions].map(async (device) => {
      const words = ['--noheadings', '--output', 'TYPE', device]
      const told = await ask('wipefs', ...words)
        .catch(() => ask('/sbin/wipefs', ...words)) // `su` leaves root without the way to it
        .catch(() => '')
      return told
        .split('\n')
        .map((line) => line.trim())
        .filter((type) => type !== '')
        .map((type) => ({ device, type }))
    }),
  )
  return found.flat()
}
