import type { Measured } from '../data/measured.ts'
import { html } from '../html.ts'
import type { Html } from '../html.ts'
import { histogram } from './histogram.ts'
import type { Part } from './part.ts'
import { table } from './words.ts'

/** How late a thread was on somebody's board, beside the same in the emulator: two pictures, two measures. */
export const measured: Part = {
  id: 'measured',
  title: 'Measured on a board',
  has: (one) => one.measured !== undefined,
  of({ id, measured: seen, kept }) {
    if (seen === undefined) return html`<p>Nobody has measured this image on a board.</p>`
    const emulated = kept.wakeUps
    return html`<p>
        By downbeat-latency on ${seen.boards.join(' or ')}, on ${seen.date}, with the image
        ${seen.image} of downbeat ${seen.version}, Linux ${seen.release} and the sound card
        ${seen.soundcard}${seen.usb === undefined ? '' : ` (${seen.usb} on USB)`}.
      </p>
      <div class="pair beside">
        <div>
          <h3>On the board</h3>
          ${histogram(`${id}-measured`, 'Wake-ups on the board', 'three', seen.loops, seen)}
          <p class="soft">
            In microseconds of the board. ${seen.loops} times, ${seen.interval_us} µs apart,
            ${seen.load ? 'under load' : 'without load'}.
          </p>
        </div>
        <div>
          <h3>In the emulator</h3>
          ${
            emulated === undefined
              ? html`<p>Not measured here: <code>./downbeat measure</code></p>`
              : html`${histogram(
                    `${id}-measured-emulated`,
                    'Wake-ups in the emulator',
                    'one',
                    emulated.count,
                    emulated,
                  )}
                  <p class="soft">
                    In microseconds of a machine of 500 MIPS, whose clock counts instructions. This
                    is another measure: compare the shapes, and not the figures.
                  </p>`
          }
        </div>
      </div>
      ${figures(seen)}
      <p class="soft">
        Heights are logarithms of the numbers above them; each picture has its own. The thread is
        one above that of JACK, so that it waits for all that JACK waits for, and not for JACK
        itself.
      </p>`
  },
}

function figures(seen: Measured): Html {
  const { jack } = seen
  const rows: [string, string][] = [
    ['Latest', `${seen.worst_us} µs`],
    ['Mean', `${seen.mean_us} µs`],
    ['Over 2 ms', String(seen.lost)],
    ['JACK', `${jack.period} frames x ${jack.periods} at ${jack.rate} Hz`],
    [
      'Xruns',
      `${jack.xruns} in ${jack.seconds} s${jack.softmode ? '; -s hides them' : ''}; worst delay ${jack.worst_us} µs`,
    ],
    ['Highest load of JACK', `${jack.max_load} %`],
    ['Priority', `${seen.priority}${seen.core === undefined ? '' : `, on core ${seen.core}`}`],
    ['Governor', seen.governor],
    ['Throttled', throttledIn(seen)],
    ['Heat', seen.celsius === undefined ? 'not known' : `${seen.celsius} °C`],
  ]
  return table('On the board, in figures', ['What', 'Seen'], rows)
}

/** Bits of get_throttled (raspberrypi/documentation, os/graphics-utilities/vcgencmd.adoc). */
function throttledIn({ throttled, undervoltage }: Measured): string {
  if (throttled !== undefined) {
    const bits = Number.parseInt(throttled, 16)
    const told = [
      ...((bits & 0x1_0001) === 0 ? [] : ['too low a voltage']),
      ...((bits & 0x2_0002) === 0 ? [] : ['a capped clock']),
      ...((bits & 0x4_0004) === 0 ? [] : ['slowed down']),
      ...((bits & 0x8_0008) === 0 ? [] : ['too hot']),
    ]
    return told.length === 0 ? 'never since the start' : `since the start: ${told.join(', ')}`
  }
  if (undervoltage === undefined) return 'not known'
  return undervoltage ? 'the voltage was too low' : 'the voltage was high enough'
}
