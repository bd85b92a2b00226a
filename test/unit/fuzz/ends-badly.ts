import { constantFrom } from 'fast-check'
import { ofProperty } from '../../../scripts/fuzzing/target.ts'

// A target for the test of the fuzzer itself: each of its inputs ends in another way.

export const target = ofProperty<string>({
  about: 'inputs that end badly',
  inputs: constantFrom(...(process.env['ENDS'] ?? 'well').split(' ')),
  holds(input) {
    if (input === 'never') for (;;);

    if (input === 'thrown') throw new Error('something is wrong')
  },
  text: (input) => `the input ${input}`,
})
