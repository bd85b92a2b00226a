/** What a property list of macOS is made of. */
export type Plist = string | number | boolean | Plist[] | { [key: string]: Plist }

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const unescape = (text: string): string =>
  text.replaceAll(
    /&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi,
    (all, decimal?: string, hex?: string, name?: string) =>
      decimal !== undefined
        ? String.fromCodePoint(Number(decimal))
        : hex !== undefined
          ? String.fromCodePoint(Number.parseInt(hex, 16))
          : (entities[name!] ?? all),
  )

/**
 * Reads the XML form of a property list, as diskutil prints it. Dates and data stay text. Throws
 * for what is none.
 */
export function parsePlist(xml: string): Plist {
  const body = /<plist[^>]*>([^]*)<\/plist>/.exec(xml)?.[1]
  if (body === undefined) throw new Error('no property list')
  const tokens = [...body.replaceAll(/<!--[^]*?-->/g, '').matchAll(/<(\/?)(\w+)\s*(\/?)>([^<]*)/g)]
  let at = 0
  const value = (): Plist => {
    const [, closing, tag, empty, text = ''] = tokens[at++] ?? []
    if (tag === undefined || closing === '/') throw new Error('a property list that is not whole')
    if (tag === 'true' || tag === 'false') {
      if (empty !== '/') at++
      return tag === 'true'
    }
    if (tag !== 'dict' && tag !== 'array') {
      if (empty !== '/') at++
      return tag === 'integer' || tag === 'real' ? Number(text) : unescape(text)
    }
    const [list, dict]: [Plist[], Record<string, Plist>] = [[], {}]
    if (empty === '/') return tag === 'array' ? list : dict
    while (tokens[at]?.[1] !== '/') {
      if (tag === 'array') list.push(value())
      else {
        const key = value() as string
        dict[key] = value()
      }
    }
    at++
    return tag === 'array' ? list : dict
  }
  return value()
}
