import { expect, test } from 'vitest'
import { refusal } from '../../stages/steps/patches.ts'

// What GNU patch 2.7 prints with the options of applyPatches.
test.each([
  [
    'patching file common/a.c\nHunk #2 FAILED at 20.\n1 out of 2 hunks FAILED\nrefused',
    'hunk 2 does not fit common/a.c at line 20; the source has changed there: make the patch anew',
  ],
  [
    'patching file common/first.c\npatching file common/a.c\nHunk #1 succeeded at 9 (offset 3 lines).\nHunk #2 FAILED at 20.\nrefused',
    'hunk 2 does not fit common/a.c at line 20; the source has changed there: make the patch anew',
  ],
  [
    'patching file common/a.c\nReversed (or previously applied) patch detected!  Skipping patch.\n2 out of 2 hunks ignored\nrefused',
    'common/a.c has it already: take the patch away',
  ],
  [
    "can't find file to patch at input line 3\nThe text leading up to this was:\n|--- a/common/b.c\n|+++ b/common/b.c\nNo file to patch.  Skipping patch.\nrefused",
    'there is no common/b.c to change: make the patch anew, or take it away',
  ],
  [
    'patching file a.c\npatch: **** malformed patch at line 7:\nrefused',
    'malformed patch at line 7:',
  ],
  ['patch: **** Only garbage was found in the patch input.\nrefused', 'it is no patch'],
])('what patch(1) did not like is told in a few words', (said, words) => {
  expect(refusal(said)).toBe(words)
})
