import { quote } from '../../common/quote.ts'
import type { Doctor, DoctorCard, PlannedBoard, PlannedSoundcard, PlannedTuning } from '../plan.ts'
import { titleOf, expectation, question } from './proof.ts'
import type { Verdict } from './proof.ts'
import type { ProofData } from '../schema/tuning.ts'

type DoctorBoard = Pick<
  PlannedBoard,
  'id' | 'compatible' | 'power_ma' | 'undervoltage_sensor' | 'wifi_firmware' | 'wifi_gap'
>

/** The proofs of the tunings in force, each as a complete line for a POSIX shell. */
export function doctorChecks(
  tunings: readonly PlannedTuning[],
  boards: readonly DoctorBoard[],
): Doctor {
  return {
    boards: boards.flatMap((board) => {
      const { compatible, power_ma, undervoltage_sensor } = board
      return [
        `board ${quote(compatible)} ${quote(power_ma === undefined ? 'what its carrier wants' : `at least ${power_ma} mA`)} ${undervoltage_sensor ? 'sensor' : 'none'}`,
        ...radioOf(board),
      ]
    }),
    tunings: tunings
      .filter(({ off }) => off === undefined)
      .map((tuning) => {
        const its = boards.filter(({ id }) => tuning.boards.includes(id))
        const only =
          its.length === boards.length ? [] : its.map(({ compatible }) => quote(compatible))
        return {
          id: tuning.id,
          of_card: false,
          call: [
            `tuning ${quote(tuning.id)}`,
            quote(tuning.about),
            [quote(mendOf(tuning)), ...only].join(' '),
          ].join(continued),
          proofs: asked(tuning.proofs),
        }
      }),
  }
}

/** What it asks of a sound card. `known`: what is known of it on a board, by the id of that. */
export const doctorCard = (
  { bus, alsa_id }: Pick<PlannedSoundcard, 'bus' | 'alsa_id'>,
  boards: readonly Pick<PlannedBoard, 'id' | 'compatible'>[] = [],
  known: (board: string) => readonly string[] = () => [],
): DoctorCard => ({
  pattern:
    alsa_id !== undefined ? quote(`\\[${alsa_id} *\\]`) : bus === 'usb' ? quote('USB-Audio') : '',
  known: boards.flatMap(({ id, compatible }) =>
    known(id).map((note) => `known ${quote(compatible)} ${quote(note)}`),
  ),
  tunings: [],
})

/** What the radio of a board lacks here, and the chips by which the doctor tells who lacks it. */
const radioOf = ({ compatible, wifi_firmware: chips, wifi_gap }: DoctorBoard): string[] =>
  chips === undefined || wifi_gap === undefined
    ? []
    : [
        ['radio', ...[compatible, wifi_gap, chips.lacking, chips.working ?? ''].map(quote)].join(
          ' ',
        ),
      ]

const continued = ' \\\n  '

const mendOf = ({ id, mend }: PlannedTuning): string =>
  mend ??
  `build the image anew with --set tunings.${id}=on and flash it; tunings/${id}.yaml says what it changes`

/** Each list of proofs is put into words once: most are the same for every sound card. */
function asked(proofs: readonly ProofData[]): string[] {
  const lines =
    wordings.get(proofs) ?? proofs.filter(({ on }) => on !== 'emulator').map((one) => ask(one))
  wordings.set(proofs, lines)
  return lines
}
const wordings = new WeakMap<readonly ProofData[], string[]>()

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
