import type { Booted } from '../../lib/prove/emulator/emulator.ts'
import type { ProofResult } from '../../lib/plan/proofs/proof.ts'

/** Where the report of the examination is written, which is looked at and then forgotten. */
const REPORT = '/run/doctor-report.json'

/** downbeat-doctor, as its user runs it, but for what only a real board has. */
export async function doctor(
  { console }: Booted,
  machine: string,
  where: string,
  cannot_prove: readonly string[],
): Promise<ProofResult> {
  const { text } = await console.run(`downbeat-doctor --json --where ${where} --report ${REPORT}`)
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
  if (failed.length > 0 || said.passed === 0)
    return { ...row, passed: false, seen: `failed: ${failed.join(', ')}` }
  const report = (await console.run(`cat ${REPORT}`)).text
  return saysTheSame(report, said)
    ? { ...row, passed: true, seen: `${said.passed} passed` }
    : { ...row, passed: false, expected: 'a report that says the same', seen: report }
}

/** Whether a report has the tunings of the examination, and no other count. */
function saysTheSame(report: string, { passed, tunings }: Diagnosis): boolean {
  try {
    const written = JSON.parse(report) as { passed: number; tunings: Record<string, unknown> }
    const ids = Object.keys(written.tunings)
    return written.passed === passed && ids.join() === tunings.map(({ id }) => id).join()
  } catch {
    return false
  }
}

/** What downbeat-doctor --json says, as far as it is read here. */
interface Diagnosis {
  passed: number
  tunings: { id: string; state: string }[]
  checks: { id: string; state: string }[]
}
