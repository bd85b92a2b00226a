import { readFileSync, writeFileSync } from 'node:fs'
import { UserError } from '../../lib/common/words/errors.ts'
import { mirrored } from '../../lib/engine/fetch/mirrors.ts'
import type { KernelTaken } from '../../lib/plan/kernel-taken.ts'
import { applyPatches } from '../steps/patches.ts'
import type { KernelPlan } from '../../lib/plan/plan.ts'
import type { Job } from '../../lib/engine/run/stage.ts'
import { forSeries } from './for-series.ts'

type KernelJob = Pick<
  Job<KernelPlan, object, object, 'sources' | 'ccache'>,
  'given' | 'work' | 'own' | 'kept' | 'settings' | '$'
>

interface Configured {
  tree: string
  make: string[]
  /** environment of the compiler cache */
  ccache: string[]
  taken: KernelTaken
}

/** The source of a kernel with its patches, configured, and how make is called in it. */
export async function configured({
  given,
  work,
  own,
  kept,
  settings,
  $,
}: KernelJob): Promise<Configured> {
  const { build } = given
  const tree = `${work}/linux`
  const { source } = given
  if (source.kind === 'debian') {
    await $`bash ${own}/fetch-debian.sh ${tree} ${kept.sources} ${source.package} ${given.series} ${given.suite} ${settings.jobs} ${source.patch_series}`
  } else if (source.kind === 'linux-source') {
    await $`bash ${own}/fetch-linux-source.sh ${tree} ${kept.sources} ${given.suite} ${source.pocket} ${given.series ?? ''} ${settings.jobs}`
  } else {
    await $`bash ${own}/fetch-git.sh ${tree} ${kept.sources} ${mirrored(source.url, settings.network.mirrors)} ${source.commit}`
  }
  const linux = await $.text`make --silent --directory=${tree} kernelversion`
  const series = /^\d+\.\d+/.exec(linux)![0]
  if (given.series !== undefined && series !== given.series)
    throw new UserError(
      `kernel/${given.name}.yaml series: expected ${given.series}, and the source is ${linux}`,
    )
  const taken =
    source.kind === 'git'
      ? { linux, url: source.url, commit: source.commit }
      : { linux, ...fieldsOf(readFileSync(`${work}/source`, 'utf8')) }
  const patches = given.patches.map(({ path, text, executable }) => ({
    path: `kernel/patches/${path}`,
    text,
    executable,
  }))
  await applyPatches($, patches, tree, work)

  // Built inside the source tree all paths the compiler sees are relative: the same bytes come out,
  // and the compiler cache hits, wherever the tree lies.
  const make = [
    'make',
    '--silent',
    `--jobs=${settings.jobs}`,
    `ARCH=${build.kernel_arch}`,
    `CROSS_COMPILE=${build.cross_compile}`,
  ]
  make.push(
    `CC=ccache ${build.cross_compile}gcc`,
    'HOSTCC=ccache gcc',
    'KBUILD_BUILD_USER=downbeat',
    'KBUILD_BUILD_HOST=downbeat',
  )
  if (given.cross_compile_compat !== undefined)
    make.push(`CROSS_COMPILE_COMPAT=${given.cross_compile_compat}`)
  make.push(
    'KBUILD_BUILD_VERSION=1',
    `KBUILD_BUILD_TIMESTAMP=${new Date(given.epoch * 1000).toUTCString()}`,
  )
  // Another option of the kernel changes a header that every file includes, but not what most files
  // are once they are preprocessed: they are found by that (an option more: 0.31 of the cold cost,
  // which itself is 1.04 of that without this), and compiled from it.
  const ccache = [
    `CCACHE_DIR=${kept.ccache}`,
    'CCACHE_NOCPP2=1',
    'CCACHE_NOHASHDIR=1',
    'CCACHE_TEMPDIR=/tmp',
  ]

  const fragments = `${work}/fragments.config`
  const asked = [
    ...given.fragments.map(
      ({ path, text }) => `#: kernel/fragments/${path}\n${forSeries(text, series)}`,
    ),
    ...given.options.map(({ text, by }) => `#: tunings/${by}.yaml\n${text}\n`),
  ]
  writeFileSync(fragments, asked.join('\n'))

  // What the fragments do not ask for is off, or as the defconfig has it; what they ask for must
  // come true.
  const configure = build.defconfig === undefined ? ['allnoconfig'] : [build.defconfig]
  await $`cd ${tree}
    env ${ccache} KCONFIG_ALLCONFIG=${fragments} ${make} ${configure}
    [ ${configure} = allnoconfig ] || { cat ${fragments} >>.config; env ${ccache} ${make} olddefconfig; }
    find . -name 'Kconfig*' -exec sed -nE 's/^[[:space:]]*(menu)?config[[:space:]]+([A-Za-z0-9_]+).*/CONFIG_\2/p' {} + >../options
    awk -v linux=${linux} -f ${own}/check-config.awk ../options .config ${fragments} >&2`
  return { tree, make, ccache, taken }
}

/** Lines such as `version=7.3.4-1~bpo13+1`. */
const fieldsOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
