import type { Catalogue } from '../catalogue/catalogue.ts'
import type { ChosenKernel } from '../choices/kernel.ts'
import type { KernelPlan } from '../plan.ts'
import type { BaseData } from '../schema/base.ts'
import { crossPrefix } from '../instructions.ts'
import type { KernelSourceData } from '../schema/kernel.ts'

/** What the kernel stage makes; undefined: the kernel is a package of the base. */
export function planKernel(
  catalogue: Catalogue,
  { id, data, build, series: asked }: ChosenKernel,
  { arch, suite }: Pick<BaseData, 'arch' | 'suite'>,
  options: KernelPlan['options'],
): KernelPlan | undefined {
  if (data.kind === 'packaged') return undefined
  if (!('fragments' in build)) throw new Error(`kernel/${id}.yaml: a build without fragments`)
  const place = catalogue.called(`kernel/${id}.yaml`)
  const { virt_cpu: _, without: __, ...built } = build // they change nothing in it
  const series = asked ?? ('series' in data ? data.series : undefined)
  return {
    source: sourceOf(data),
    name: id,
    ...(series === undefined ? {} : { series }),
    build: { ...built, cross_compile: built.cross_compile ?? crossPrefix[arch] },
    fragments: build.fragments.map((path) => catalogue.file('kernel/fragments', path, place)),
    epoch: Date.parse(data.epoch) / 1000,
    patches: data.patches.map((path) => catalogue.file('kernel/patches', path, place)),
    suite,
    options,
    ...(built.kernel_arch === 'arm64' && arch !== 'arm64'
      ? { cross_compile_compat: crossPrefix[arch] }
      : {}),
  }
}

function sourceOf(data: Exclude<KernelSourceData, { kind: 'packaged' }>): KernelPlan['source'] {
  if (data.kind === 'debian')
    return { kind: data.kind, package: data.package, patch_series: data.patch_series }
  return data.kind === 'linux-source'
    ? { kind: data.kind, pocket: data.pocket }
    : { kind: data.kind, url: data.url, commit: data.commit }
}
