import { ProofError } from '../../common/words/errors.ts'
import type { ProofResult } from '../../plan/proofs/proof.ts'

const short = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)}…` : text)

/**
 * Throws ProofError if any proof failed; the message names each tuning, what was expected and what
 * was seen.
 */
export function demand(results: readonly ProofResult[]): void {
  const failed = results.filter(({ passed }) => !passed)
  if (failed.length === 0) return
  const rows = failed.map(
    ({ tuning, proof, where, expected, seen }) =>
      `${tuning} (${where}): ${proof}\n    expected: ${short(expected)}\n    seen:     ${short(seen.trim()) || 'nothing'}`,
  )
  throw new ProofError(
    `${failed.length} of ${results.length} proofs failed\n  ${rows.join('\n  ')}`,
  )
}
