import type { Console } from '../emulator/console.ts'
import type { ProofResult } from '../../plan/proofs/proof.ts'
import { findTone, readWav } from './wav.ts'

/**
 * The tone that is played through JACK and looked for in what the emulated card recorded: Hz, dBFS.
 */
const HZ = 1000
const LEVEL_DBFS = -12

/** Runs a command on the booted machine; throws an Error with what it said if it failed. */
export async function runOn(console: Console, command: string): Promise<string> {
  const { text, status } = await console.run(command)
  if (status !== 0) throw new Error(`${command}\nended with ${status}: ${text}`)
  return text
}

/**
 * jackd's options for the card with a longer buffer, for one boot only: an emulator is late where a
 * Pi is not.
 */
export const longBuffer = (midi: boolean): string => `-P -p2048 -n3 -r48000${midi ? ' -X seq' : ''}`

/**
 * Starts the server of the image's own unit anew, with the longer buffer. An emulator that is late
 * may not have it up in the time that the unit gives it: the unit tries again then, and whoever
 * needs the server waits for it.
 */
export const restartWithLongBuffer = (console: Console, midi: boolean): Promise<string> =>
  runOn(
    console,
    `sed -i 's/^JACKD_ALSA=.*/JACKD_ALSA="${longBuffer(midi)}"/' /etc/default/jackd; systemctl restart 'jackd@*' || systemctl is-active 'jackd@*' | grep -x 'active\\|activating'`,
  )

/**
 * Waits for the server, a minute and a half of the booted system at the most, and plays the tone
 * through it: to these ports, or to the first two of its card.
 */
export const playTone = (
  console: Console,
  user: string,
  seconds: number,
  ports: readonly string[] = [],
): Promise<string> =>
  runOn(
    console,
    `su -s /bin/sh -c 'downbeat-xruns -i 0 -t 0.1 -w 90 >/dev/null; downbeat-tone -f ${HZ} -l ${LEVEL_DBFS} ${['-t', seconds, ...ports].join(' ')}' ${user}`,
  )

/**
 * The proofs by ear. Where emulation is `late` the tone is full of holes, and only its energy in a
 * band around it counts; else how long it sounded, and that without a gap, too.
 */
export function judgeTone(
  file: string,
  where: string,
  seconds: number,
  late: boolean,
): ProofResult[] {
  const { samples, rate } = readWav(file)
  const tone = findTone(samples[0]!, rate, HZ)
  const row = (proof: string, passed: boolean, expected: string, seen: string): ProofResult => ({
    tuning: 'sound',
    proof,
    where,
    passed,
    expected,
    seen,
  })
  return [
    row(
      'the tone has its frequency',
      Math.abs(tone.hz - HZ) < (late ? HZ / 50 : 1),
      `${HZ} Hz`,
      `${tone.hz.toFixed(2)} Hz`,
    ),
    row(
      'the tone has its level',
      Math.abs(tone.level - LEVEL_DBFS) < (late ? 4 : 1.5),
      `${LEVEL_DBFS} dBFS`,
      `${tone.level.toFixed(2)} dBFS`,
    ),
    row(
      'nothing else is in it',
      tone.purity > (late ? 0.5 : 0.9),
      `more than ${late ? 0.5 : 0.9} of the energy`,
      tone.purity.toFixed(4),
    ),
    ...(late
      ? []
      : [
          row(
            'it sounds as long as it was played',
            tone.seconds > seconds - 1,
            `more than ${seconds - 1} s`,
            `${tone.seconds.toFixed(2)} s`,
          ),
          row(
            'it does not drop out once it has settled',
            tone.longestGap === 0,
            'no gap',
            `${tone.longestGap.toFixed(3)} s`,
          ),
        ]),
  ]
}
