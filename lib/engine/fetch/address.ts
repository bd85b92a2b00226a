import { UserError } from '../../common/words/errors.ts'
import { withoutSecrets } from '../../common/words/secrets.ts'
import { mirrored, mirrorOf } from './mirrors.ts'
import type { Mirror } from './mirrors.ts'

/** Where something is fetched, and what messages call it. */
export interface Address {
  url: URL
  name: string
}

/** Where to fetch it: at the mirror, if there is one for it. UserError for what is no address. */
export function addressOf(asked: string, mirrors: readonly Mirror[]): Address {
  const fitting = mirrorOf(asked, mirrors)
  const at = mirrored(asked, mirrors)
  const name = withoutSecrets(asked)
  const url = URL.parse(at)
  if (
    url === null ||
    !['http:', 'https:', 'file:'].includes(url.protocol) ||
    (url.protocol === 'file:' && url.host !== '')
  ) {
    throw new UserError(
      fitting === undefined
        ? `${name}: is no address to fetch from (it begins with https://, http:// or file:///)`
        : `${withoutSecrets(fitting.to)}: is no mirror to fetch from (it begins with https://, http:// or file:///)`,
    )
  }
  return {
    url,
    name: fitting === undefined ? name : `${name} (from the mirror ${withoutSecrets(url.href)})`,
  }
}

/** Whether following this would go on without the encryption it began with. */
export const isDowngrade = (from: string, to: string): boolean =>
  URL.parse(from)?.protocol === 'https:' && URL.parse(to, from)?.protocol === 'http:'

/**
 * `http_proxy` and the like as Node reads them, after curl's manners: a proxy may be named without
 * http://, and `no_proxy` holds for a domain's subdomains, too. The message of its UserError has no
 * password in it.
 */
export function proxiesOf(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const proxies: Record<string, string> = {}
  for (const scheme of ['http', 'https']) {
    const name = [`${scheme}_proxy`, `${scheme}_PROXY`.toUpperCase()].find(
      (key) => environment[key],
    )
    if (name === undefined) continue
    const value = environment[name]!.trim()
    const whole = value.includes('://') ? value : `http://${value}`
    if (!isProxy(whole))
      throw new UserError(`${name}: is no address of a proxy such as http://proxy.example:3128`)
    proxies[`${scheme}_proxy`] = whole
  }
  const direct = (environment['no_proxy'] || environment['NO_PROXY'] || '')
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
  if (direct.length > 0)
    proxies['no_proxy'] = direct.flatMap((entry) => [entry, `.${entry}`]).join(',')
  return proxies
}

function isProxy(address: string): boolean {
  try {
    const { protocol, username, password } = new URL(address)
    decodeURIComponent(username + password) // Node does so later
    // URL passes over line ends, where Node later does not
    return (protocol === 'http:' || protocol === 'https:') && !/[\s\p{Cc}]/u.test(address)
  } catch {
    return false
  }
}
