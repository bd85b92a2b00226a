import * as fc from 'fast-check'

/** Words that mean something to JavaScript, YAML, TOML, XML, a shell, a unit or a terminal. */
export const odd = fc.constantFrom(
  ...'__proto__ constructor toString hasOwnProperty prototype length 0 -1 1e9 9999999'.split(' '),
  ...'~ *a &a << [*a] {a:*a} [ ] { } !!js | $(id) `id` %i \\ " ä # = . ""'.split(' '),
  ...'\u0000 \u001B[2J \u009B2J \u202E \uD800 \uFEFF \u2028 <!-- --> </ > &amp;'.split(' '),
  '',
  ' ',
  '\n',
  '\r\n',
  "Bob's DAC",
)

/** A text into which odd words were put, here and there, in the place of some letters. */
export const torn = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(text, fc.array(fc.tuple(fc.nat(), odd, fc.nat(6)), { maxLength: 3 }))
    .map(([whole, cuts]) =>
      cuts.reduce((was, [place, put, out]) => {
        const at = place % (was.length + 1)
        return was.slice(0, at) + put + was.slice(at + out)
      }, whole),
    )
