import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { UserError } from '../lib/common/words/errors.ts'
import { applyPatches } from './steps/patches.ts'
import { defineStage } from '../lib/engine/run/stage.ts'
import { compiler } from './compiler.ts'
import { toolbox } from './toolbox.ts'

/**
 * Debian packages of JACK1 and JACK2 for the target: upstream's source, our patches, our packaging
 * without D-Bus.
 */
export const jack = defineStage({
  name: 'jack',
  about: 'Compile the packages of JACK1 and JACK2, without D-Bus',
  source: import.meta.url,
  shared: true,
  needs: { toolbox, compiler },
  outputs: { packages: 'packages' },
  given: (plan) => plan.jack,
  network: true,
  keeps: ['sources', 'ccache'],
  async run({ given, from, out, work, own, kept, settings, $ }) {
    const before = from.compiler === undefined ? '' : `${from.compiler.bin}:`
    await $`mkdir ${out.packages}`
    for (const { id, orig, files, patches } of given.sources) {
      const tarball = `${kept.sources}/${basename(orig.path)}`
      const debian = `${work}/${id}/debian`
      const refused =
        await $.text`bash ${own}/fetch.sh ${orig.path} ${orig.sha256} ${tarball} ${`packages/${id}.yaml`}`
      if (refused !== '') throw new UserError(refused)
      await $`mkdir ${id}
        tar -xf ${tarball} -C ${id} --strip-components=1 --no-same-owner`
      await applyPatches($, patches, id, work)
      for (const file of files) {
        mkdirSync(dirname(join(debian, file.path)), { recursive: true })
        writeFileSync(join(debian, file.path), file.text, { mode: file.executable ? 0o755 : 0o644 })
      }
      // In the sandbox's own /tmp the paths that the compiler sees are the same for everybody.
      await $`cp -a ${id} /tmp/${id}
        export PATH=${before}/usr/lib/ccache:$PATH CCACHE_DIR=${kept.ccache} CCACHE_TEMPDIR=/tmp CCACHE_NOHASHDIR=1
        export DEB_BUILD_OPTIONS=${`nocheck noautodbgsym parallel=${settings.jobs}`} DEB_BUILD_PROFILES='nocheck cross'
        unset SOURCE_DATE_EPOCH # that of the changelog
        cd /tmp/${id}
        dpkg-buildpackage --host-arch ${given.arch} --build=any --no-sign
        mv /tmp/*.deb ${out.packages}`
    }
  },
})
