import type { Address } from './address.ts'
import type { Reply } from './request.ts'

/** Which file some bytes are of, as its server names it. */
export interface Origin {
  /** without a name and a password */
  url: string
  etag?: string | undefined
  last_modified?: string | undefined
  length?: number | undefined
}

/** Whether something that was read is one. */
export function isOrigin(value: unknown): value is Origin {
  if (value === null || typeof value !== 'object') return false
  const { url, etag, last_modified, length } = value as Record<string, unknown>
  const words = [etag, last_modified].every(
    (word) => word === undefined || typeof word === 'string',
  )
  return typeof url === 'string' && words && (length === undefined || typeof length === 'number')
}

/** The origin of what a server begins to give. */
export function originOf(source: Address, { headers }: Reply): Origin {
  const { etag, 'last-modified': last_modified, 'content-length': length } = headers
  return {
    url: addressOf(source),
    // a weak one promises less than the same bytes
    ...(etag?.startsWith('"') === true ? { etag } : {}),
    ...(last_modified === undefined ? {} : { last_modified }),
    ...(length === undefined ? {} : { length: Number(length) }),
  }
}

/**
 * The headers that ask for what follows these bytes, provided that it is the same file still;
 * undefined where that cannot be said.
 */
export function rangeAfter(
  bytes: number,
  origin: Origin | undefined,
  source: Address,
): Record<string, string> | undefined {
  const same = origin?.etag ?? origin?.last_modified
  if (origin === undefined || same === undefined || origin.url !== addressOf(source))
    return undefined
  if (bytes === 0 || bytes >= (origin.length ?? Infinity)) return undefined
  return { range: `bytes=${bytes}-`, 'if-range': same }
}

/**
 * Whether a 206 begins right after these bytes, and is of the same file: servers and caches in
 * between get that wrong.
 */
export function continues(
  { headers }: Reply,
  bytes: number,
  { etag, last_modified, length }: Origin,
): boolean {
  const [, first, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers['content-range'] ?? '') ?? []
  if (Number(first) !== bytes || (length !== undefined && Number(total) !== length)) return false
  return etag === undefined
    ? [undefined, last_modified].includes(headers['last-modified'])
    : headers.etag === etag
}

function addressOf({ url }: Address): string {
  const address = new URL(url)
  address.username = address.password = ''
  return address.href
}
