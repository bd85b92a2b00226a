import { lstatSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { nameOf } from '../../common/files/file-name.ts'
import { textOf } from '../../common/files/text-files.ts'
import { UserError } from '../../common/words/errors.ts'
import type { Looked } from './folder.ts'

/** What a hook works on: the root file system, or the boot partition. */
const STEPS = ['root', 'boot'] as const

/** A script of somebody's own. */
export interface Hook {
  on: (typeof STEPS)[number]
  text: string
  /** its whole path */
  file: string
}

/** hooks/root and hooks/boot: each begins with #! and may be run. */
export function ownHooks({ folder, root, mistakes }: Looked): Hook[] {
  const dir = join(folder, 'hooks')
  if (lstatSync(dir, { throwIfNoEntry: false }) === undefined) return []
  return readdirSync(dir)
    .sort()
    .flatMap((name): Hook[] => {
      const place = nameOf(join(dir, name), root)
      const on = STEPS.find((step) => step === name)
      if (/^README(\.md)?$/.test(name)) return []
      try {
        if (on === undefined)
          throw new UserError(`${place}: there is no such hook: expected hooks/root or hooks/boot`)
        const text = textOf(join(dir, name), root)
        if (!/^#!\s*\//.test(text))
          throw new UserError(`${place}:1:1 expected #!/bin/bash or the like in the first line`)
        if ((statSync(join(dir, name)).mode & 0o100) === 0)
          throw new UserError(`${place}: may not be run: chmod +x ${place}`)
        return [{ on, text, file: join(dir, name) }]
      } catch (error) {
        if (!(error instanceof UserError)) throw error
        mistakes.push(error.message)
        return []
      }
    })
}
