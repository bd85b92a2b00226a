import type { AddedPlan, CompilerPlan, Plan, PlannedBoard } from '../plan.ts'
import { compilerFlags, debianInstructions, isOlder } from '../instructions.ts'
import type { Instructions } from '../schema/instructions.ts'
import { packagesOf } from './own-packages.ts'

/**
 * What the programs that we add to a base may be compiled for: the oldest of the boards decides.
 * With a processor older than Debian's programs are for, they need a compiler of their own.
 */
export function planInstructions(
  boards: readonly PlannedBoard[],
  { jack: { arch }, tools, packages }: Pick<Plan, 'jack' | 'tools' | 'packages'>,
): { compiler?: CompilerPlan; added?: AddedPlan } {
  const debian = debianInstructions[arch]
  if (debian === undefined) return {}
  const oldest = boards
    .map(({ instructions = debian }) => instructions)
    .reduce((one, other) => (isOlder(other, one) ? other : one))
  return {
    ...(isOlder(oldest, debian) ? { compiler: { arch, flags: flagsFor(oldest) } } : {}),
    added: {
      instructions: oldest,
      packages: packages.own.flatMap(({ control }) => packagesOf(control)),
      programs: [
        ...tools.sources
          .map(({ path }) => /^([^/]+)\.cc?$/.exec(path)?.[1])
          .filter((name) => name !== undefined)
          .map((name) => `/usr/bin/downbeat-${name}`),
        ...tools.programs.flatMap(({ paths }) => paths.map((path) => `/${path}`)),
      ],
    },
  }
}

function flagsFor(instructions: Instructions): string[] {
  const flags = compilerFlags[instructions]
  if (!flags) throw new Error(`there are no flags of the compiler for ${instructions}`)
  return flags
}
