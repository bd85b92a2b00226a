/** A tag of a page, with its attributes as they are written. */
interface Tag {
  name: string
  attributes: Record<string, string>
}

/** Elements without an end. */
const VOID = new Set(['meta', '!doctype'])

/**
 * Every tag of a page, in order. Throws where an element does not end, where one ends that is not
 * open, and where a < or > of a text is not escaped.
 */
export function tagsOf(page: string): Tag[] {
  const tags: Tag[] = []
  const open: string[] = []
  const withoutStyle = page.replace(/<style>[^<]*<\/style>/, '<style></style>')
  const tag = /<(\/?)([!\w]+)((?:\s+[\w-]+(?:="[^"<>]*")?)*)\s*(\/?)>/y
  let at = 0
  while (at < withoutStyle.length) {
    const next = withoutStyle.indexOf('<', at)
    const text = withoutStyle.slice(at, next < 0 ? undefined : next)
    if (text.includes('>')) throw new Error(`a > in a text: ${text}`)
    if (next < 0) break
    tag.lastIndex = next
    const found = tag.exec(withoutStyle)
    if (!found) throw new Error(`no tag: ${withoutStyle.slice(next, next + 80)}`)
    const [whole, end, name, attributes, alone] = found
    if (end === '/') {
      const last = open.pop()
      if (last !== name) throw new Error(`</${name}> ends <${last}>`)
    } else {
      tags.push({
        name: name!,
        attributes: Object.fromEntries(
          [...attributes!.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!]),
        ),
      })
      if (alone !== '/' && !VOID.has(name!)) open.push(name!)
    }
    at = next + whole.length
  }
  if (open.length > 0) throw new Error(`does not end: ${open.join(' ')}`)
  return tags
}
