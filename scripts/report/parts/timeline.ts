import type { BootCost } from '../../../lib/prove/cost/boot-cost.ts'
import { html } from '../html.ts'
import type { Html } from '../html.ts'
import { bars } from '../pictures.ts'
import type { Part } from './part.ts'
import { folded, table } from './words.ts'

/** What a boot takes, unit by unit, on a board whose clock counts instructions. */
export const timeline: Part = {
  id: 'timeline',
  title: 'The boot, unit by unit',
  has: ({ kept }) => kept.boots !== undefined,
  of({ id, kept: { boots } }) {
    if (boots === undefined) return html`<p>Nobody has measured it here.</p>`
    const { machine, first, later } = boots
    return html`${table(
        `Two boots on ${machine}`,
        [
          'Boot',
          { figure: 'JACK takes programs' },
          { figure: 'Nothing more is started' },
          { figure: 'Processes' },
          { figure: 'Memory' },
        ],
        [
          ['The first', ...figures(first)],
          ['A later one', ...figures(later)],
        ],
      )}
      ${picture(`${id}-later`, 'A later boot', later)}
      ${folded('The first boot', picture(`${id}-first`, 'The first boot', first))}
      <p class="soft">
        Milliseconds since the kernel began, of a machine that takes 1 ns for each instruction. Its
        four processors take turns, so units that run beside each other make each other longer.
        Units of less than 20 ms are left out. No board has these figures.
      </p>`
  },
}

const figures = ({ jack_ms, end_ms, processes, memory_kib }: BootCost): { figure: string }[] =>
  [
    jack_ms === undefined ? '–' : `${jack_ms} ms`,
    `${end_ms} ms`,
    String(processes),
    `${Math.round(memory_kib / 1024)} MiB`,
  ].map((figure) => ({ figure }))

function picture(id: string, title: string, { userspace_ms, units, end_ms }: BootCost): Html {
  const rows = [{ unit: 'the kernel', from: 0, to: userspace_ms }, ...units]
  return bars(
    {
      id,
      title: `${title}, unit by unit`,
      words: rows.map(({ unit, from, to }) => `${unit} from ${from} to ${to} ms`).join('. '),
    },
    rows.map(({ unit, from, to }) => ({
      label: unit,
      value: `${from} – ${to} ms`,
      from,
      to,
      tone: unit.startsWith('jackd') ? ('two' as const) : ('one' as const),
    })),
    end_ms,
  )
}
