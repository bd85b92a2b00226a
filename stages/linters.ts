import { defineStage } from '../lib/engine/run/stage.ts'
import { debianRoot } from './steps/debian-root.ts'

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
  mounts: true,
  async run({ given, out, $ }) {
    await debianRoot($, { ...given, root: out.root, components: 'main', packages: PACKAGES })
  },
})
