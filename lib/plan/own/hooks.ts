import { statSync } from 'node:fs'
import { join } from 'node:path'
import { nameOf } from '../../common/files/file-name.ts'
import { textOf } from '../../common/files/text-files.ts'
import { UserError } from '../../common/words/errors.ts'
import type { Looked } from './folder.ts'
import { namesIn } from './names.ts'

/** What a hook works on: the root file system, or the boot partition. */
const STEPS = ['root', 'boot'] as const

/** A script of somebody's own. */
export interface Hook {
  on: (typeof STEPS)[number]
  text: string
}

/** hooks/root and hooks/boot: each begins with #! and may be run. */
export function ownHooks(from: Looked): Hook[] {
  const dir = join(from.folder, 'hooks')
  return namesIn(dir, from).flatMap((name): Hook[] => {
    const place = nameOf(join(dir, name), from.root)
    const on = STEPS.find((step) => step === name)
    if (/^README(\.md)?$/.test(name)) return []
    try {
      if (on === undefined)
        throw new UserError(`${place}: there is no such hook: expected hooks/root or hooks/boot`)
      const text = textOf(join(dir, name), from.root)
      if (!/^#!\s*\//.test(text))
        throw new UserError(`${place}:1:1 expected #!/bin/bash or the like in the first line`)
      if (/^[^\n]*\r/.test(text))
        throw new UserError(
          `${place}:1:1 its lines end as those of Windows, which Linux takes for a part of the name of the program: dos2unix ${place}`,
        )
      if ((statSync(join(dir, name)).mode & 0o100) === 0)
        throw new UserError(`${place}: may not be run: chmod +x ${place}`)
      return [{ on, text }]
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      from.mistakes.push(error.message)
      return []
    }
  })
}
