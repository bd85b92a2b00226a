import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
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
  given: () => ({
    programs: ['base/unpack.sh', 'base/ext2tar.c', 'image/disk.sh'].map((path) => ({
      path: basename(path),
      text: readFileSync(join(root, 'stages', path), 'utf8'),
    })),
    cases: globSync('test/cases/*/*.img.xz', { cwd: root }).map((path) => ({
      name: basename(path),
      base64: readFileSync(join(root, path), 'base64'),
    })),
  }),
  async run({ given, out, work, own, $ }) {
    for (const { path, text } of given.programs) writeFileSync(`${work}/${path}`, text)
    mkdirSync(`${work}/cases`)
    for (const { name, base64 } of given.cases)
      writeFileSync(`${work}/cases/${name}`, Buffer.from(base64, 'base64'))
    await $`unxz cases/*.xz
      mkdir scratch
      cd scratch
      bash ${own}/check.sh ${work} >${out.said}`
  },
})
