import { describe, expect, test } from 'vitest'
import { StageError, UserError } from '../../lib/common/words/errors.ts'
import { visible } from '../../lib/common/words/visible.ts'
import { printable } from '../../scripts/session/print.ts'
import { tell } from '../../scripts/session/tell.ts'

describe('what a person sees has as an escape', () => {
  test.each([
    ['an escape sequence', 'a\u001B[31mb', String.raw`a\u001b[31mb`],
    ['a sequence of 8 bits', 'a\u009B2Jb', String.raw`a\u009b2Jb`],
    ['NUL, bell and delete', '\0\u0007\u007F', String.raw`\u0000\u0007\u007f`],
    ['what returns to the start of the line', 'good\rbad', String.raw`good\rbad`],
    ['a line end', 'one\ntwo', String.raw`one\ntwo`],
    ['a tab', 'one\ttwo', String.raw`one\ttwo`],
    ['the separators of Unicode', 'a\u2028b\u2029c\u0085', String.raw`a\u2028b\u2029c\u0085`],
    ['what turns the direction', 'a\u202Egpj.\u202C', String.raw`a\u202egpj.\u202c`],
    ['an isolate, and a mark', '\u2066a\u2069\u200F\u061C', String.raw`\u2066a\u2069\u200f\u061c`],
    ['what has no width', 's\u200Bd\u2060a\uFEFF\u00AD', String.raw`s\u200bd\u2060a\ufeff\u00ad`],
    ['a filler that looks like a space', 'sda\u3164', String.raw`sda\u3164`],
    ['a letter of the plane of tags', 'a\u{E0061}', String.raw`a\udb40\udc61`],
    ['half a character', 'a\uD800b', String.raw`a\ud800b`],
  ])('%s', (_, text, seen) => {
    expect(visible(text)).toBe(seen)
  })
})

test.each(['Ubuntu 24.04', 'Größe: 64 GB…', '✔ 音楽', 'עברית', String.raw`C:\x`, '🎸'])(
  'a person sees %s as it is',
  (text) => {
    expect(visible(text)).toBe(text)
  },
)

test('every character that a terminal may obey is shown, and no other one is changed but the unseen', () => {
  for (let code = 0; code < 0x110000; code++) {
    const char = String.fromCodePoint(code)
    const control = code < 0x20 || (code >= 0x7f && code < 0xa0)
    if (control) expect(visible(char)).toMatch(/^\\(u00[01789][0-9a-f]|[nrt])$/)
    else if (
      /\p{L}|\p{N}|\p{P}|\p{S}/u.test(char) &&
      !/\p{Default_Ignorable_Code_Point}/u.test(char)
    )
      expect(visible(char)).toBe(char)
  }
})

test('JSON that is printed stays the same JSON', () => {
  const value = { label: 'a\u001B[0m\u009B\u202E\u{E0061}\n\t"\\' }
  expect(JSON.parse(printable(JSON.stringify(value, null, 2).split('\n')))).toEqual(value)
  expect(printable([JSON.stringify(value)])).toMatch(/^[\x20-\x7E]+\n$/)
})

test('an error, and the last lines of a stage, are seen without what a terminal would obey', () => {
  const errors = [
    new UserError('/media/a\u001B]0;x\u0007: this is no disk'),
    new StageError('kernel', 'exit status 2', ['\u001B[1merror\u001B[0m\r'], '/x.log'),
    new TypeError('\u009B31m'),
  ]
  for (const error of errors)
    expect(printable(tell(error, '/')).replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
})
