/**
 * What a cycle of JACK costs, with its driver that has no card, as stages/graph/graph.c has seen it.
 * The clock of the machine counts instructions, 2 ns each.
 */
export interface Cycles {
  /** frames of a period, at 48 kHz */
  frames: number
  /** programs in a chain, each of which copies what it gets; 0: the server alone */
  clients: number
  /** cycles that were looked at */
  count: number
  /** instructions for one cycle: of the server and of all programs, in the mean */
  instructions: number
  /** µs at 500 MIPS that a cycle began too late, at the worst; undefined: without programs nobody sees it */
  worst_us?: number
  /** cycles of which the programs were not done when the next one was due */
  late?: number
}

/** Nanoseconds that an instruction takes: `-icount shift=1` */
const NS_EACH = 2

/** What the machine has said, read: one of each kind. */
export const cyclesOf = (said: string): Cycles[] =>
  [...said.matchAll(/^cycles: (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)\s*$/gm)].flatMap((match) => {
    const [frames, clients, count, cost_ns, worst_ns, late] = match.slice(1).map(Number) as Line
    if (count === 0) return []
    const seen = clients === 0 ? {} : { worst_us: Math.ceil(worst_ns / 1000), late }
    return [{ frames, clients, count, instructions: Math.round(cost_ns / NS_EACH), ...seen }]
  })

type Line = [number, number, number, number, number, number]

/** The cycles of one kind; undefined: the server does not keep up there. */
export const cycleOf = (
  cycles: readonly Cycles[],
  at: Pick<Cycles, 'frames' | 'clients'>,
): Cycles | undefined =>
  cycles.find(({ frames, clients }) => frames === at.frames && clients === at.clients)

/** Instructions of a cycle of that kind. */
export const costAt = (
  cycles: readonly Cycles[],
  at: Pick<Cycles, 'frames' | 'clients'>,
): number | undefined => cycleOf(cycles, at)?.instructions

/** µs that a cycle began too late, at the worst of all kinds. */
export const beginsAtWorst = (cycles: readonly Cycles[]): number =>
  Math.max(0, ...cycles.map(({ worst_us = 0 }) => worst_us))

/** Cycles of all kinds that were not done in time. */
export const lateCycles = (cycles: readonly Cycles[]): number =>
  cycles.reduce((sum, { late = 0 }) => sum + late, 0)
