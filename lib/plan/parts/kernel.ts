import type { Catalogue } from '../catalogue/catalogue.ts'
import type { ChosenKernel } from '../choices/kernel.ts'
import type { KernelPlan } from '../plan.ts'
import type { BaseData } from '../schema/base.ts'
import { crossPrefix } from '../schema/common.ts'

/** What the kernel stage makes; undefined: the kernel is a package of the base. */
export function planKernel(
  catalogue: Catalogue,
  { id, data, build }: ChosenKernel,
  { arch, suite }: Pick<BaseData, 'arch' | 'suite'>,
  options: KernelPlan['options'],
): KernelPlan | undefined {
  if (data.kind === 'packaged') return undefined
  if (!('fragments' in build)) throw new Error(`kernel/${id}.yaml: a build without fragments`)
  const place = `kernel/${id}.yaml`
  const { virt_cpu: _, ...built } = build // where it is tried changes nothing in it
  const {
    package: name,
    patch_series,
    url,
    commit,
  } = { package: '', patch_series: [], url: '', commit: '', ...data }
  return {
    source:
      data.kind === 'debian'
        ? { kind: 'debian', package: name, patch_series }
        : { kind: 'git', url, commit },
    name: id,
    series: data.series,
    build: built,
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
