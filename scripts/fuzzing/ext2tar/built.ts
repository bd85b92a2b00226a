import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { defineStage } from '../../../lib/engine/run/stage.ts'
import { fuzzers } from '../../../stages/fuzzers.ts'
import { root } from '../../session/session.ts'

const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')

/** The program, compiled for the fuzzer, and file systems to begin from: good ones, and all cases. */
export const built = defineStage({
  name: 'fuzzed-ext2tar',
  about: 'Compile ext2tar and libext2fs for the fuzzer',
  source: import.meta.url,
  needs: { fuzzers },
  outputs: { program: 'ext2tar', seeds: 'seeds' },
  given: () => ({
    program: textOf('stages/base/ext2tar.c'),
    scripts: ['compile.sh', 'seeds.sh'].map((name) => textOf(`scripts/fuzzing/ext2tar/${name}`)),
    cases: globSync('test/cases/*/ext4-*.img.xz', { cwd: root }).map((path) => ({
      name: basename(path),
      base64: readFileSync(join(root, path), 'base64'),
    })),
  }),
  network: true,
  async run({ given, out, work, settings, $ }) {
    writeFileSync(`${work}/ext2tar.c`, given.program)
    for (const [i, text] of given.scripts.entries()) writeFileSync(`${work}/${i}.sh`, text)
    mkdirSync(out.seeds)
    for (const { name, base64 } of given.cases)
      writeFileSync(`${out.seeds}/${name}`, Buffer.from(base64, 'base64'))
    await $`bash 0.sh ${work}/ext2tar.c ${out.program} ${settings.jobs}
      bash 1.sh ${out.seeds}
      unxz ${out.seeds}/*.xz`
  },
})
