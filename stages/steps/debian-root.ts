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
  /** and these of another suite; what they need is of `suite`, as far as that has it */
  others?: { suite: string; packages: readonly string[] }
}

/** The other suite is beside the one of the root, whatever the address of the archive is. */
const BESIDE = String.raw`cd "$1"/etc/apt
  awk '{ for (i = 2; i <= NF; i++) if ($i == ENVIRON["SUITE"]) { $i = ENVIRON["OTHER"]; print } }' sources.list >sources.list.d/other.list`

/** Makes a root of Debian packages for stages to work in. */
export async function debianRoot($: Shell, options: DebianRoot): Promise<void> {
  const { root, suite, mirror, components, packages, arch, others } = options
  const sources =
    mirror === undefined ? [] : [`deb ${mirror} ${suite} ${components.replaceAll(',', ' ')}`]
  const ofOthers = others?.packages.map((name) => `${name}/${others.suite}`) ?? []
  const environment = others === undefined ? [] : ['env', `SUITE=${suite}`, `OTHER=${others.suite}`]
  const own = `APT::Default-Release "/^${suite}(|-security|-updates)$/"`
  const beside = others === undefined ? [] : [`--aptopt=${own}`, `--setup-hook=${BESIDE}`]
  await $`architectures=$(dpkg --print-architecture)
    for more in ${arch === undefined ? [] : [arch]}; do
      [ "$architectures" = "$more" ] || architectures=$architectures,$more
    done
    ${environment} mmdebstrap --mode=root --variant=apt --architectures="$architectures" --components=${components} \
      --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Retries "3"' ${beside} \
      --include=${[...packages, ...ofOthers].join(',')} ${suite} ${root} ${sources} ||
      { echo 'mmdebstrap failed; if it could not fetch something: is the network there? (DOWNBEAT_MIRROR names another mirror)' >&2; exit 1; }`
  // It needs no owners: with one only, whoever built it can delete it.
  await $`chown -R 0:0 ${root}; chmod -R u+rwX ${root}; rm -rf ${root}/dev`
}
