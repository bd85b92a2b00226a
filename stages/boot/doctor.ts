import type { Booted } from '../../lib/prove/emulator/emulator.ts'
import type { ProofResult } from '../../lib/plan/proofs/proof.ts'

/** downbeat-doctor, as its user runs it, but for what only a real board has. */
export async function doctor(
  { console }: Booted,
  machine: string,
  where: string,
  cannot_prove: readonly string[],
): Promise<ProofResult> {
  const { text } = await console.run(`downbeat-doctor --json --where ${where}`)
  const row = {
    tuning: 'doctor',
    proof: `downbeat-doctor --where ${where}`,
    where: machine,
    expected: 'nothing failed',
  }
  let said: Diagnosis
  try {
    said = JSON.parse(text) as Diagnosis
  } catch {
    return { ...row, passed: false, seen: text }
  }
  const failed = [
    ...said.tunings.filter(({ id, state }) => state === 'failed' && !cannot_prove.includes(id)),
    ...said.checks.filter(({ state }) => state === 'failed'),
  ].map(({ id }) => id)
  return {
    ...row,
    passed: failed.length === 0 && said.passed > 0,
    seen: failed.length === 0 ? `${said.passed} passed` : `failed: ${failed.join(', ')}`,
  }
}

/** What downbeat-doctor --json says, as far as it is read here. */
interface Diagnosis {
  passed: number
  tunings: { id: string; state: string }[]
  checks: { id: string; state: string }[]
}
