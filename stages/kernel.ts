import { writeFileSync } from 'node:fs'
import { defineStage } from '../lib/engine/run/stage.ts'
import { configured } from './kernel/configured.ts'
import { toolbox } from './toolbox.ts'

/** Our own kernel, from a source package of Debian or from one commit of a git repository. */
export const kernel = defineStage({
  name: 'kernel',
  about: 'Compile a PREEMPT_RT kernel without frequency scaling',
  source: import.meta.url,
  shared: true,
  needs: { toolbox },
  outputs: {
    image: 'kernel.img',
    modules: 'modules.tar',
    device_trees: 'dtbs',
    overlays: 'overlays',
    config: 'config',
    release: 'release',
    taken: 'taken.json',
  },
  given: (plan) => plan.kernel,
  network: true,
  keeps: ['sources', 'ccache'],
  async run(job) {
    const { given, out, work, $ } = job
    const { build } = given
    const { tree, make, ccache, taken } = await configured(job)
    writeFileSync(out.taken, `${JSON.stringify(taken)}\n`)

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
