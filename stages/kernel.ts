import { writeFileSync } from 'node:fs'
import { applyPatches } from '../lib/patches.ts'
import { defineStage } from '../lib/stage.ts'
import { toolbox } from './toolbox.ts'

/** Our own kernel: Debian's source package with its PREEMPT_RT series, and only what an audio Pi needs. */
export const kernel = defineStage({
  name: 'kernel',
  about: 'Compile a PREEMPT_RT kernel without frequency scaling',
  source: import.meta.url,
  needs: { toolbox },
  outputs: { image: 'kernel.img', modules: 'modules.tar', device_trees: 'dtbs', config: 'config', release: 'release' },
  given: (plan) => plan.kernel,
  network: true,
  keeps: ['sources', 'ccache'],
  async run({ given, out, work, own, kept, settings, $ }) {
    const { build } = given
    const tree = `${work}/linux`
    const fragments = `${work}/fragments.config`
    const asked = [...given.fragments.map(({ text }) => text), ...given.options.map(({ text, by }) => `# ${by}\n${text}\n`)]
    writeFileSync(fragments, asked.join('\n'))

    // Fetch: apt checks the signature of the index and, by it, the hash of every file, those kept from before too.
    await $`mkdir -p apt/lists/partial apt/archives/partial apt/sources.d
      sed 's/^deb /deb-src /' /etc/apt/sources.list >apt/sources.d/source.list
      cat >apt/apt.conf <<EOF
        Dir::Etc::SourceList "/dev/null"; Dir::Etc::SourceParts "$PWD/apt/sources.d";
        Dir::State::Lists "$PWD/apt/lists"; Dir::Cache "$PWD/apt"; APT::Sandbox::User "root";
        Acquire::Languages "none"; Acquire::Retries "3";
EOF
      export APT_CONFIG=$PWD/apt/apt.conf
      apt-get -qq --error-on=any update
      apt-cache showsrc --only-source ${given.package} | sed -n 's/^Version: \(${given.series}\..*\)/\1/p' | sort -rVu >versions
      [ -s versions ] || { echo "${given.suite} has no ${given.package} ${given.series}" >&2; exit 1; }
      # The newest that the mirror holds: some list a source package of the security archive without having its files.
      while read -r version; do
        (cd ${kept.sources} && flock . apt-get -qq source --download-only --only-source ${given.package}="$version") && break
        echo "${given.package} $version cannot be had; trying the next older one" >&2
      done <versions
      [ -e ${kept.sources}/${given.package}_"$version".dsc ] || exit 1
      echo "$version" >version`

    // A third of the source is graphics drivers: nobody compiles them, only their Kconfig files are read.
    await $`version=$(cat version)
      mkdir ${tree}
      tar -x -I ${`xz -T${settings.jobs}`} -f ${kept.sources}/${given.package}_"\${version%-*}".orig.tar.xz -C ${tree} --strip-components=1 \
        --exclude='*/drivers/gpu/drm/amd/*.[ch]' --exclude='*/drivers/gpu/drm/nouveau/*.[ch]' \
        --exclude='*/tools/testing/*' --exclude='*/Documentation/devicetree/*'
      tar -x -J -f ${kept.sources}/${given.package}_"$version".debian.tar.xz debian
      apply() { patch --directory=${tree} --strip=1 --batch --forward --fuzz=0 --no-backup-if-mismatch --quiet <"$1" ||
        { echo "$1 does not apply" >&2; exit 1; }; }
      for series in ${given.patch_series}; do
        for name in $(sed '/^#/d' "debian/$series"); do apply "debian/$(dirname "$series")/$name"; done
      done`
    const patches = given.patches.map(({ path, text, executable }) => ({ path: `kernel/patches/${path}`, text, executable }))
    await applyPatches($, patches, tree, work)

    // Built inside the source tree all paths the compiler sees are relative: the same bytes come out, and the compiler
    // cache hits, wherever the tree lies.
    const make = ['make', '--silent', `--jobs=${settings.jobs}`, `ARCH=${build.kernel_arch}`, `CROSS_COMPILE=${build.cross_compile}`]
    make.push(`CC=ccache ${build.cross_compile}gcc`, 'HOSTCC=ccache gcc', 'KBUILD_BUILD_USER=downbeat', 'KBUILD_BUILD_HOST=downbeat')
    make.push('KBUILD_BUILD_VERSION=1', `KBUILD_BUILD_TIMESTAMP=${new Date(given.epoch * 1000).toUTCString()}`)
    const ccache = [`CCACHE_DIR=${kept.ccache}`, 'CCACHE_DEPEND=1', 'CCACHE_NOHASHDIR=1', 'CCACHE_TEMPDIR=/tmp']

    // What the fragments do not ask for is off; what they ask for must come true.
    await $`cd ${tree}
      env ${ccache} KCONFIG_ALLCONFIG=${fragments} ${make} allnoconfig
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
      cp arch/${build.kernel_arch}/boot/${build.image} ${out.image}
      cp .config ${out.config}
      echo "$release" >${out.release}`
  },
})
