import { readFileSync } from 'node:fs'
import { defineStage } from '../lib/engine/run/stage.ts'

/**
 * The hermetic native root that the other stages work in: compilers, image tools and emulators of
 * one release.
 */
export const toolbox = defineStage({
  name: 'toolbox',
  about:
    'Make a Debian root with the compilers, image tools and emulators that everything else is made with',
  source: import.meta.url,
  needs: {},
  root: 'root',
  outputs: { root: 'root' },
  given: (plan) => plan.toolbox,
  network: true,
  async run({ given, out, own, $ }) {
    const packages = readFileSync(`${own}/packages.list`, 'utf8')
      .split('\n')
      .map((line) => line.replace(/#.*/, '').replace('ARCH', given.arch).trim())
      .filter(Boolean)
      .concat(given.compilers ?? [])
    // Without a mirror mmdebstrap takes the archive's own addresses, with updates and security.
    const mirror =
      given.mirror === undefined
        ? []
        : [`deb ${given.mirror} ${given.suite} main non-free-firmware`]
    await $`architectures=$(dpkg --print-architecture)
      [ "$architectures" = ${given.arch} ] || architectures=$architectures,${given.arch}
      mmdebstrap --mode=root --variant=apt --architectures="$architectures" --components=main,non-free-firmware \
      --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Retries "3"' \
      --include=${packages.join(',')} ${given.suite} ${out.root} ${mirror} ||
      { echo 'mmdebstrap failed; if it could not fetch something: is the network there? (DOWNBEAT_MIRROR names another mirror)' >&2; exit 1; }`
    // The toolbox needs no owners: with one only, whoever built it can delete it.
    await $`chown -R 0:0 ${out.root}; chmod -R u+rwX ${out.root}
      rm -rf ${out.root}/dev ${out.root}/var/log ${out.root}/etc/hostname
      : >${out.root}/etc/hosts; rm -f ${out.root}/etc/resolv.conf; : >${out.root}/etc/resolv.conf`
  },
})
