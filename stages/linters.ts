import { defineStage } from '../lib/engine/run/stage.ts'

/**
 * What looks at shell and C, and what enters this root. They are in no toolbox: another version of
 * them changes no image.
 */
const PACKAGES = ['shellcheck', 'shfmt', 'clang-format', 'mount']

/** A root with the programs that check shell and C, for those who change this project. */
export const linters = defineStage({
  name: 'linters',
  about: 'Make a small Debian root with the programs that check shell and C',
  source: import.meta.url,
  needs: {},
  root: 'root',
  outputs: { root: 'root' },
  given: ({ toolbox: { suite, mirror } }) => ({ suite, mirror }),
  network: true,
  async run({ given: { suite, mirror }, out, $ }) {
    await $`mmdebstrap --mode=root --variant=apt --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Retries "3"' \
      --include=${PACKAGES.join(',')} ${suite} ${out.root} ${mirror === undefined ? [] : [`deb ${mirror} ${suite} main`]} ||
      { echo 'mmdebstrap failed; if it could not fetch something: is the network there? (DOWNBEAT_MIRROR names another mirror)' >&2; exit 1; }
      chown -R 0:0 ${out.root}; chmod -R u+rwX ${out.root}; rm -rf ${out.root}/dev`
  },
})
