import { createHash } from 'node:crypto'
import { closeSync, fstatSync, readFileSync, statSync } from 'node:fs'
import { basename, join, resolve as resolvePath } from 'node:path'
import type { z } from 'zod'
import { openNamed, whyNotOpened } from '../../../lib/common/files/named.ts'
import { UserError } from '../../../lib/common/words/errors.ts'
import { visible } from '../../../lib/common/words/visible.ts'
import { Locked, Planned, Recorded } from './shape.ts'

/** The papers of one build, as a report reads them. */
export interface Build {
  folder: string
  /** what the page calls it: two of them have two names */
  name: string
  plan: z.output<typeof Planned>
  record: z.output<typeof Recorded>
  packages: readonly z.output<typeof Locked>[]
  image: { bytes: number; sha256: string }
  /** the plan as it was written, for the keys of stages */
  written: unknown
}

/** No paper of a build is near it: a plan has about a megabyte. */
const MOST = 32 * 1024 * 1024

const ANEW = './downbeat build makes it anew'

/**
 * The build in a folder, or the one of that name below `images`. UserError: where something is
 * missing, damaged, or of another build.
 */
export function buildOf(given: string, images: string, shown: (path: string) => string): Build {
  const folder = folderOf(given, images)
  const place = (file: string): string => visible(shown(join(folder, file)))
  if (statOf(folder)?.isDirectory() !== true)
    throw new UserError(
      `${visible(shown(folder))}: there is no such folder of an image; ./downbeat build makes out/images/<name>`,
    )
  const text = (file: string): string => textOf(join(folder, file), place(file))
  const written = parsed(text('plan.json'), place('plan.json'))
  const plan = checked(Planned, written, place('plan.json'))
  const record = checked(
    Recorded,
    parsed(text('build.json'), place('build.json')),
    place('build.json'),
  )
  if (record.name !== plan.name)
    throw new UserError(
      `${place('build.json')} name: is ${record.name}, and plan.json beside it is of ${plan.name}; ${ANEW}`,
    )
  const file = `${plan.name}.img`
  const image = factsOf(record, file, place('build.json'))
  const found = statOf(join(folder, file))
  if (found === undefined) throw new UserError(`${place(file)}: the image is not there; ${ANEW}`)
  if (found.size !== image.bytes)
    throw new UserError(
      `${place(file)}: has ${found.size} bytes, and build.json says ${image.bytes}; ${ANEW}`,
    )
  const lock = text('packages.lock')
  const sum = createHash('sha256').update(lock).digest('hex')
  if (sum !== factsOf(record, 'packages.lock', place('build.json')).sha256)
    throw new UserError(
      `${place('packages.lock')}: is not the one that build.json has the sha256 of; ${ANEW}`,
    )
  const packages = lock
    .split('\n')
    .filter(Boolean)
    .map((line, i) => lockedOf(line, `${place('packages.lock')}:${i + 1}`))
  return { folder, name: plan.name, plan, record, packages, image, written }
}

/** A word without a slash is a name, unless there is such a folder here. */
function folderOf(given: string, images: string): string {
  const here = resolvePath(given)
  const isName = basename(given) === given && given !== '.' && given !== '..'
  return isName && statOf(here)?.isDirectory() !== true ? join(images, given) : here
}

const statOf = (path: string): ReturnType<typeof statSync> | undefined => {
  try {
    return statSync(path)
  } catch {
    return undefined // a folder that may not be read, a name that is too long: it is not there for us
  }
}

function factsOf(record: Build['record'], file: string, place: string): Build['image'] {
  const facts = Object.hasOwn(record.files, file) ? record.files[file] : undefined
  if (facts === undefined) throw new UserError(`${place} files: has no ${file}; ${ANEW}`)
  return facts
}

function textOf(path: string, place: string): string {
  const wrong = (what: string): UserError => new UserError(`${place}: ${what}; ${ANEW}`)
  const file = openNamed(path, wrong)
  try {
    const { size } = fstatSync(file)
    if (size > MOST)
      throw wrong(`has ${size} bytes, and a build writes at most ${MOST}: this is another file`)
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw error instanceof UserError ? error : wrong(whyNotOpened(error))
  } finally {
    closeSync(file)
  }
}

function parsed(text: string, place: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new UserError(`${place}: it is no JSON; ${ANEW}`)
  }
}

function checked<Shape extends z.ZodType>(
  shape: Shape,
  value: unknown,
  place: string,
): z.output<Shape> {
  const result = shape.safeParse(value)
  if (result.success) return result.data
  const { path, message } = result.error.issues[0]!
  const where = path.length === 0 ? '' : ` ${visible(path.map(String).join('.'))}`
  throw new UserError(`${place}${where}: ${visible(message)}; ${ANEW}`)
}

function lockedOf(line: string, place: string): Build['packages'][number] {
  const [name, version, architecture, sha256, bytes] = line.split(' ')
  return checked(Locked, { name, version, architecture, sha256, bytes }, place)
}
