import type { WakeUps } from '../../../lib/prove/latency/wakeups.ts'
import { html } from '../html.ts'
import type { Tone } from '../palette.ts'
import { histogram } from './histogram.ts'
import type { Part } from './part.ts'
import { table } from './words.ts'

interface Row extends WakeUps {
  id: string
  name: string
  tone: Tone
}

/** How late a realtime thread wakes up with the kernel of the image, and with Debian's own. */
export const wakeUps: Part = {
  id: 'wake-ups',
  title: 'How late a realtime thread wakes up',
  of({ id, name, kept }) {
    if (kept.wakeUps === undefined)
      return html`<p>
          Nobody has measured this image here. This does it, and then make the report again:
        </p>
        <pre>./downbeat measure</pre>`
    const rows: Row[] = [
      { id: `${id}-wake-ups`, name, tone: 'one', ...kept.wakeUps },
      ...kept.beside.map((beside, i) => ({
        ...beside,
        id: `${id}-wake-ups-${i}`,
        name: `Debian’s ${beside.package}`,
        tone: 'two' as const,
      })),
    ]
    return html`<p>
        Of ${kept.wakeUps.count} times, in microseconds. Each column is twice as late as the one
        before it. Heights are logarithms of the numbers above them.
      </p>
      ${rows.map(
        (row) =>
          html`<h3>${row.name}</h3>
            ${histogram(row.id, `Wake-ups with ${row.name}`, row.tone, row.count, row)}`,
      )}
      ${table(
        'The same in figures',
        ['Kernel', { figure: 'Latest' }, { figure: 'Mean' }, { figure: 'Over 2 ms' }],
        rows.map((row) => [
          `${row.name}: ${row.kernel.split(' ')[0] ?? ''}`,
          { figure: `${row.worst_us} µs` },
          { figure: `${row.mean_us} µs` },
          { figure: String(row.lost) },
        ]),
      )}
      <p class="soft">
        Under load, on a machine whose clock counts instructions, 2 ns each. The figures are the
        same on every computer, and no board has the same.
      </p>`
  },
}
