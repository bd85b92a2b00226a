import { chmodSync, constants, copyFileSync, lutimesSync, mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { sha256 } from '../lib/common/files/sha256.ts'
import { UserError } from '../lib/common/words/errors.ts'
import { defineStage } from '../lib/engine/run/stage.ts'

/** Files and packages of somebody's own folder, as they were when the plan was made. */
export const own = defineStage({
  name: 'own',
  about: 'Take the files and packages of your own folder',
  source: import.meta.url,
  needs: {},
  outputs: { files: 'files', debs: 'debs' },
  given: ({ own, image }) => {
    if (own?.content === undefined) return undefined
    const { folder, files, debs } = own.content
    return files.length + debs.length === 0
      ? undefined
      : {
          folder,
          files,
          debs: debs.map(({ file, sha256 }) => ({ file, sha256 })),
          epoch: image.epoch,
        }
  },
  async run({ given, out }) {
    mkdirSync(out.files)
    mkdirSync(out.debs)
    const copy = async (from: string, to: string, sum: string): Promise<void> => {
      mkdirSync(dirname(to), { recursive: true })
      copyFileSync(from, to, constants.COPYFILE_FICLONE)
      if ((await sha256(to)) !== sum)
        throw new UserError(
          `${from}: was changed since it was looked at; run the same command again`,
        )
    }
    for (const { file, sha256: sum } of given.debs)
      await copy(join(given.folder, 'packages', file), join(out.debs, file), sum)
    for (const file of given.files) {
      const to = join(out.files, file.path)
      if ('link' in file) {
        mkdirSync(dirname(to), { recursive: true })
        symlinkSync(file.link, to)
      } else {
        await copy(join(given.folder, 'files', file.path), to, file.sha256)
        chmodSync(to, file.mode)
      }
      lutimesSync(to, given.epoch, given.epoch)
    }
  },
})
