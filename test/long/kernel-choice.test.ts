import { describe, expect, test } from 'vitest'
import { asked, bases, boards, classes, kernels } from '../unit/kernel-choices.ts'

// The unit test asks one of all sound cards that are alike. Here is that they are.

describe('every sound card is served and refused like the others of its kind', () => {
  test.each(boards)('on %s', (board) => {
    for (const base of bases)
      for (const kernel of ['', ...kernels])
        for (const [first, ...like] of classes as [string, ...string[]][]) {
          const outcome = (card: string): string => {
            const settled = asked([board], base, card, kernel)
            return typeof settled === 'string'
              ? settled.replaceAll(card, '<card>').replace(/What does: .*|Nothing else .*/g, '')
              : `kernel ${settled.kernel.id}`
          }
          for (const card of like) expect(outcome(card), card).toBe(outcome(first))
        }
  })
})
