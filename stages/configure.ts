import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { render, renderSoundcards } from './configure/render.ts'
import { defineStage } from '../lib/engine/run/stage.ts'

/**
 * Every text of the image that comes from a template: what makes one variant differ from another.
 */
export const configure = defineStage({
  name: 'configure',
  about: 'Render config.txt, cmdline.txt, alsa-base.conf and the rest from their templates',
  source: import.meta.url,
  needs: {},
  outputs: { boot: 'boot', root: 'root.tar' },
  given: (plan) => ({ ...plan.configure, epoch: plan.image.epoch }),
  async run({ given, out, work }) {
    const folder = { boot: out.boot, root: `${work}/root` }
    for (const dir of Object.values(folder)) mkdirSync(dir)
    const rendered = [...render(given), ...renderSoundcards(given)]
    for (const { where, path, text, executable } of rendered) {
      const file = join(folder[where], path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
      chmodSync(file, executable ? 0o755 : 0o644)
    }
    const { create } = await import('tar')
    // Without owners (portable): whoever unpacks it owns it, and that is root of a namespace.
    await create(
      { file: out.root, cwd: folder.root, portable: true, mtime: new Date(given.epoch * 1000) },
      rendered
        .filter(({ where }) => where === 'root')
        .map(({ path }) => path)
        .sort(),
    )
  },
})
