import { defineStage } from '../../../lib/engine/run/stage.ts'
import { rootfs } from '../../../stages/rootfs.ts'
import { toolbox } from '../../../stages/toolbox.ts'

/** What there is in the root of the base, and in packages that are not in every root, as tables/ has it. */
export const tablesSeen = defineStage({
  name: 'tables-seen',
  about: 'Read the time zones, countries, keyboards, locales and accounts that there are',
  source: import.meta.url,
  needs: { toolbox, rootfs },
  outputs: { tables: 'tables', packages: 'packages.lock' },
  given: ({ rootfs: { arch } }) => ({ arch }),
  network: true,
  async run({ given, from, out, own, $ }) {
    await $`mkdir -p lists/partial archives/partial
      apt="-qq -o APT::Architecture=${given.arch} -o APT::Architectures=${given.arch} -o Dir::State::Lists=$PWD/lists -o Dir::Cache=$PWD"
      apt="$apt -o Dir::State::status=/dev/null -o APT::Sandbox::User=root -o Acquire::Retries=3"
      apt-get $apt --error-on=any update
      apt-get $apt download xkb-data locales
      bash ${own}/read.sh ${from.rootfs.tree} . ${out.tables}
      cp ${from.rootfs.packages} ${out.packages}`
  },
})
