import { beginsAtWorst, costAt, lateCycles } from '../../../lib/prove/latency/cycles.ts'
import type { Cycles } from '../../../lib/prove/latency/cycles.ts'
import { JUDGED } from '../../measure/budget.ts'
import { html } from '../html.ts'
import type { Tone } from '../palette.ts'
import { bars } from '../pictures.ts'
import type { Part } from './part.ts'
import { table } from './words.ts'
import type { Cell } from './words.ts'

interface Row {
  name: string
  cycles: readonly Cycles[]
  tone: Tone
}

/** What a cycle of JACK costs with the kernel of the image, and with Debian's own. */
export const cycles: Part = {
  id: 'cycles',
  title: 'What a cycle of JACK costs',
  has: ({ kept }) => kept.wakeUps !== undefined,
  of({ id, name, kept }, all) {
    if (kept.wakeUps === undefined) return html`<p>Nobody has measured it here.</p>`
    const rows: Row[] = [
      { name, cycles: kept.wakeUps.cycles, tone: 'one' },
      ...kept.beside.map((beside) => ({
        name: `Debian’s ${beside.package}`,
        cycles: beside.cycles,
        tone: 'two' as const,
      })),
    ]
    const costs = rows.map((row) => costAt(row.cycles, JUDGED) ?? 0)
    const most = Math.max(
      ...costs,
      ...all.flatMap((one) =>
        one.kept.wakeUps === undefined ? [] : (costAt(one.kept.wakeUps.cycles, JUDGED) ?? 0),
      ),
    )
    const periods = [
      ...new Set(rows.flatMap((row) => row.cycles.map(({ frames }) => frames))),
    ].sort((a, b) => a - b)
    return html`<p>
        Instructions for one cycle of ${JUDGED.frames} frames, with ${JUDGED.clients} programs in a
        chain, each of which copies what it gets.
      </p>
      ${bars(
        {
          id: `${id}-cycles`,
          title: `What a cycle of JACK costs with ${name}`,
          words: rows.map((row, i) => `${row.name}: ${costs[i]} instructions`).join('. '),
        },
        rows.map((row, i) => ({
          label: row.name,
          value: costs[i]!.toLocaleString('en'),
          from: 0,
          to: costs[i]!,
          tone: row.tone,
        })),
        most,
      )}
      ${table(
        'The same with other periods',
        [
          'Kernel',
          ...periods.map((frames) => ({ figure: `${frames} frames` })),
          { figure: 'Begins late by' },
          { figure: 'Not in time' },
        ],
        rows.map((row) => rowOf(row, periods)),
      )}
      <p class="soft">
        Under load, with a sound card that JACK makes up, on a machine that takes 2 ns for each
        instruction. – means that such a machine has no time left for these programs.
      </p>`
  },
}

/** A row of the table: what a cycle costs at each period, and how late the latest was. */
function rowOf({ name, cycles: its }: Row, periods: readonly number[]): Cell[] {
  const costs = periods.map((frames) => costAt(its, { frames, clients: JUDGED.clients }))
  const figures = [
    ...costs.map((cost) => cost?.toLocaleString('en') ?? '–'),
    `${beginsAtWorst(its)} µs`,
    String(lateCycles(its)),
  ]
  return [name, ...figures.map((figure) => ({ figure }))]
}
