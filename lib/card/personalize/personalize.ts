import { copyFile, constants, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HostError, UserError } from '../../common/words/errors.ts'
import type { Patch } from '../image-file/source.ts'
import type { SettingsData } from '../../plan/settings/settings.ts'
import { differences, takeBootPartition } from './boot-partition.ts'
import { editSettings } from '../../plan/settings/edit.ts'

/** The name of the settings on the boot partition. */
export const SETTINGS = 'downbeat.toml'

/** Runs a program of mtools and gives what it printed; fails with what it said. */
export type Mtools = (program: 'mtype' | 'mcopy', ...args: string[]) => Promise<string>

/**
 * What has to be written over an image, or a card, so that it has these settings: the few blocks of
 * its boot partition that differ. They lie in a folder that only its owner reads, for they may hold
 * the hash of a password, and go when `use` has ended.
 */
export async function withSettings<T>(
  path: string,
  values: SettingsData,
  { mtools, signal }: { mtools: Mtools; signal: AbortSignal },
  use: (patches: Patch[]) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'downbeat-settings-'))
  try {
    const patches = await prepare().catch((error: unknown) => {
      throw explained(error, path)
    })
    return await use(patches)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }

  async function prepare(): Promise<Patch[]> {
    const [before, after, file] = ['before', 'after', SETTINGS].map((name) =>
      join(folder, name),
    ) as [string, string, string]
    const { start } = await takeBootPartition(path, before, signal)
    await copyFile(before, after, constants.COPYFILE_FICLONE)
    const text = await mtools('mtype', '-i', after, `::${SETTINGS}`).catch((error: Error) => {
      throw new UserError(
        `${path}: there is no ${SETTINGS} on its boot partition: it was not made by downbeat, or before cards had settings (${error.message})`,
      )
    })
    await writeFile(file, editSettings(text, values, `${path}: ${SETTINGS}`), { mode: 0o600 })
    await mtools('mcopy', '-o', '-i', after, file, `::${SETTINGS}`)
    signal.throwIfAborted()
    return await differences(before, after, start, folder)
  }
}

/** What the system's own word for a failure means here; any other error as it is. */
function explained(error: unknown, path: string): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC')
    return new HostError(
      `the disk of ${tmpdir()} is full, where the settings are prepared; nothing was written`,
      'make room there, or name another folder in TMPDIR, then run the same command again',
    )
  if (syscall === 'read')
    return new HostError(
      `${path}: it could not be read (${code}); nothing was written`,
      'see whether it is still there, and try again',
    )
  return error
}
