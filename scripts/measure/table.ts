import { beginsAtWorst, costAt, lateCycles } from '../../lib/prove/latency/cycles.ts'
import type { Cycles } from '../../lib/prove/latency/cycles.ts'
import type { Control } from '../../stages/controls.ts'
import type { Cost } from '../../stages/cost.ts'
import type { Figures } from '../../stages/latency.ts'
import type { Budget } from './budget.ts'
import { columns } from './columns.ts'

/** The figures of one image, and what they may be. */
export interface Row extends Figures {
  name: string
  may: Budget
  /** undefined: none of its boards can be started with a card */
  boots?: Cost | undefined
}

/** The tables: each image, and what Debian's own kernels have. */
export function inWords(
  rows: readonly Row[],
  beside: readonly Control[],
  priority: number,
): string[] {
  const all = [
    ...rows.map((row) => ({ ...row, what: `${row.name}: ${short(row.kernel)}` })),
    ...beside.map((row) => ({
      ...row,
      what: `Debian's ${row.package}: ${short(row.kernel)}`,
      may: undefined,
    })),
  ]
  const { cycles, count } = rows[0]!
  const clients = Math.max(0, ...cycles.map((one) => one.clients))
  const periods = [...new Set(cycles.map(({ frames }) => frames))].sort((a, b) => a - b)
  const cost = (of: readonly Cycles[], frames: number, programs: number): string =>
    String(costAt(of, { frames, clients: programs }) ?? '-')
  return [
    `How late a realtime thread (SCHED_FIFO ${priority}) wakes up under load, of ${count} times.`,
    'The machine counts instructions, 2 ns each (500 MIPS): the figures are the same on every computer, and',
    'no board has the same. A board has caches, a bus and interrupts of its own.',
    '',
    ...columns([
      ['', 'latest', 'mean', 'over 2 ms', 'may be'],
      ...all.map(({ what, worst_us, mean_us, lost, may }) => [
        what,
        us(worst_us),
        us(mean_us),
        String(lost),
        may === undefined ? '' : us(may.wake_up_us),
      ]),
    ]),
    '',
    `What a cycle of JACK costs under the same load, in instructions: alone at ${periods[0]} frames, and with ${clients}`,
    'programs in a chain, each of which copies what it gets. The sound card is one that JACK makes up.',
    '',
    ...columns([
      ['', 'alone', ...periods.map((frames) => `${frames} frames`), 'begins late', 'not in time'],
      ...all.map((row) => [
        row.what,
        cost(row.cycles, periods[0]!, 0),
        ...periods.map((frames) => cost(row.cycles, frames, clients)),
        us(beginsAtWorst(row.cycles)),
        String(lateCycles(row.cycles)),
      ]),
    ]),
    ...(all.every((row) => periods.every((frames) => cost(row.cycles, frames, clients) !== '-'))
      ? []
      : ['', '-: at 500 MIPS so few frames are too few for these programs.']),
  ]
}

const short = (kernel: string): string => kernel.split(' ')[0]!
const us = (number: number): string => `${number} µs`

/** Whether two images have the same figures, whatever they are called. */
export function sameFigures(one: Row, other: Row): boolean {
  const figures = ({ worst_us, mean_us, lost, histogram, cycles }: Row): string =>
    JSON.stringify({ worst_us, mean_us, lost, histogram, cycles })
  return figures(one) === figures(other)
}
