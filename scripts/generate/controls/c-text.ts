/** A call of a macro, or what has its form: its arguments as they are written. */
export interface Call {
  macro: string
  args: string[]
  /** where it begins in the text */
  at: number
}

/** Source in C without its comments, and without the parts that `#if 0` keeps out. */
export const withoutComments = (source: string): string =>
  source
    .replaceAll(/\/\*[^]*?\*\/|\/\/.*$|"(?:[^"\\\n]|\\.)*"/gm, (found) =>
      found.startsWith('"') ? found : ' ',
    )
    .replaceAll(/^#if 0$[^]*?^#(?:else|endif).*$/gm, '')

/** The macros without arguments that a text defines. */
export const definesOf = (text: string): Map<string, string> =>
  new Map(
    [...text.matchAll(/^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+(\S.*)$/gm)].map(([, name, value]) => [
      name!,
      value!.trim(),
    ]),
  )

/** All calls whose name matches, those inside of others too. */
export function callsOf(text: string, name: RegExp): Call[] {
  return [...text.matchAll(/\b([A-Za-z_]\w*)\s*\(/g)].flatMap(({ 0: head, 1: macro, index }) => {
    const args = name.test(macro!) ? argumentsAt(text, index + head.length) : undefined
    return args === undefined ? [] : [{ macro: macro!, args, at: index }]
  })
}

/** The arguments from behind the opening bracket on; undefined: it is never closed. */
function argumentsAt(text: string, from: number): string[] | undefined {
  const args: string[] = []
  let begin = from
  let depth = 0
  for (let at = from; at < text.length; at++) {
    const letter = text[at]!
    if (letter === '"') at = endOfText(text, at)
    else if ('([{'.includes(letter)) depth++
    else if (depth === 0 && (letter === ',' || letter === ')')) {
      args.push(text.slice(begin, at).trim())
      begin = at + 1
      if (letter === ')') return args
    } else if (')]}'.includes(letter)) depth--
  }
  return undefined
}

function endOfText(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++)
    if (text[at] === '\\') at++
    else if (text[at] === '"') return at
  return text.length
}

/** The text between quotes, pieces that stand beside each other put together; undefined: it is none. */
export function quoted(text: string): string | undefined {
  const pieces = [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)]
  if (pieces.length === 0 || text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '').trim() !== '')
    return undefined
  return pieces.map(([, inner]) => inner!.replaceAll(/\\(.)/g, '$1')).join('')
}

/** A whole number that is worked out of a text such as `(1 << WIDTH) - 1`; undefined: it is none. */
export function numberOf(text: string, defines: ReadonlyMap<string, string>): number | undefined {
  const tokens = tokensOf(text, defines, 0)
  if (tokens === undefined) return undefined
  let at = 0
  const levels = [['|'], ['&'], ['<<', '>>'], ['+', '-'], ['*', '/']]
  const apply: Record<string, (a: number, b: number) => number> = {
    '|': (a, b) => a | b,
    '&': (a, b) => a & b,
    '<<': (a, b) => a << b,
    '>>': (a, b) => a >> b,
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => Math.trunc(a / b),
  }
  const part = (level: number): number => {
    if (level === levels.length) return single()
    let value = part(level + 1)
    while (levels[level]!.includes(tokens[at]!))
      value = apply[tokens[at++]!]!(value, part(level + 1))
    return value
  }
  const single = (): number => {
    const token = tokens[at++]
    if (token === '-') return -single()
    if (token === '~') return ~single()
    if (token !== '(') return Number(token)
    const value = part(0)
    return tokens[at++] === ')' ? value : NaN
  }
  const value = part(0)
  return at === tokens.length && Number.isInteger(value) ? value : undefined
}

/** Numbers and signs, with what macros stand for in their places. */
function tokensOf(
  text: string,
  defines: ReadonlyMap<string, string>,
  depth: number,
): string[] | undefined {
  const found = text.match(/0[xX][0-9a-fA-F]+|\d+|\w+|<<|>>|[-+*/()|&~]|\S/g)
  if (found === null || depth > 20) return undefined
  const tokens: string[] = []
  for (const token of found) {
    const inner = defines.get(token)
    const meant = inner === undefined ? [token] : tokensOf(inner, defines, depth + 1)
    if (meant === undefined) return undefined
    tokens.push(...(inner === undefined ? meant : ['(', ...meant, ')']))
  }
  return tokens
}
