import { existsSync, realpathSync, statSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { UserError } from '../../lib/common/words/errors.ts'
import { visible } from '../../lib/common/words/visible.ts'
import { root } from './session.ts'

/**
 * The folder of somebody's own whose boards/, tunings/, templates/ and so on lie over ours: the one
 * that -C names, otherwise that of the file of choices, or the one above it where that has an
 * image.yaml. undefined: the choices are those of this repository, or lie in a folder that is full of
 * other things.
 */
export function ownFolder(file: string, directory: string | undefined): string | undefined {
  if (directory !== undefined) return notOurs(folderNamed(directory))
  const its = dirname(resolve(file))
  const above = dirname(its)
  const full = new Set(['/', '/tmp', homedir(), tmpdir()].map(real))
  const ofAbove = !isFile(join(its, 'image.yaml')) && isFile(join(above, 'image.yaml'))
  const folder = ofAbove && !full.has(real(above)) ? above : its
  return full.has(real(folder)) ? undefined : notOurs(folder)
}

const real = (path: string): string => (existsSync(path) ? realpathSync(path) : path)

/** The folder that -C names. UserError where it is none. */
export function folderNamed(directory: string): string {
  const folder = resolve(directory)
  if (directory === '' || statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new UserError(`-C ${visible(directory)}: there is no such folder`)
  return folder
}

const isFile = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() === true

/** Of the folders of this repository only one with an image.yaml is somebody's, such as an example. */
function notOurs(folder: string): string | undefined {
  const below = relative(real(root), real(folder))
  const outside = below === '..' || below.startsWith('../')
  return outside || (below !== '' && isFile(join(folder, 'image.yaml'))) ? folder : undefined
}
