import { expect, test } from 'vitest'
import { table } from '../../scripts/verbs/test.ts'

test('the tests end with a table: how many of each part, how long it took, and all together', () => {
  expect(
    table([
      { title: 'types', passed: 1, failed: 0, skipped: 0, seconds: 4.25 },
      { title: 'unit tests', passed: 1823, failed: 1, skipped: 2, seconds: 117 },
    ]).split('\n'),
  ).toEqual([
    'part                            passed  failed skipped          time',
    'types                                1       0       0         4.3 s',
    'unit tests                        1823       1       2    1 min 57 s',
    'all                               1824       1       2     2 min 1 s',
  ])
})
