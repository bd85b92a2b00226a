import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { render, renderSoundcards } from './configure/render.ts'
import { tarOf } from './configure/tar.ts'
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
  async run({ given, out }) {
    const rendered = [...render(given), ...renderSoundcards(given)]
    const of = (partition: 'boot' | 'root') => rendered.filter(({ where }) => where === partition)
    for (const { path, text, executable } of of('boot')) {
      const file = join(out.boot, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
      chmodSync(file, executable ? 0o755 : 0o644)
    }
    writeFileSync(out.root, await tarOf(of('root'), given.epoch))
  },
})
