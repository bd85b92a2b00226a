import { UserError } from '../../common/words/errors.ts'
import { firstOf } from '../../common/words/together.ts'
import type { BaseData } from '../schema/base.ts'
import { ownDebs } from './debs.ts'
import type { OwnDeb } from './debs.ts'
import { filesToLay } from './files.ts'
import type { OwnFile } from './files.ts'
import { ownHooks } from './hooks.ts'
import type { Hook } from './hooks.ts'

/** What somebody's own folder brings into an image beside its data. */
export interface OwnContent {
  /** its whole path */
  folder: string
  /** of files/: laid as they are */
  files: OwnFile[]
  /** of packages/: installed */
  debs: OwnDeb[]
  /** of hooks/: run on the root and on the boot partition before they are packed */
  hooks: Hook[]
}

/** What an image has anyway. */
export interface Given {
  arch: BaseData['arch']
  /** paths in it that are rendered from templates */
  made: ReadonlySet<string>
  /** names of the packages that are compiled here */
  compiled: ReadonlySet<string>
}

/**
 * What a folder of somebody's own brings into an image; undefined: nothing. Throws UserError with all
 * that is wrong in it.
 */
export function ownContent(folder: string, root: string, image: Given): OwnContent | undefined {
  const mistakes: string[] = []
  const from = { folder, root, mistakes }
  const files = filesToLay(from, image.made)
  const debs = ownDebs(from, image)
  const hooks = ownHooks(from)
  if (mistakes.length > 0) throw new UserError(firstOf(mistakes).join('\n'))
  return files.length + debs.length + hooks.length === 0
    ? undefined
    : { folder, files, debs, hooks }
}

/** Where a part of it is looked for, and where what is wrong with it is said. */
export interface Looked {
  folder: string
  /** the repository, from which messages call files */
  root: string
  mistakes: string[]
}
