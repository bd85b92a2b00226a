import { quote } from '../../common/quote.ts'
import type { PlannedTuning } from '../plan.ts'
import type { Expected, ProofData } from '../schema/tuning.ts'

/** Where a proof was tried (`image`, or the emulated machine) and what came of it. */
export interface ProofResult {
  tuning: string
  proof: string
  where: string
  passed: boolean
  expected: string
  seen: string
}

/** A proof in words, such as `file /etc/fstab matches ^tmpfs`. */
export function titleOf(proof: ProofData): string {
  if ('config' in proof) return `kernel has ${proof.config}`
  if ('package' in proof) return `package ${proof.package} is ${proof.is}`
  if ('unit' in proof) return `unit ${proof.unit} is ${proof.is}`
  return `${'run' in proof ? `\`${proof.run}\`` : `file ${proof.file}`} ${expectation(proof)}`
}

/** What must be seen. */
export function expectation(proof: ProofData): string {
  if ('config' in proof) return proof.config
  if ('is' in proof) return proof.is
  if (ofAbsence(proof)) return 'does not exist'
  const { prints, matches, lacks } = proof
  const parts = [
    prints === undefined ? [] : `is ${JSON.stringify(prints)}`,
    matches === undefined ? [] : `has a line that matches ${matches}`,
    lacks === undefined ? [] : `has no line that matches ${lacks}`,
  ]
  return parts.flat().join(' and ')
}

/** What the answer to a question must be like: a text, or that there is none. */
export type Verdict = Expected | { absent: true }

/** Whether an answer is what a proof expects; undefined: the file does not exist. */
export function accepts(verdict: Verdict, text: string | undefined): boolean {
  if ('absent' in verdict) return text === undefined
  if (text === undefined) return false
  const { prints, matches, lacks } = verdict
  const lines = text.replace(/\n$/, '').split('\n')
  const some = (pattern: string): boolean => lines.some((line) => new RegExp(pattern).test(line))
  return (
    (prints === undefined || text.replace(/\n+$/, '') === prints) &&
    (matches === undefined || some(matches)) &&
    (lacks === undefined || !some(lacks))
  )
}

/** `CONFIG_X=n` means what the kernel writes as a comment. */
export const normalConfig = (option: string): string =>
  option.replace(/^(CONFIG_\w+)=n$/, '# $1 is not set')

/** A shell command for the running system, and what its output must be like. */
export function question(proof: ProofData): { run: string; verdict: Verdict } {
  if ('run' in proof) return { run: proof.run, verdict: expected(proof) }
  if ('file' in proof) {
    const file = quote(proof.file)
    const verdict: Verdict = ofAbsence(proof) ? { absent: true } : expected(proof)
    return { run: `if [ -d ${file} ]; then ls -A ${file}; else cat ${file}; fi`, verdict }
  }
  if ('config' in proof) {
    const name = /CONFIG_\w+/.exec(proof.config)?.[0] ?? ''
    const run = `{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '^(# )?${name}[= ]' || echo '# ${name} is not set'`
    return { run, verdict: { prints: normalConfig(proof.config) } }
  }
  if ('package' in proof) {
    const run = `dpkg-query -W -f '\${db:Status-Abbrev}\\n' ${proof.package} 2>/dev/null | grep -q ^ii && echo installed || echo absent`
    return { run, verdict: { prints: proof.is } }
  }
  const verb = proof.is === 'active' ? 'is-active' : 'is-enabled'
  return { run: `systemctl ${verb} ${quote(proof.unit)}`, verdict: { matches: `^${proof.is}` } }
}

/** A file that must not exist is a kind of its own. */
const ofAbsence = <P extends ProofData>(proof: P): proof is Extract<P, { absent: true }> =>
  'absent' in proof

const expected = ({ prints, matches, lacks }: Expected): Expected => ({
  ...(prints === undefined ? {} : { prints }),
  ...(matches === undefined ? {} : { matches }),
  ...(lacks === undefined ? {} : { lacks }),
})

/** The proofs of the tunings that are in force, each with its tuning. */
export const proofsOf = (
  tunings: readonly PlannedTuning[],
): { tuning: PlannedTuning; proof: ProofData }[] =>
  tunings
    .filter(({ off }) => off === undefined)
    .flatMap((tuning) => tuning.proofs.map((proof) => ({ tuning, proof })))
