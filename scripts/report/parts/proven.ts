import type { OnBoard } from '../../proven/record.ts'
import { html } from '../html.ts'
import type { Part, Subject } from './part.ts'
import { table } from './words.ts'

/** What of this image is proven for each of its boards, and by what. */
export const proven: Part = {
  id: 'proven',
  title: 'What is proven where',
  of(one) {
    const { plan, record } = one
    const ofImage = record.proofs.filter(({ where }) => where === 'image')
    const seen = record.boots.map(({ machine }) => machine)
    return html`<p>
        Its files: ${passed(ofImage)}. Booted in the emulator:
        ${seen.length === 0 ? 'not yet' : seen.map((machine) => `${machine} (${passed(record.proofs.filter(({ where }) => where.split(',')[0] === machine))})`).join(', ')}.
        A tone through JACK: ${heard(one)}.
      </p>
      ${table(
        'By somebody, on a real board with this sound card',
        ['Board', 'Who and when', 'Proofs', 'With'],
        plan.boards.flatMap(({ id, name }): string[][] => {
          const its = (one.tried ?? []).filter(
            ({ board, soundcard }) => board === id && soundcard === plan.soundcard.id,
          )
          return its.length === 0 ? [[name, 'nobody yet', '', '']] : its.map((by) => row(name, by))
        }),
      )}
      <p class="soft">
        Of records that downbeat has (proven/). On the board, sudo downbeat-doctor --report
        report.json writes one.
      </p>`
  },
}

const row = (name: string, tried: OnBoard): string[] => [
  name,
  `${tried.by}, ${tried.date}`,
  `${tried.passed} passed, ${tried.failed} failed`,
  `${tried.base}, Linux ${tried.release} (${tried.kernel}), downbeat ${tried.version}`,
]

function passed(proofs: Subject['record']['proofs']): string {
  const good = proofs.filter((one) => one.passed).length
  return `${good} proofs passed${good === proofs.length ? '' : `, ${proofs.length - good} failed`}`
}

/** On which machines: of the card that is the emulator's own, or of another than that of the image. */
function heard({ plan, record }: Subject): string {
  const tones = record.proofs.filter(({ tuning }) => tuning === 'sound')
  const machines = [...new Set(tones.filter((one) => one.passed).map(({ where }) => where))]
  if (machines.length === 0) return 'not heard yet'
  const card = plan.soundcard.found_by.usb === 'any' ? '' : ", by QEMU's own card"
  return `heard on ${machines.join('; ')}${card}`
}
