import type { FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { HostError, UserError } from '../../common/words/errors.ts'
import type { Patch } from '../image-file/source.ts'
import type { SettingsData } from '../../plan/settings/settings.ts'
import { nameFor, nameless } from './anonymous.ts'
import { takeBootPartition } from './boot-partition.ts'
import { differences, fatsOf, inOrder } from './differences.ts'
import { editSettings } from '../../plan/settings/edit.ts'

/** The name of the settings on the boot partition. */
export const SETTINGS = 'downbeat.toml'
/** What they are called until they are there whole: a run that was killed may leave it. */
export const NEXT = 'downbeat.new'

/** Runs a program of mtools and gives what it printed; fails with what it said. */
export type Mtools = (program: 'mtype' | 'mcopy' | 'mren', ...args: string[]) => Promise<string>

/** What has to be written over an image, or a card, so that it has the settings. */
export interface Prepared {
  /** all of it, for what is written as a whole */
  patches: Patch[]
  /**
   * The same for a card in use, each group to be on it before the next one is begun: whenever that
   * ends, either the old settings are there or the new ones.
   */
  steps: Patch[][]
}

/**
 * Prepares settings: the few blocks of the boot partition that differ. They may hold the hash of a
 * password. So they are in memory only, and what mtools works on has no name. Errors: UserError for
 * what is no image of downbeat, HostError.
 */
export async function prepareSettings(
  path: string,
  values: SettingsData,
  { mtools, signal }: { mtools: Mtools; signal: AbortSignal },
): Promise<Prepared> {
  const files: FileHandle[] = []
  const file = async (): Promise<FileHandle> => {
    const made = await nameless(tmpdir())
    files.push(made)
    return made
  }
  try {
    return await prepare(await file(), await file(), await file())
  } catch (error) {
    throw explained(error, path)
  } finally {
    await Promise.all(files.map((one) => one.close()))
  }

  async function prepare(before: FileHandle, after: FileHandle, text: FileHandle) {
    const { start } = await takeBootPartition(path, [before, after], signal)
    const fats = await fatsOf(before)
    const image = ['-i', nameFor(after)]
    const steps: Patch[][] = []
    const all = new Map<number, Patch>()
    /** What has changed since the last time, as steps. */
    const step = async (order: 'fat first' | 'fat last'): Promise<void> => {
      const changed = await differences(before, after)
      for (const { start: at, data } of changed) {
        await before.write(data, 0, data.length, at)
        all.set(at, { start: start + at, data })
      }
      const placed = inOrder(changed, fats, order)
      steps.push(
        ...placed.map((group) => group.map((one) => ({ ...one, start: start + one.start }))),
      )
    }
    /** A FAT that is full, or damaged: nothing is on the card yet. */
    const change = (...words: Parameters<Mtools>): Promise<string> =>
      mtools(...words).catch((error: Error) => {
        throw new UserError(
          `${path}: its boot partition cannot be changed (${error.message}); nothing was written: make room there, or have it mended (sudo fsck.fat)`,
        )
      })
    const old = await mtools('mtype', ...image, `::${SETTINGS}`).catch(async (error: Error) => {
      // killed between two blocks of a folder: the whole text has its other name
      await mtools('mren', ...image, `::${NEXT}`, `::${SETTINGS}`).catch(() => {
        throw new UserError(
          `${path}: there is no ${SETTINGS} on its boot partition: it was not made by downbeat, or before cards had settings (${error.message})`,
        )
      })
      await step('fat last')
      return await change('mtype', ...image, `::${SETTINGS}`)
    })
    await text.writeFile(editSettings(old, values, `${path}: ${SETTINGS}`))
    await change('mcopy', '-o', ...image, nameFor(text), `::${NEXT}`)
    await step('fat first')
    await change('mren', '-o', ...image, `::${NEXT}`, `::${SETTINGS}`)
    await step('fat last')
    signal.throwIfAborted()
    const patches = [...all.values()].sort((a, b) => a.start - b.start)
    return { patches, steps: steps.filter((group) => group.length > 0) }
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
