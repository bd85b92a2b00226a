import { quote } from '../../common/quote.ts'
import type { Doctor, PlannedBoard, PlannedSoundcard, PlannedTuning } from '../plan.ts'
import { titleOf, expectation, question } from './proof.ts'
import type { Verdict } from './proof.ts'
import type { ProofData } from '../schema/tuning.ts'

/** The proofs of the tunings in force, each as a complete line for a POSIX shell. */
export function doctorChecks(
  tunings: readonly PlannedTuning[],
  boards: readonly Pick<PlannedBoard, 'id' | 'compatible' | 'power_ma' | 'undervoltage_sensor'>[],
  card: Pick<PlannedSoundcard, 'bus' | 'alsa_id'> = { bus: 'none' },
): Doctor {
  return {
    card:
      card.alsa_id !== undefined
        ? quote(`\\[${card.alsa_id} *\\]`)
        : card.bus === 'usb'
          ? quote('USB-Audio')
          : '',
    boards: boards.map(
      ({ compatible, power_ma, undervoltage_sensor }) =>
        `board ${quote(compatible)} ${power_ma} ${undervoltage_sensor ? 'sensor' : 'none'}`,
    ),
    tunings: tunings
      .filter(({ off }) => off === undefined)
      .map((tuning) => {
        const its = boards.filter(({ id }) => tuning.boards.includes(id))
        const only =
          its.length === boards.length ? [] : its.map(({ compatible }) => quote(compatible))
        return {
          id: tuning.id,
          call: [
            `tuning ${quote(tuning.id)}`,
            quote(tuning.about),
            [quote(mendOf(tuning)), ...only].join(' '),
          ].join(continued),
          proofs: tuning.proofs.filter(({ on }) => on !== 'emulator').map(ask),
        }
      }),
  }
}

const continued = ' \\\n  '

const mendOf = ({ id, mend }: PlannedTuning): string =>
  mend ??
  `build the image anew with --set tunings.${id}=on and flash it; tunings/${id}.yaml says what it changes`

function ask(proof: ProofData): string {
  const { run, verdict } = question(proof)
  // A file is looked at by the doctor itself: `cat` would take a folder for a file that does not
  // exist.
  const asked = 'file' in proof ? `file ${quote(proof.file)}` : `run ${quote(run)}`
  const words = [
    `ask ${proof.on} ${proof.wait ?? 0} ${quote(titleOf(proof))}`,
    quote(expectation(proof)),
    `${asked} ${wordsOf(verdict)}`,
  ]
  return words.join(continued)
}

/** What `accepts` would look at, as words for the shell. */
function wordsOf(verdict: Verdict): string {
  if ('absent' in verdict) return 'absent'
  return Object.entries(verdict)
    .map(([name, text]) => `${name} ${quote(text)}`)
    .join(' ')
}
