import type { WakeUps } from '../../../lib/prove/latency/wakeups.ts'
import { binsOf, LOST_FROM_US } from '../data/bins.ts'
import { html } from '../html.ts'
import type { Html } from '../html.ts'
import type { Tone } from '../palette.ts'
import { columns } from '../pictures.ts'
import type { Part } from './part.ts'
import { counted, table } from './words.ts'

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
      ${rows.map(histogram)}
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

function histogram(row: Row): Html {
  const bins = binsOf(row)
  const most = Math.log10(1 + row.count)
  const caption = {
    id: row.id,
    title: `Wake-ups with ${row.name}`,
    words: `Of ${counted(row.count, 'wake-up')}: ${bins
      .filter(({ count }) => count > 0)
      .map(({ from, count }) => `${count} ${from === 0 ? 'at once' : `from ${from} µs`}`)
      .join(', ')}. The latest is ${row.worst_us} µs late.`,
  }
  return html`<h3>${row.name}</h3>
    ${columns(
      caption,
      bins.map(({ from, count }) => ({
        label: from === LOST_FROM_US ? '2k+' : from === 1024 ? '1k' : String(from),
        value: count === 0 ? '' : String(count),
        height: most > 0 ? Math.min(1, Math.log10(1 + count) / most) : 0,
        tone: row.tone,
      })),
    )}`
}
