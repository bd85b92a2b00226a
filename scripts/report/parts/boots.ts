import { html } from '../html.ts'
import { bars } from '../pictures.ts'
import type { Part } from './part.ts'

/** How long each emulated machine has taken to its shell. */
export const boots: Part = {
  id: 'boots',
  title: 'The emulated boots',
  has: ({ record }) => record.boots.length > 0,
  of({ id, name, record }, all) {
    if (record.boots.length === 0)
      return html`<p>Not booted yet: <code>./downbeat build --boot</code></p>`
    const most = Math.max(...all.flatMap((one) => one.record.boots.map(({ seconds }) => seconds)))
    const words = record.boots.map(
      ({ machine, seconds }) => `${machine}: ${seconds.toFixed(1)} s to the shell`,
    )
    return html`${bars(
        {
          id: `${id}-boots`,
          title: `The emulated boots of ${name}`,
          words: words.join('. '),
        },
        record.boots.map(({ machine, seconds }) => ({
          label: machine,
          value: `${seconds.toFixed(1)} s`,
          from: 0,
          to: seconds,
          tone: 'one' as const,
        })),
        most,
      )}
      <p class="soft">
        From the start of the emulator to the shell, in seconds of the computer that ran it. They
        are no figures of a board.
      </p>`
  },
}
