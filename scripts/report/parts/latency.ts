import { budgetOf } from '../data/budget.ts'
import { html } from '../html.ts'
import { bars } from '../pictures.ts'
import type { Part } from './part.ts'
import { counted, milliseconds, table } from './words.ts'

/** The way of a sound through the image, as a picture and in figures. */
export const latency: Part = {
  id: 'latency',
  title: 'The latency budget',
  of(one, all) {
    const ways = budgetOf(one)
    const sum = (of: typeof ways): number => of.reduce((ms, way) => ms + way.ms, 0)
    const most = Math.max(...all.map((each) => sum(budgetOf(each))))
    const { server, period, periods, rate } = one.plan.configure.view.jack
    const starts = ways.map((_, i) => sum(ways.slice(0, i)))
    const caption = {
      id: `${one.id}-latency`,
      title: `The latency budget of ${one.name}`,
      words: `One part begins where the one before it ends. ${ways.map(({ name, ms }, i) => `${name}: from ${milliseconds(starts[i]!)} to ${milliseconds(starts[i]! + ms)}.`).join(' ')}`,
    }
    const rows = ways.map(({ name, frames, ms, tone }, i) => ({
      label: name,
      value: `${counted(frames, 'frame')}, ${milliseconds(ms)}`,
      from: starts[i]!,
      to: starts[i]! + ms,
      tone,
    }))
    return html`<p>
        ${server}: ${counted(period, 'frame')} in a period, ${counted(periods, 'period')}, ${rate}
        Hz. From the input to the output: about <strong>${milliseconds(sum(ways))}</strong>.
      </p>
      ${bars(caption, rows, most)}
      ${table(
        'Each part',
        ['Part', { figure: 'Frames' }, { figure: 'Time' }, 'What happens'],
        ways.map(({ name, frames, ms, about }) => [
          name,
          { figure: String(frames) },
          { figure: milliseconds(ms) },
          about,
        ]),
      )}
      <p class="soft">
        Computed from the settings of JACK. A card on USB has buffers of its own that nothing says.
        sudo downbeat-latency on the board finds the smallest period that holds; jack_iodelay
        measures the whole way through a cable.
      </p>`
  },
}
