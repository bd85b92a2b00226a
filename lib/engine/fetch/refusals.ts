import { HostError, messageOf, UserError } from '../../common/words/errors.ts'
import { withoutSecrets } from '../../common/words/secrets.ts'
import type { Address } from './address.ts'
import { Lost } from './patience.ts'
import type { Reply } from './request.ts'

// Everything that can be said against a download: where, what, and what to do.

const certificates =
  /^(UNABLE_TO_|CERT_|CRL_|ERROR_IN_C|DEPTH_ZERO_|SELF_SIGNED_|INVALID_|PATH_LENGTH|HOSTNAME_|ERR_TLS_CERT)/
const checkProxy = 'see what http_proxy and https_proxy say'

/** What a failed request means: most of it passes. */
export function explained(error: unknown, name: string): Error {
  // got says what of it failed
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  if (cause instanceof Lost) return cause
  const { code = '', statusCode } = cause as { code?: string; statusCode?: number }
  const message = withoutSecrets(messageOf(cause))
  if (code === 'ERR_TOO_MANY_REDIRECTS')
    return new UserError(`${name}: redirects again and again, without an end`)
  if (code === 'ERR_UNSUPPORTED_PROTOCOL' || code === 'ERR_INVALID_URL')
    return new UserError(`${name}: redirects to an address that cannot be fetched (${message})`)
  if (certificates.test(code)) {
    const mend =
      "see whether this machine's clock is right (date); where a proxy has certificates of its own, " +
      'put their CA into /usr/local/share/ca-certificates and type sudo update-ca-certificates'
    return new HostError(
      `${name}: the certificate of the server is not to be trusted (${code})`,
      mend,
    )
  }
  if (code === 'ERR_PROXY_TUNNEL' && statusCode !== undefined && statusCode < 500)
    return new HostError(`${name}: ${message}`, checkProxy)
  if (code === 'ERR_HTTP_CONTENT_LENGTH_MISMATCH') return new Lost('the connection ended half-way')
  // none where several addresses were tried
  return new Lost(`the connection failed (${message || code})`)
}

/** What an answer means that does not give what was asked for. */
export function refused({ status, headers }: Reply, name: string): Error {
  if (status >= 500 || [408, 425, 429].includes(status))
    return new Lost(`the server answers ${status}`, retryAfter(headers['retry-after']))
  if (status === 407)
    return new HostError(`${name}: the proxy wants a name and a password (407)`, checkProxy)
  if (status === 404 || status === 410)
    return new UserError(
      `${name}: there is nothing there (the server answers ${status}); see whether that address is still right`,
    )
  if (status === 401 || status === 403)
    return new UserError(
      `${name}: the server does not give it away (it answers ${status}); see whether that address is right`,
    )
  if (status >= 300 && status < 400 && headers.location !== undefined) {
    const to = withoutSecrets(headers.location)
    return new UserError(
      `${name}: redirects from https to ${to} (${status}); without https, anybody can change it`,
    )
  }
  return new UserError(`${name}: the server answers ${status}; downbeat cannot use this answer`)
}

/** Milliseconds of a Retry-After, which has seconds or a date. */
function retryAfter(value: string | undefined): number {
  const ms = /^\d+$/.test(value ?? '') ? Number(value) * 1000 : Date.parse(value ?? '') - Date.now()
  return Number.isNaN(ms) ? 0 : Math.max(0, ms)
}

/** The network is needed, and not allowed. */
export const notOffline = ({ name }: Address, otherwise = ''): UserError =>
  new UserError(
    `${name}: is not in the cache, and DOWNBEAT_OFFLINE forbids to fetch it; run the same command once without DOWNBEAT_OFFLINE${otherwise}`,
  )

/** A file of this machine that cannot be had. */
export const unreadable = ({ name }: Address, error: unknown): UserError => {
  const { code = '' } = error as NodeJS.ErrnoException
  return new UserError(
    `${name}: ${code === 'ENOENT' ? 'there is no such file' : `cannot be read (${code || messageOf(error)})`}`,
  )
}

export const otherBytes = ({ name }: Address, expected: string, got: string): UserError =>
  new UserError(
    `${name}: has other bytes than it should have\n  expected sha256 ${expected}\n  got sha256      ${got}\n` +
      '  the server may have a new file, or your network sent a page of its own instead',
  )

export const tooLong = ({ name }: Address, limit: number): UserError =>
  new UserError(
    `${name}: has more than ${limit} bytes; such a file is never so large; check the address`,
  )
