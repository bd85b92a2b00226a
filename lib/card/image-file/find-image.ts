import { readdirSync, statSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { basename, join } from 'node:path'
import { mustBeFile, whyNotOpened } from '../../common/files/named.ts'
import { UserError } from '../../common/words/errors.ts'
import { visible } from '../../common/words/visible.ts'

/** In this order: what need not be unpacked is quickest. */
const endings = ['.img', '.img.zst', '.img.xz']

/**
 * The image that is meant by a path: the file itself, or the one in a folder as a build leaves it.
 * UserError for none, or many.
 */
export function findImage(path: string): string {
  const told = visible(path) // a line end in a name is no line of the message
  const found = statOf(path, told)
  if (!found.isDirectory()) {
    if (!found.isFile())
      throw new UserError(`${told}: this is no file; the image comes first, and then the disk`)
    if (path.endsWith('.bmap'))
      throw new UserError(
        `${told}: this is the map of an image; name the image, the map is found beside it`,
      )
    mustBeFile(path, (what) => new UserError(`${told}: ${what}`))
    return path
  }
  const there = namesIn(path, told)
  const name = basename(path.replace(/\/+$/, ''))
  const named = endings.map((ending) => `${name}${ending}`).find((file) => there.includes(file))
  if (named !== undefined) return join(path, named)
  for (const ending of endings) {
    const [one, ...more] = there.filter((file) => file.endsWith(ending)).sort()
    if (one === undefined) continue
    if (more.length > 0)
      throw new UserError(
        `${told}: there are several images in it (${[one, ...more].map(visible).join(', ')}): name one`,
      )
    return join(path, one)
  }
  throw new UserError(
    `${told}: there is no image in it (${endings.join(', ')}); ./downbeat build makes one`,
  )
}

function statOf(path: string, told: string): Stats {
  try {
    return statSync(path)
  } catch (error) {
    const known = (error as NodeJS.ErrnoException).code === 'ENOENT'
    const more = known ? ' (./downbeat build makes out/images/<name>)' : ''
    throw new UserError(`${told}: ${whyNotOpened(error)}${more}`)
  }
}

function namesIn(path: string, told: string): string[] {
  try {
    return readdirSync(path)
  } catch (error) {
    throw new UserError(`${told}: ${whyNotOpened(error)}`)
  }
}
