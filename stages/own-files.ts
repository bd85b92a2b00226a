import {
  chmodSync,
  constants,
  copyFileSync,
  lutimesSync,
  mkdirSync,
  readlinkSync,
  symlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '../lib/common/files/sha256.ts'
import { UserError } from '../lib/common/words/errors.ts'
import { defineStage } from '../lib/engine/run/stage.ts'

/** files/ of somebody's own folder, as it was when the plan was made. */
export const ownFiles = defineStage({
  name: 'own-files',
  about: 'Take the files of your own folder',
  source: import.meta.url,
  personal: () => true,
  needs: {},
  outputs: { files: 'files' },
  given: ({ own, image }) => {
    const { files = [] } = own?.content ?? {}
    return files.length === 0 ? undefined : { files, epoch: image.epoch }
  },
  async run({ given, out, yours }) {
    mkdirSync(out.files)
    const all = given.files.map((file) => ({ ...file, to: join(out.files, file.path) }))
    const changed = (path: string): UserError =>
      new UserError(`files/${path}: was changed since it was looked at; run the same command again`)
    for (const { to, ...file } of all) if (file.kind === 'folder') mkdirSync(to)
    for (const { to, ...file } of all) {
      const from = join(yours!, 'files', file.path)
      if (file.kind === 'file') {
        copyFileSync(from, to, constants.COPYFILE_FICLONE)
        chmodSync(to, file.mode)
        if ((await sha256(to)) !== file.sha256) throw changed(file.path)
      }
      if (file.kind === 'link') {
        if (readlinkSync(from) !== file.target) throw changed(file.path)
        symlinkSync(file.target, to)
      }
    }
    // the innermost first: what is put into a folder changes its time
    for (const { to, ...file } of all.toReversed()) {
      if (file.kind === 'folder') chmodSync(to, file.mode)
      lutimesSync(to, given.epoch, given.epoch)
    }
  },
})
