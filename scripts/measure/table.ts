import type { WakeUps } from '../../lib/prove/latency/wakeups.ts'
import type { Control } from '../../stages/controls.ts'

/** The figures of one image, beside what they may be. */
export interface Row extends WakeUps {
  name: string
  /** µs that the latest wake-up may have */
  budget_us: number
}

/** What is said of each image whose latest wake-up is later than it may be. */
export const overBudget = (rows: readonly Row[]): string[] =>
  rows
    .filter(({ worst_us, budget_us }) => worst_us > budget_us)
    .map(
      ({ name, worst_us, budget_us }) =>
        `${name}: the latest wake-up is ${worst_us} µs, and budgets.yaml allows ${budget_us} µs; ./downbeat measure --against <choices> shows what another one has`,
    )

/** The table: each image, and what Debian's own kernels have. */
export function inWords(
  rows: readonly Row[],
  beside: readonly Control[],
  priority: number,
): string[] {
  const cells = [
    ['', 'latest', 'mean', 'over 2 ms', 'may be'],
    ...rows.map((row) => [
      `${row.name}: ${short(row.kernel)}`,
      ...figures(row),
      `${row.budget_us} µs`,
    ]),
    ...beside.map((row) => [`Debian's ${row.package}: ${short(row.kernel)}`, ...figures(row), '']),
  ]
  const widths = cells[0]!.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)))
  return [
    `How late a realtime thread (SCHED_FIFO ${priority}) wakes up under load, of ${rows[0]!.count} times.`,
    'The machine counts instructions, 2 ns each (500 MIPS): the figures are the same on every computer, and',
    'no board has the same. A board has caches, a bus and interrupts of its own.',
    '',
    ...cells.map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]! + 2)))
        .join('')
        .trimEnd(),
    ),
  ]
}

const short = (kernel: string): string => kernel.split(' ')[0]!

const figures = ({ worst_us, mean_us, lost }: WakeUps): string[] => [
  `${worst_us} µs`,
  `${mean_us} µs`,
  `${lost}`,
]
