import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { crossPrefix } from '../../lib/plan/instructions.ts'
import { defineStage } from '../../lib/engine/run/stage.ts'
import { compiler } from '../../stages/compiler.ts'
import { toolbox } from '../../stages/toolbox.ts'
import { root } from '../downbeat.ts'

const script = (path: string): string => readFileSync(join(root, 'stages', path), 'utf8')

/** What our programs are linked with beside the libraries of the compiler, by name of its source. */
const sources = [
  {
    name: 'yaml',
    path: 'pool/main/liby/libyaml/libyaml_0.2.5.orig.tar.gz',
    sha256: 'fa240dbf262be053f3898006d502d514936c818e422afdcf33921c63bed9bf2e',
  },
  {
    name: 'nettle',
    path: 'pool/main/n/nettle/nettle_3.10.1.orig.tar.gz',
    sha256: 'b0fcdd7fc0cdea6e80dcf1dd85ba794af0d5b4a57e26397eee3bc193272d9132',
  },
  {
    name: 'alsa',
    path: 'pool/main/a/alsa-lib/alsa-lib_1.2.14.orig.tar.bz2',
    sha256: 'be9c88a0b3604367dd74167a2b754a35e142f670292ae47a2fdef27a2ee97a32',
  },
  {
    name: 'db',
    path: 'pool/main/d/db5.3/db5.3_5.3.28+dfsg2.orig.tar.xz',
    sha256: 'ad41b507415dec8316e828b2230242af2251d2c86eefa3c7aa9ef47c5239ef33',
  },
]

/**
 * The C library, the C++ library and the others that our programs run with, for ARMv6: a stand-in
 * for those of Raspbian, by the same upstream sources. See armv6-library/make.sh.
 */
export const armv6Library = defineStage({
  name: 'armv6-library',
  about: 'Make the C library and what else our programs need for ARMv6',
  source: import.meta.url,
  needs: { toolbox, compiler },
  outputs: { root: 'root' },
  given: (plan) =>
    plan.compiler && {
      ...plan.compiler,
      sources,
      scripts: {
        'sources.sh': script('compiler/sources.sh'),
        'libgcc.sh': script('compiler/libgcc.sh'),
        'fetch.sh': script('jack/fetch.sh'),
      },
    },
  network: true,
  keeps: ['sources', 'ccache'],
  async run({ given, from, out, work, own, kept, settings, $ }) {
    const triplet = crossPrefix[given.arch].slice(0, -1)
    for (const [name, text] of Object.entries(given.scripts)) writeFileSync(`${work}/${name}`, text)
    for (const { name, path, sha256 } of given.sources) {
      const tarball = `${kept.sources}/${basename(path)}`
      const refused =
        await $.text`bash fetch.sh ${path} ${sha256} ${tarball} ${import.meta.filename}`
      if (refused !== '') throw new Error(refused)
      await $`mkdir ${name}
        tar -xf ${tarball} -C ${name} --strip-components=1 --no-same-owner`
    }
    await $`export PATH=${from.compiler!.bin}:/usr/lib/ccache:$PATH
      export CCACHE_DIR=${kept.ccache} CCACHE_TEMPDIR=/tmp CCACHE_NOHASHDIR=1
      bash ${own}/make.sh ${triplet} ${out.root} ${settings.jobs}`
  },
})
