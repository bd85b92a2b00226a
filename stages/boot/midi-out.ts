import { readFileSync } from 'node:fs'
import { HEARD } from '../../lib/prove/emulator/emulator.ts'
import type { Booted } from '../../lib/prove/emulator/emulator.ts'
import type { ProofResult } from '../../lib/plan/proofs/proof.ts'

/** A note that the keyboard of the machine does not play, and how often it is looked for. */
const NOTE = Buffer.from([0x91, 0x3d, 0x65, 0x81, 0x3d, 0x40])
const LOOKS = 60

/**
 * Whether what is written to the MIDI port of the header leaves by its UART. Nothing if there is no
 * such port. No server may have it open any more.
 */
export async function midiOut(
  { console }: Booted,
  folder: string,
  where: string,
): Promise<ProofResult[]> {
  const found = await console.run('readlink /proc/asound/SerialMIDI0')
  if (found.status !== 0) return []
  const octal = [...NOTE].map((byte) => `\\${byte.toString(8)}`).join('')
  const port = `/dev/snd/midi${found.text.trim().replace('card', 'C')}D0`
  const said = await console.run(`systemctl stop 'jackd*'; timeout 60 printf '${octal}' >${port}`)
  const heard = (): Buffer => readFileSync(`${folder}/${HEARD}`)
  for (let i = 0; i < LOOKS && !heard().includes(NOTE); i++) await console.run('sleep 0.5')
  return [
    {
      tuning: 'midi',
      proof: 'a note that is written to its port leaves by the UART',
      where,
      expected: NOTE.toString('hex'),
      seen: `${said.text}${heard().toString('hex')}`,
      passed: heard().includes(NOTE),
    },
  ]
}
