import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineStage } from '../../lib/engine/run/stage.ts'
import { image } from '../../stages/image.ts'
import { release } from '../../stages/release.ts'
import { toolbox } from '../../stages/toolbox.ts'
import { root } from '../downbeat.ts'

/**
 * The release of an image, unpacked, packed again and written by its map to a card that was full of
 * something else: see released/check.sh.
 */
export const released = defineStage({
  name: 'released',
  about: 'Unpack the release, and write it to a card with bmaptool',
  source: import.meta.url,
  needs: { toolbox, image, release },
  outputs: { said: 'said' },
  given: () => readFileSync(join(root, 'stages/release/pack.sh'), 'utf8'),
  network: true, // bmaptool and fsck.fat are for this test only
  async run({ given, from, out, work, own, $ }) {
    writeFileSync(`${work}/pack.sh`, given)
    await $`bash ${own}/check.sh ${own} ${from.image.disk} ${from.release.xz} ${from.release.zst} ${from.release.bmap} >${out.said}`
  },
})
