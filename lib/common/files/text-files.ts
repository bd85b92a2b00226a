import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { UserError } from '../words/errors.ts'

/**
 * A file of the repository as the plan holds it: `path` below the folder, its text, whether it is a
 * program.
 */
export interface TextFile {
  path: string
  text: string
  executable: boolean
}

/** Every file below a folder, sorted by path. */
export function filesBelow(root: string, folder: string): TextFile[] {
  const dir = join(root, folder)
  if (!existsSync(dir)) return []
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((found) => found.isFile())
    .map((found) => join(found.parentPath, found.name))
    .sort()
    .map((file) => ({
      path: relative(dir, file),
      text: readFileSync(file, 'utf8'),
      executable: (statSync(file).mode & 0o100) !== 0,
    }))
}

/** The text of a file; UserError where there is none. */
export function textOf(file: string, root: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw new UserError(`${relative(root, file)}: there is no such file`)
  }
}
