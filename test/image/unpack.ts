import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineStage } from '../../lib/engine/run/stage.ts'
import { toolbox } from '../../stages/toolbox.ts'
import { root } from '../downbeat.ts'

/**
 * Images of many kinds, good and bad, unpacked by stages/base/unpack.sh: what came of each, a line
 * an answer. See unpack/check.sh.
 */
export const unpacked = defineStage({
  name: 'unpacked',
  about: 'Unpack images of many kinds',
  source: import.meta.url,
  needs: { toolbox },
  outputs: { said: 'said' },
  given: () =>
    ['unpack.sh', 'ext2tar.c'].map((path) => ({
      path,
      text: readFileSync(join(root, 'stages/base', path), 'utf8'),
    })),
  async run({ given, out, work, own, $ }) {
    for (const { path, text } of given) writeFileSync(`${work}/${path}`, text)
    await $`mkdir scratch
      cd scratch
      bash ${own}/check.sh ${work} >${out.said}`
  },
})
