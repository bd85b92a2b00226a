import { sortedUnique } from '../../common/unique.ts'
import type { Settled } from '../choices/settle.ts'
import type { OwnDeb } from '../own/debs.ts'
import type { RootfsPlan } from '../plan.ts'
import { refuseUnwanted } from '../tunings/contradictions.ts'
import type { TuningsInForce } from '../tunings/in-force.ts'
import { packagesAsked } from './packages.ts'

/**
 * What the root file system is made of. `twins`: native programs take the place of the target's own
 * where that is quicker. `keptOutLater`: see ResolveOptions. `debs`: packages of somebody's own.
 */
export function planRootfs(
  settled: Settled,
  tunings: TuningsInForce,
  { twins, keptOutLater, debs }: { twins: boolean; keptOutLater: boolean; debs: readonly OwnDeb[] },
): RootfsPlan {
  const { id, data: base } = settled.base
  const packages = packagesAsked(settled, tunings, debs)
  const absent = tunings.lines((tuning) => tuning.change.absent)
  if (!keptOutLater) refuseUnwanted(absent, packages)
  return {
    suite: base.suite,
    arch: base.arch,
    packages: sortedUnique(packages.map(({ name }) => name)),
    absent,
    remove:
      base.kind === 'image'
        ? [
            ...[...Object.keys(base.remove), ...base.kernels].map((text) => ({
              text,
              by: `bases/${id}`,
            })),
            ...absent,
          ]
        : [],
    keep: base.kind === 'image' ? Object.keys(base.keep) : [],
    exclude: base.exclude,
    debconf: base.debconf,
    epoch: Date.parse(base.epoch) / 1000,
    twins,
  }
}
