import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineStage } from '../../lib/engine/run/stage.ts'
import { toolbox } from '../../stages/toolbox.ts'
import { root } from '../session/session.ts'

/** GiB that it needs at most: the image packed, unpacked, as a tar, as a tree and rebuilt. */
export const unpackingGib = 10

/**
 * What is measured: seconds to take an image of 3 GB apart and to put it together again, and to do
 * the least that can be done.
 */
export interface Unpacking {
  plain: number
  unpack: number
  rebuild: number
}

/**
 * An image of 3 GB in the form that systems are published in, of the toolbox's own files, taken
 * apart as the base stage does it and rebuilt as the image stage does; and, on the same disk in the
 * same minutes, `xz -dc` and one copy of what comes of it.
 */
export const unpacking = defineStage({
  name: 'unpacking',
  about: 'Make an image of 3 GB, take it apart and put it together again',
  source: import.meta.url,
  needs: { toolbox },
  outputs: { seconds: 'seconds.json' },
  given: () =>
    ['unpack.sh', 'ext2tar.c'].map((path) => ({
      path,
      text: readFileSync(join(root, 'stages/base', path), 'utf8'),
    })),
  async run({ given, out, work, own, progress, $ }) {
    for (const { path, text } of given) writeFileSync(`${work}/${path}`, text)
    const timed = async (what: string, run: () => Promise<void>): Promise<number> => {
      progress(what)
      await $`sync -f .` // what was written before is not written at its cost
      const started = performance.now()
      await run()
      return (performance.now() - started) / 1000
    }
    progress('making an image of 3 GB')
    await $`bash ${own}/make-image.sh`
    const plain = await timed(
      'xz -dc and one copy',
      () => $`xz -dc -T0 image.xz >raw; cp --sparse=never --reflink=never raw copy`,
    )
    await $`rm raw copy`
    const unpack = await timed(
      'taking it apart',
      () =>
        $`IMAGE=$PWD/image.xz WORK=$PWD/scratch OUT=$PWD LIMIT=${2 ** 34} LIMIT_SETTING=- bash ./unpack.sh`,
    )
    const rebuild = await timed(
      'rebuilding it',
      () => $`mkdir tree; tar -xpf tree.tar -C tree --numeric-owner --acls --xattrs --xattrs-include='*'
        mke2fs -q -F -t ext4 -E lazy_itable_init=0,lazy_journal_init=0,nodiscard,root_owner=0:0 -d tree rebuilt 2600M`,
    )
    const seconds: Unpacking = { plain, unpack, rebuild }
    writeFileSync(out.seconds, JSON.stringify(seconds))
  },
})
