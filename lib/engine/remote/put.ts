import { createReadStream } from 'node:fs'
import { withoutSecrets } from '../../common/words/secrets.ts'
import { proxiesOf } from '../fetch/address.ts'
import { defaultPatience } from '../fetch/patience.ts'
import { userAgent } from '../fetch/request.ts'

/** Stores bytes, or those of a file, under an address. Throws where the server does not take them. */
export async function put(
  url: string,
  what: { text: string } | { file: string; bytes: number },
  {
    proxies,
    signal,
  }: { proxies: Readonly<Record<string, string | undefined>>; signal: AbortSignal },
): Promise<void> {
  const [{ default: got }, { Agent: HttpAgent }, { Agent: HttpsAgent }] = await Promise.all([
    import('got'),
    import('node:http'),
    import('node:https'),
  ])
  const proxyEnv = proxiesOf(proxies)
  const agent = { http: new HttpAgent({ proxyEnv }), https: new HttpsAgent({ proxyEnv }) }
  const { silence } = defaultPatience
  try {
    const { statusCode } = await got.put(url, {
      ...('text' in what ? { body: what.text } : { body: createReadStream(what.file) }),
      headers: {
        'user-agent': userAgent,
        ...('file' in what ? { 'content-length': String(what.bytes) } : {}),
      },
      agent,
      signal,
      throwHttpErrors: false,
      followRedirect: false,
      retry: { limit: 0 },
      timeout: { socket: silence, connect: silence, lookup: silence, secureConnect: silence },
    })
    if (statusCode < 200 || statusCode > 299)
      throw new Error(
        `${withoutSecrets(url)}: the server answers ${statusCode} and does not take it`,
      )
  } finally {
    agent.http.destroy()
    agent.https.destroy()
  }
}
