import type { Shell } from '../../lib/engine/shell/shell.ts'

export interface DebianRoot {
  root: string
  suite: string
  /** without one: the addresses of the archive itself, with updates and security */
  mirror?: string | undefined
  components: string
  packages: readonly string[]
  /** an architecture whose packages may be among them, beside this machine's */
  arch?: string
}

/** Makes a root of Debian packages for stages to work in. */
export async function debianRoot($: Shell, options: DebianRoot): Promise<void> {
  const { root, suite, mirror, components, packages, arch } = options
  const sources =
    mirror === undefined ? [] : [`deb ${mirror} ${suite} ${components.replaceAll(',', ' ')}`]
  await $`architectures=$(dpkg --print-architecture)
    for more in ${arch === undefined ? [] : [arch]}; do
      [ "$architectures" = "$more" ] || architectures=$architectures,$more
    done
    mmdebstrap --mode=root --variant=apt --architectures="$architectures" --components=${components} \
      --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Retries "3"' \
      --include=${packages.join(',')} ${suite} ${root} ${sources} ||
      { echo 'mmdebstrap failed; if it could not fetch something: is the network there? (DOWNBEAT_MIRROR names another mirror)' >&2; exit 1; }`
  // It needs no owners: with one only, whoever built it can delete it.
  await $`chown -R 0:0 ${root}; chmod -R u+rwX ${root}; rm -rf ${root}/dev`
}
