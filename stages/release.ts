import { writeFileSync } from 'node:fs'
import { blockMap } from '../lib/common/disk/write-bmap.ts'
import { disk, offsetOf } from '../lib/common/disk/layout.ts'
import { defineStage } from '../lib/engine/run/stage.ts'
import { ext4Extents, fatExtents } from '../lib/common/disk/used-extents.ts'
import { image } from './image.ts'
import { toolbox } from './toolbox.ts'

/**
 * What is given to others: the disk image packed, and its block map. The papers beside them
 * (SHA256SUMS, what is in it, Raspberry Pi Imager's manifest) are made when it is published, of the
 * hashes that the cache has of these.
 */
export const release = defineStage({
  name: 'release',
  about: 'Pack the disk image for release, and map what of it has to be written',
  source: import.meta.url,
  needs: { toolbox, image },
  outputs: { xz: 'disk.img.xz', zst: 'disk.img.zst', bmap: 'disk.bmap' },
  given: () => ({}),
  async run({ from, out, own, settings, $ }) {
    // Unlike mke2fs and debugfs, dumpe2fs takes no offset.
    const dumpe2fs =
      await $.text`dd if=${from.image.disk} of=root.ext4 bs=4M iflag=skip_bytes skip=${offsetOf(disk.root)} conv=sparse status=none
      dumpe2fs root.ext4 2>/dev/null
      rm root.ext4`
    const used = [
      // An older partition table or boot loader of the card lies before the first partition.
      { start: 0, end: offsetOf(disk.boot) },
      ...fatExtents(from.image.disk, offsetOf(disk.boot)),
      ...ext4Extents(dumpe2fs, offsetOf(disk.root)),
    ]
    writeFileSync(out.bmap, await blockMap(from.image.disk, used))
    await $`bash ${own}/pack.sh ${from.image.disk} ${out.xz} ${out.zst} ${settings.jobs}`
  },
})
