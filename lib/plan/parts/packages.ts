import { UserError } from '../../common/words/errors.ts'
import type { OwnDeb } from '../own/debs.ts'
import type { Settled } from '../choices/settle.ts'
import type { AskedPackage, JackPackagesPlan, PackagesPlan, RootfsPlan } from '../plan.ts'
import type { TuningsInForce } from '../tunings/in-force.ts'

/**
 * Every package that is asked for: those of the base, its kernel, the server, the tunings, the
 * profile and the choices. apt adds what is essential and what these need (stages/rootfs/). Single
 * programs out of packages are in tools.ts.
 */
export function packagesAsked(
  { base, kernel, server, profile, choices: { value, at } }: Settled,
  { inForce }: TuningsInForce,
  debs: readonly OwnDeb[],
): AskedPackage[] {
  const file = `bases/${base.id}.yaml`
  return [
    ...Object.keys(base.data.packages).map((name) => ({ name, place: `${file} packages` })),
    ...(kernel.data.kind === 'packaged'
      ? [{ name: base.data.realtime_kernel!, place: `${file} realtime_kernel` }]
      : []),
    ...server.install.map((name) => ({ name, place: `${at(['jack', 'server'])} jack.server` })),
    ...inForce.flatMap(({ file: its, data }) =>
      (data.change.packages ?? []).map((name) => ({ name, place: `${its} change.packages` })),
    ),
    ...(profile?.value.packages ?? []).map((name, i) => ({
      name,
      place: `${profile!.at(['packages', i])} packages`,
    })),
    ...value.packages.map((name, i) => ({ name, place: `${at(['packages', i])} packages` })),
    ...debs.map(({ name, place }) => ({ name, place })),
  ]
}

/** What has to be known of packages before anything is compiled or unpacked. */
export const planPackages = (
  settled: Settled,
  tunings: TuningsInForce,
  { suite, arch, absent, remove }: RootfsPlan,
  { jack, debs }: { jack: JackPackagesPlan; debs: readonly OwnDeb[] },
): PackagesPlan => ({
  suite,
  arch,
  asked: packagesAsked(settled, tunings, debs),
  taken_apart: tunings.inForce.flatMap(({ file, data }) =>
    Object.keys(data.change.programs ?? {}).map((name) => ({
      name,
      place: `${file} change.programs`,
    })),
  ),
  absent,
  remove: remove.map(({ text }) => text),
  ...(debs.length === 0
    ? {}
    : { debs: debs.map(({ file, name, place }) => ({ file, name, place })) }),
  own: jack.sources.map(({ id, files }) => {
    const text = (path: string): string => files.find((file) => file.path === path)!.text
    const version = /^\S+ \(([^)]+)\)/.exec(text('changelog'))?.[1]
    if (version === undefined)
      throw new UserError(`packages/${id}/debian/changelog:1:1 expected "NAME (VERSION) …"`)
    return { control: text('control'), version }
  }),
})
