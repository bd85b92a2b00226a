import { constants, copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '../lib/common/files/sha256.ts'
import { UserError } from '../lib/common/words/errors.ts'
import { defineStage } from '../lib/engine/run/stage.ts'

/** packages/ of somebody's own folder, as it was when the plan was made. */
export const ownDebs = defineStage({
  name: 'own-debs',
  about: 'Take the packages of your own folder',
  source: import.meta.url,
  personal: () => true,
  needs: {},
  outputs: { debs: 'debs' },
  given: ({ own }) => {
    const { debs = [] } = own?.content ?? {}
    return debs.length === 0 ? undefined : debs.map(({ file, sha256: sum }) => ({ file, sum }))
  },
  async run({ given, out, yours }) {
    mkdirSync(out.debs)
    for (const { file, sum } of given) {
      const to = join(out.debs, file)
      copyFileSync(join(yours!, 'packages', file), to, constants.COPYFILE_FICLONE)
      if ((await sha256(to)) !== sum)
        throw new UserError(
          `packages/${file}: was changed since it was looked at; run the same command again`,
        )
    }
  },
})
