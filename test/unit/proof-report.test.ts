import { expect, test } from 'vitest'
import { ProofError } from '../../lib/common/words/errors.ts'
import { demand } from '../../lib/prove/proof/demand.ts'
import type { ProofResult } from '../../lib/plan/proofs/proof.ts'

const result = (tuning: string, passed: boolean, seen = 'seen'): ProofResult => ({
  tuning,
  proof: `file /${tuning} is "x"`,
  where: 'image',
  passed,
  expected: 'is "x"',
  seen,
})
const said = (results: ProofResult[]): string => {
  try {
    demand(results)
  } catch (error) {
    expect(error).toBeInstanceOf(ProofError)
    return (error as Error).message
  }
  throw new Error('nothing was refused')
}

test('proofs that have all passed are no error', () => {
  expect(() => demand([])).not.toThrow()
  expect(() => demand([result('a', true), result('b', true)])).not.toThrow()
})

test('each proof that failed is told with its tuning, its place, what was expected and what was seen', () => {
  expect(said([result('a', true), result('no-swap', false, ' 10\n'), result('b', false, '')])).toBe(
    [
      '2 of 3 proofs failed',
      '  no-swap (image): file /no-swap is "x"',
      '    expected: is "x"',
      '    seen:     10',
      '  b (image): file /b is "x"',
      '    expected: is "x"',
      '    seen:     nothing',
    ].join('\n'),
  )
})

test('a long text is cut', () => {
  const message = said([result('a', false, 'y'.repeat(1000))])
  expect(message).toContain(`seen:     ${'y'.repeat(300)}…`)
})
