import { writeFileSync } from 'node:fs'
import { mirrored } from '../lib/mirrors.ts'
import { UserError } from '../lib/errors.ts'
import { applyPatches } from '../lib/patches.ts'
import { defineStage } from '../lib/stage.ts'
import { toolbox } from './toolbox.ts'

/** Our own kernel, from a source package of Debian or from one commit of a git repository. */
export const kernel = defineStage({
  name: 'kernel',
  about: 'Compile a PREEMPT_RT kernel without frequency scaling',
  source: import.meta.url,
  needs: { toolbox },
  outputs: {
    image: 'kernel.img',
    modules: 'modules.tar',
    device_trees: 'dtbs',
    overlays: 'overlays',
    config: 'config',
    release: 'release',
  },
  given: (plan) => plan.kernel,
  network: true,
  keeps: ['sources', 'ccache'],
  async run({ given, out, work, own, kept, settings, $ }) {
    const { build } = given
    const tree = `${work}/linux`
    const fragments = `${work}/fragments.config`
    const asked = [...given.fragments.map(({ text }) => text), ...given.options.map(({ text, by }) => `# ${by}\n${text}\n`)]
    writeFileSync(fragments, asked.join('\n'))

    const { source } = given
    if (source.kind === 'debian') {
      await $`bash ${own}/fetch-debian.sh ${tree} ${kept.sources} ${source.package} ${given.series} ${given.suite} ${settings.jobs} ${source.patch_series}`
    } else {
      await $`bash ${own}/fetch-git.sh ${tree} ${kept.sources} ${mirrored(source.url, settings.network.mirrors)} ${source.commit}`
    }
    const version = await $.text`make --silent --directory=${tree} kernelversion`
    if (!version.startsWith(`${given.series}.`))
      throw new UserError(`kernel/${given.name}.yaml series: expected ${given.series}, and the source is ${version}`)
    const patches = given.patches.map(({ path, text, executable }) => ({ path: `kernel/patches/${path}`, text, executable }))
    await applyPatches($, patches, tree, work)

    // Built inside the source tree all paths the compiler sees are relative: the same bytes come out, and the compiler
    // cache hits, wherever the tree lies.
    const make = ['make', '--silent', `--jobs=${settings.jobs}`, `ARCH=${build.kernel_arch}`, `CROSS_COMPILE=${build.cross_compile}`]
    make.push(`CC=ccache ${build.cross_compile}gcc`, 'HOSTCC=ccache gcc', 'KBUILD_BUILD_USER=downbeat', 'KBUILD_BUILD_HOST=downbeat')
    make.push('KBUILD_BUILD_VERSION=1', `KBUILD_BUILD_TIMESTAMP=${new Date(given.epoch * 1000).toUTCString()}`)
    const ccache = [`CCACHE_DIR=${kept.ccache}`, 'CCACHE_DEPEND=1', 'CCACHE_NOHASHDIR=1', 'CCACHE_TEMPDIR=/tmp']

    // What the fragments do not ask for is off, or as the defconfig has it; what they ask for must come true.
    const configure = build.defconfig === undefined ? ['allnoconfig'] : [build.defconfig]
    await $`cd ${tree}
      env ${ccache} KCONFIG_ALLCONFIG=${fragments} ${make} ${configure}
      [ ${configure} = allnoconfig ] || { cat ${fragments} >>.config; env ${ccache} ${make} olddefconfig; }
      find . -name 'Kconfig*' -exec sed -nE 's/^[[:space:]]*(menu)?config[[:space:]]+([A-Za-z0-9_]+).*/CONFIG_\2/p' {} + >../options
      awk -f ${own}/check-config.awk ../options .config ${fragments} >&2`

    const trees = `arch/${build.kernel_arch}/boot/dts`
    await $`cd ${tree}
      env ${ccache} ${make} ${build.image} modules dtbs
      env ${ccache} ${make} INSTALL_MOD_PATH=${work}/root/usr INSTALL_MOD_STRIP=1 modules_install
      release=$(cat include/config/kernel.release)
      rm -f ${work}/root/usr/lib/modules/"$release"/build ${work}/root/usr/lib/modules/"$release"/source
      install -D .config ${work}/root/boot/config-"$release" # where other tools look for it
      tar -cf ${out.modules} -C ${work}/root --sort=name --format=ustar --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
        --mtime=@${given.epoch} boot usr/lib/modules/"$release"
      mkdir ${out.device_trees}
      for glob in ${build.device_trees}; do cp ${trees}/$glob.dtb ${out.device_trees}; done
      mkdir ${out.overlays}
      overlays=${build.overlays ?? ''}
      [ -z "$overlays" ] || cp ${trees}/"$overlays"/{*.dtbo,overlay_map.dtb,README} ${out.overlays}
      cp arch/${build.kernel_arch}/boot/${build.image} ${out.image}
      cp .config ${out.config}
      echo "$release" >${out.release}`
  },
})
