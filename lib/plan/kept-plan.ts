import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { freeze } from './freeze.ts'
import type { Plan } from './plan.ts'
import { filesBelow } from '../common/files/text-files.ts'

/** Everything that a plan is made of, beside the choices: the data, and the code that reads it. */
export const sourcesOfPlans = {
  folders: [
    'boards',
    'soundcards',
    'tunings',
    'profiles',
    'bases',
    'kernel',
    'packages',
    'templates',
    'lib',
  ],
  files: ['imager.yaml', 'priorities.yaml', 'package-lock.json'],
}

/** How many plans are kept; one is half a megabyte. */
const MOST = 40

/**
 * The plan that these choices gave before, as long as no file has changed that plans are made of.
 * Plans lie beside what Node has compiled, in a folder of this user and this Node; where there is
 * none, none are kept.
 */
export function keptPlan(
  compiled: string | undefined,
  root: string,
  choices: unknown,
): { find(): Plan | undefined; keep(plan: Plan): void } {
  if (compiled === undefined) return { find: () => undefined, keep: () => undefined }
  const folder = join(compiled, 'plans')
  const hash = createHash('sha256').update(JSON.stringify(choices))
  for (const name of sourcesOfPlans.folders)
    hash.update(JSON.stringify([name, filesBelow(root, name)]))
  for (const name of sourcesOfPlans.files) hash.update(readFileSync(join(root, name)))
  const place = join(folder, `${hash.digest('hex')}.json`)
  return {
    find() {
      try {
        return existsSync(place)
          ? freeze(JSON.parse(readFileSync(place, 'utf8')) as Plan)
          : undefined
      } catch {
        return undefined // half of it, from a machine that lost its power
      }
    },
    keep(plan) {
      try {
        mkdirSync(folder, { recursive: true })
        const half = `${place}.${process.pid}.half`
        writeFileSync(half, JSON.stringify(plan))
        renameSync(half, place)
        removeOldest(folder)
      } catch {
        // a folder that cannot be written to: the next time takes as long as this
      }
    },
  }
}

function removeOldest(folder: string): void {
  const files = readdirSync(folder).map((name) => join(folder, name))
  if (files.length <= MOST) return
  const age = new Map(files.map((file) => [file, statSync(file).mtimeMs]))
  for (const file of files.sort((a, b) => age.get(b)! - age.get(a)!).slice(MOST))
    rmSync(file, { force: true })
}
