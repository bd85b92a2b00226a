import { createHash } from 'node:crypto'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import type { Stats } from 'node:fs'
import { dirname, join } from 'node:path'
import { broughtAlong, layered } from './own/layers.ts'
import type { Layers } from './own/layers.ts'
import { freeze } from './freeze.ts'
import type { Plan } from './plan.ts'

/** Everything that a plan is made of, beside the choices: the data, and the code that reads it. */
export const sourcesOfPlans = {
  data: [
    'boards',
    'soundcards',
    'tunings',
    'profiles',
    'bases',
    'kernel',
    'packages',
    'templates',
    'tables',
    'driverless.yaml',
    'imager.yaml',
    'priorities.yaml',
  ],
  code: ['lib', 'package.json', 'package-lock.json'],
}

/** How many of a kind are kept, such as of a large matrix; a plan is half a megabyte. */
const MOST = 100

/** The text of a data file, and what its schema has made of it. */
interface CheckedText {
  text: string
  value: unknown
}

/** By the names of the files. */
export type Checked = Map<string, CheckedText>

/** What was found out before. */
interface Kept {
  /** the plan that these choices gave */
  find(): Plan | undefined
  keep(plan: Plan): void
  /** the data files that the same code has checked, for whatever choices */
  checked(): Checked
  keepChecked(checked: Checked): void
}

/**
 * What was found out about choices before, as long as no file has changed that plans are made of. To
 * read all of these takes as long as the rest of a build that has nothing to do: whether a file is
 * as it was is told by its size, and by the time of its last change, which nobody can set (ctime).
 *
 * It lies beside what Node has compiled, in a folder of this user and this Node. Where there is
 * none, nothing is kept.
 */
export function keptPlan(
  compiled: string | undefined,
  { root, own }: Layers,
  choices: unknown,
): Kept {
  if (compiled === undefined)
    return {
      find: () => undefined,
      keep: () => undefined,
      checked: () => new Map(),
      keepChecked: () => undefined,
    }
  const its =
    own === undefined
      ? []
      : [...layered, ...broughtAlong].map((name) => stateOf(join(own, name), name === 'files'))
  const [data, code] = [sourcesOfPlans.data, sourcesOfPlans.code].map((names) =>
    names.map((name) => stateOf(join(root, name))),
  )
  const plan = join(compiled, 'plans', `${hashOf([choices, data, code, own, its])}.json`)
  const checked = join(compiled, 'checked', `${hashOf(code)}.json`)
  return {
    find: () => freeze(read(plan) as Plan | undefined),
    keep: (made) => write(plan, made),
    checked: () => new Map(read(checked) as Iterable<[string, CheckedText]> | undefined),
    keepChecked: (all) => write(checked, [...all]),
  }
}

const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex')
const hashOf = (value: unknown): string => sumOf(JSON.stringify(value))

/**
 * What of a file, and of each one below a folder, is another when anything of it is another. A link
 * counts as what it leads to, unless links are `kept` as such; one to a folder leads nowhere more.
 */
function stateOf(path: string, kept = false, below = false): unknown {
  const state = lstatSync(path, { throwIfNoEntry: false }) // what an editor put there may be gone
  if (state?.isSymbolicLink() === true && below)
    return [readlinkSync(path), kept ? '' : seen(statSync(path, { throwIfNoEntry: false }))]
  try {
    const led = statSync(path, { throwIfNoEntry: false })
    if (led?.isDirectory() !== true) return seen(led)
    return readdirSync(path)
      .sort()
      .map((name) => [name, stateOf(`${path}/${name}`, kept, true)])
  } catch {
    return seen(state) // who may not read it is told when it is read
  }
}

const seen = (state: Stats | undefined): unknown => state && [state.size, state.ctimeMs, state.mode]

function read(file: string): unknown {
  try {
    return existsSync(file) ? unsealed(readFileSync(file, 'utf8')) : undefined
  } catch {
    return undefined // half of it, from a machine that lost its power; or a bit of it is another
  }
}

function write(file: string, value: unknown): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    const half = `${file}.${process.pid}.half`
    writeFileSync(half, sealed(JSON.stringify(value)))
    renameSync(half, file)
    removeOldest(dirname(file))
  } catch {
    // a folder that cannot be written to: the next time takes as long as this
  }
}

// A plan is all that a build goes by, and nothing checks it again: its sum stands in front of it.
const sealed = (text: string): string => `${sumOf(text)} ${text}`

/** Throws where it is not as it was written. */
function unsealed(file: string): unknown {
  const text = file.slice(file.indexOf(' ') + 1)
  if (file !== sealed(text)) throw new Error('it has changed')
  return JSON.parse(text)
}

function removeOldest(folder: string): void {
  const files = readdirSync(folder).map((name) => join(folder, name))
  if (files.length <= MOST) return
  const age = new Map(files.map((file) => [file, statSync(file).mtimeMs]))
  for (const file of files.sort((a, b) => age.get(b)! - age.get(a)!).slice(MOST))
    rmSync(file, { force: true })
}
