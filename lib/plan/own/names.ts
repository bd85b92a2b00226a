import { lstatSync, readdirSync, statSync } from 'node:fs'
import { nameOf } from '../../common/files/file-name.ts'
import { whyNotOpened } from '../../common/files/named.ts'
import { UserError } from '../../common/words/errors.ts'

/** Where something is looked for, and where what is wrong with it is said. */
interface Looked {
  root: string
  mistakes: string[]
}

/** The names in a folder of somebody's own, sorted; none where there is no such folder. */
export function namesIn(folder: string, { root, mistakes }: Looked): string[] {
  try {
    return namesOf(folder, root)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    mistakes.push(error.message)
    return []
  }
}

/** The same. Throws UserError where it is no folder, or may not be read. */
export function namesOf(folder: string, root: string): string[] {
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) return []
  const no = (what: string): UserError => new UserError(`${nameOf(folder, root)}: ${what}`)
  try {
    if (!statSync(folder).isDirectory()) throw no('is no folder')
    return readdirSync(folder).sort()
  } catch (error) {
    throw error instanceof UserError ? error : no(whyNotOpened(error))
  }
}
