import { createHash } from 'node:crypto'
import { closeSync, fstatSync, lstatSync, readFileSync } from 'node:fs'
import { UserError } from '../words/errors.ts'
import type { Extent } from '../files/extent.ts'
import { openNamed } from '../files/named.ts'

/** Bytes of the image that mean something, and what the map says of them. */
export interface Mapped extends Extent {
  sha256?: string
}

/** Which bytes of an image mean something. */
export interface Bmap {
  path: string
  /** of the image */
  bytes: number
  /** in ascending order, without overlaps */
  ranges: Mapped[]
}

/**
 * The map that lies beside an image: of `x.img`, `x.img.xz` and `x.img.zst` it is `x.img.bmap` or
 * `x.bmap`, as for bmaptool.
 */
export function bmapBeside(image: string): string | undefined {
  const raw = image.replace(/\.(xz|zst)$/, '')
  return [`${raw}.bmap`, `${raw.replace(/\.img$/, '')}.bmap`].find(
    // a link to nowhere is one, too: it was meant to be used
    (path) => lstatSync(path, { throwIfNoEntry: false }) !== undefined,
  )
}

/**
 * Reads a map. A damaged one could leave out what the image needs, so that nothing doubtful is
 * taken: UserError.
 */
export function readBmap(path: string): Bmap {
  const file = openNamed(path, wrongIn(path))
  try {
    const { size } = fstatSync(file)
    if (size > LONGEST) throw wrongIn(path)(`has ${size} bytes: such a map is never so large`)
    return parseBmap(readFileSync(file, 'utf8'), path)
  } finally {
    closeSync(file)
  }
}

/** Bytes of a map, at most: that of an image of 16 GB of which every other block means something. */
const LONGEST = 256 * 2 ** 20

const wrongIn =
  (path: string) =>
  (what: string): UserError =>
    new UserError(
      `${path}: ${what}; get it again, or take it away: without a map every block is written`,
    )

/** The format of bmap-tools, version 2.0, with sha256. */
export function parseBmap(text: string, path: string): Bmap {
  const wrong = wrongIn(path)
  const body = withoutComments(text)
  const version = /<bmap\s+version\s*=\s*["']([^"'<>]*)["']\s*>/.exec(body)?.[1]
  if (version === undefined || !body.trimEnd().endsWith('</bmap>'))
    throw wrong('this is no block map, or a part of one')
  if (version !== '2.0') throw wrong(`a block map of version ${version}, and only 2.0 is read`)
  const field = (name: string): string => {
    const [first, ...more] = [...body.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))]
    if (first === undefined || more.length > 0)
      throw wrong(`there should be one ${name}, and there are ${first ? more.length + 1 : 'none'}`)
    return first[1]!.trim()
  }
  const count = (name: string): number => {
    const value = Number(/^\d+$/.exec(field(name))?.[0] ?? Number.NaN)
    if (!Number.isSafeInteger(value)) throw wrong(`${name} is no number`)
    return value
  }
  if (field('ChecksumType') !== 'sha256')
    throw wrong(`its checksums are ${field('ChecksumType')}, and only sha256 is read`)
  const own = field('BmapFileChecksum')
  if (sha256(text.replace(own, '0'.repeat(own.length))) !== own.toLowerCase())
    throw wrong('it has been changed or damaged: its own checksum differs')
  const [bytes, block, blocks, mapped] = [
    count('ImageSize'),
    count('BlockSize'),
    count('BlocksCount'),
    count('MappedBlocksCount'),
  ]
  if (block === 0 || block % 512 !== 0)
    throw wrong(`blocks of ${block} bytes are no multiple of a sector`)
  if (Math.ceil(bytes / block) !== blocks) throw wrong('its numbers contradict each other')
  const ranges: Mapped[] = []
  let seen = 0
  for (const [, attributes = '', content = ''] of inside(body, 'BlockMap').matchAll(
    /<Range\b([^<>]*)>([^<]*)<\/Range>/g,
  )) {
    const [, from, to = from] = /^\s*(\d+)(?:\s*-\s*(\d+))?\s*$/.exec(content) ?? []
    const sum = /\bchksum\s*=\s*["']([0-9a-f]{64})["']/i.exec(attributes)?.[1]?.toLowerCase()
    if (from === undefined || sum === undefined)
      throw wrong(`a range that cannot be read: "${content.trim()}"`)
    const [start, end] = [Number(from) * block, Math.min((Number(to) + 1) * block, bytes)]
    if (start >= end || start < (ranges.at(-1)?.end ?? 0))
      throw wrong(`a range that is not where it should be: "${content.trim()}"`)
    seen += Number(to) - Number(from) + 1
    ranges.push({ start, end, sha256: sum })
  }
  if (seen !== mapped) throw wrong(`it should have ${mapped} blocks, and has ${seen}`)
  return { path, bytes, ranges }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

// Each text is passed over once: a pattern that may stop anywhere would start again at every place.

/** What stands between a first tag and the last one that ends it. */
function inside(body: string, name: string): string {
  const [from, to] = [body.indexOf(`<${name}>`), body.lastIndexOf(`</${name}>`)]
  return from < 0 || to < from ? '' : body.slice(from + name.length + 2, to)
}

/** A comment that does not end is none: the rest is a text that is no map. */
function withoutComments(text: string): string {
  const kept: string[] = []
  let at = 0
  for (;;) {
    const from = text.indexOf('<!--', at)
    const to = from < 0 ? -1 : text.indexOf('-->', from + 4)
    if (to < 0) return kept.join('') + text.slice(at)
    kept.push(text.slice(at, from))
    at = to + 3
  }
}
