import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { UserError } from '../../lib/errors.ts'
import type { Plan } from '../../lib/plan.ts'
import { resolve } from '../../lib/resolve.ts'

/** The folder of this repository, wherever it was cloned to. */
export const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

/** A folder of the running test's own, gone when the test has ended. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'downbeat-unit-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Writes files below a folder: path: text. */
export function write(folder: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

const dataFolders = ['boards', 'soundcards', 'tunings', 'bases', 'kernel', 'templates', 'packages/tools']

/** What is to be different in a copy: a new text, a change of the old one, or null to take the file away. */
export type Edits = Record<string, string | ((text: string) => string) | null>

/** A copy of everything that `resolve` reads, with edits. */
export function copyOfRepository(edits: Edits = {}): string {
  const root = temporaryFolder()
  for (const folder of dataFolders) cpSync(join(repository, folder), join(root, folder), { recursive: true })
  cpSync(join(repository, 'image.yaml'), join(root, 'image.yaml'))
  for (const [path, edit] of Object.entries(edits)) {
    if (edit === null) rmSync(join(root, path))
    else write(root, { [path]: typeof edit === 'string' ? edit : edit(readFileSync(join(root, path), 'utf8')) })
  }
  return root
}

/** The plan of a copy of the repository in which these files are different. */
export function planOf(edits: Edits = {}, sets: string[] = []): Plan {
  const root = copyOfRepository(edits)
  return resolve(root, join(root, 'image.yaml'), sets)
}

/** The files of choices of this repository, such as `image.yaml` and `variants/pi4b-usb.yaml`. */
export const choiceFiles: string[] = ['image.yaml', ...idsOf('variants').map((id) => `variants/${id}.yaml`)]

/** The ids in a data folder of this repository. */
export function idsOf(folder: string): string[] {
  return readdirSync(join(repository, folder))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort()
}

/** What a user would read: the message of the UserError that `run` throws. Any other error is a fault and passes through. */
export function refusal(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
  throw new Error('nothing was refused')
}

/** Waits until something has come true; the test's own time limit ends a wait in vain. */
export async function until(come: () => boolean): Promise<void> {
  while (!come()) await new Promise((done) => setTimeout(done, 20))
}

/** Whether any process of this machine has this word in its arguments; one that is dead and only not yet buried does not count. */
export function isRunning(word: string): boolean {
  return readdirSync('/proc').some((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(word)
    } catch {
      return false // it has ended meanwhile
    }
  })
}

let serial = 0
/** Seconds to sleep that no other process sleeps, so that it can be found by them. */
export const ownSleep = (): string => `600.${process.pid}${String(++serial).padStart(3, '0')}`
