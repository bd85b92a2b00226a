import type { Settled } from '../choices/settle.ts'
import type { TuningsInForce } from '../tunings/in-force.ts'

/** A package of the target, and what asks for it, to be named in messages. */
export interface AskedPackage {
  name: string
  place: string
}

/**
 * Every package that is asked for: those of the base, its kernel, the server, the tunings, the
 * profile and the choices. apt adds what is essential and what these need (stages/rootfs/). Single
 * programs out of packages are in tools.ts.
 */
export function packagesAsked(
  { base, kernel, server, profile, choices: { value, at } }: Settled,
  { lines }: TuningsInForce,
): AskedPackage[] {
  const file = `bases/${base.id}.yaml`
  return [
    ...Object.keys(base.data.packages).map((name) => ({ name, place: `${file} packages` })),
    ...(base.data.kind === 'image' && kernel.data.kind === 'packaged'
      ? [{ name: base.data.realtime_kernel!, place: `${file} realtime_kernel` }]
      : []),
    ...server.install.map((name) => ({ name, place: `${at(['jack', 'server'])} jack.server` })),
    ...lines((tuning) => tuning.change.packages).map(({ text, by }) => ({
      name: text,
      place: `tunings/${by}.yaml change.packages`,
    })),
    ...(profile?.value.packages ?? []).map((name, i) => ({
      name,
      place: `${profile!.at(['packages', i])} packages`,
    })),
    ...value.packages.map((name, i) => ({ name, place: `${at(['packages', i])} packages` })),
  ]
}
