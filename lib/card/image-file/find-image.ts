import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { UserError } from '../../common/words/errors.ts'

/** In this order: what need not be unpacked is quickest. */
const endings = ['.img', '.img.zst', '.img.xz']

/**
 * The image that is meant by a path: the file itself, or the one in a folder as a build leaves it.
 * UserError for none, or many.
 */
export function findImage(path: string): string {
  if (!existsSync(path))
    throw new UserError(`${path}: there is no such file (./downbeat build makes out/images/<name>)`)
  if (!statSync(path).isDirectory()) {
    if (!statSync(path).isFile())
      throw new UserError(`${path}: this is no file; the image comes first, and then the disk`)
    if (path.endsWith('.bmap'))
      throw new UserError(
        `${path}: this is the map of an image; name the image, the map is found beside it`,
      )
    return path
  }
  const there = readdirSync(path)
  const name = basename(path.replace(/\/+$/, ''))
  const named = endings.map((ending) => `${name}${ending}`).find((file) => there.includes(file))
  if (named !== undefined) return join(path, named)
  for (const ending of endings) {
    const [one, ...more] = there.filter((file) => file.endsWith(ending)).sort()
    if (one === undefined) continue
    if (more.length > 0)
      throw new UserError(
        `${path}: there are several images in it (${[one, ...more].join(', ')}): name one`,
      )
    return join(path, one)
  }
  throw new UserError(
    `${path}: there is no image in it (${endings.join(', ')}); ./downbeat build makes one`,
  )
}
