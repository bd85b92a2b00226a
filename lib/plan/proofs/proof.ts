import { quote } from '../../common/quote.ts'
import type { PlannedTuning } from '../plan.ts'
import type { ProofData } from '../schema/tuning.ts'

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
export function describe(proof: ProofData): string {
  if (proof.config !== undefined) return `kernel has ${proof.config}`
  if (proof.package !== undefined) return `package ${proof.package} is ${proof.is}`
  if (proof.unit !== undefined) return `unit ${proof.unit} is ${proof.is}`
  return `${proof.file === undefined ? `\`${proof.run}\`` : `file ${proof.file}`} ${expectation(proof)}`
}

/** What must be seen. */
export function expectation(proof: ProofData): string {
  if (proof.config !== undefined) return proof.config
  if (proof.is !== undefined) return proof.is
  const parts = [
    proof.absent === true ? 'does not exist' : [],
    proof.prints === undefined ? [] : `is ${JSON.stringify(proof.prints)}`,
    proof.matches === undefined ? [] : `has a line that matches ${proof.matches}`,
    proof.lacks === undefined ? [] : `has no line that matches ${proof.lacks}`,
  ]
  return parts.flat().join(' and ')
}

/** Whether a text is what a `file` or `run` proof expects; undefined: the file does not exist. */
export function accepts(proof: ProofData, text: string | undefined): boolean {
  if (proof.absent === true) return text === undefined
  if (text === undefined) return false
  const lines = text.replace(/\n$/, '').split('\n')
  const some = (pattern: string): boolean => lines.some((line) => new RegExp(pattern).test(line))
  return (
    (proof.prints === undefined || text.replace(/\n+$/, '') === proof.prints) &&
    (proof.matches === undefined || some(proof.matches)) &&
    (proof.lacks === undefined || !some(proof.lacks))
  )
}

/** `CONFIG_X=n` means what the kernel writes as a comment. */
export const normalConfig = (option: string): string => option.replace(/^(CONFIG_\w+)=n$/, '# $1 is not set')

/** A shell command for the running system whose output `accepts` judges (in the form of a `run` proof). */
export function question(proof: ProofData): { run: string; proof: ProofData } {
  if (proof.run !== undefined) return { run: proof.run, proof }
  if (proof.file !== undefined) {
    const file = quote(proof.file)
    return { run: `if [ -d ${file} ]; then ls -A ${file}; else cat ${file}; fi`, proof }
  }
  if (proof.config !== undefined) {
    const name = /CONFIG_\w+/.exec(proof.config)?.[0] ?? ''
    const run = `{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '^(# )?${name}[= ]' || echo '# ${name} is not set'`
    return { run, proof: { on: proof.on, prints: normalConfig(proof.config) } }
  }
  if (proof.package !== undefined) {
    const run = `dpkg-query -W -f '\${db:Status-Abbrev}\\n' ${proof.package} 2>/dev/null | grep -q ^ii && echo installed || echo absent`
    return { run, proof: { on: proof.on, prints: proof.is ?? '' } }
  }
  const verb = proof.is === 'active' ? 'is-active' : 'is-enabled'
  return { run: `systemctl ${verb} ${quote(proof.unit ?? '')}`, proof: { on: proof.on, matches: `^${proof.is}` } }
}

/** The proofs of the tunings that are in force, each with its tuning. */
export const proofsOf = (tunings: readonly PlannedTuning[]): { tuning: PlannedTuning; proof: ProofData }[] =>
  tunings.filter(({ off }) => off === undefined).flatMap((tuning) => tuning.proofs.map((proof) => ({ tuning, proof })))
