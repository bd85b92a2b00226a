import { defineStage } from '../../../lib/engine/run/stage.ts'
import { debianRoot } from '../../../stages/steps/debian-root.ts'

/** What enters this root, and puts overlays on trees. */
const PACKAGES = ['mount', 'device-tree-compiler']

/** The schemas of Linux 7.3 make the one of trixie's backports (2025.08) crash. */
const SID = ['dt-schema']

/** Before an address: an index of sid that is some weeks old will do, where a mirror has no newer one. */
const OF_ANY_AGE = '[check-valid-until=no]'

/** A root with the programs that Linux' own `make dtbs_check` calls. */
export const validator = defineStage({
  name: 'validator',
  about: 'Make a small Debian root with dt-schema',
  source: import.meta.url,
  needs: {},
  root: 'root',
  outputs: { root: 'root' },
  given: ({ toolbox: { suite, mirror } }) => ({ suite, mirror: `${OF_ANY_AGE} ${mirror!}` }),
  network: true,
  mounts: true,
  async run({ given, out, $ }) {
    await debianRoot($, {
      ...given,
      components: 'main',
      root: out.root,
      packages: PACKAGES,
      others: { suite: 'sid', packages: SID },
    })
  },
})
