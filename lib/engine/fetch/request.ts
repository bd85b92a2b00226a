import type { IncomingHttpHeaders } from 'node:http'
import { isDowngrade, proxiesOf } from './address.ts'
import type { Address } from './address.ts'
import { Lost } from './patience.ts'
import type { Patience } from './patience.ts'
import { explained } from './refusals.ts'

/** The beginning of an answer, and what follows. */
export interface Reply {
  status: number
  headers: IncomingHttpHeaders
  /** Fails with Lost when the connection does, or when nothing comes for too long. */
  body: AsyncIterable<Buffer>
  /** Ends it, whether or not all of it was read. */
  close(): void
}

export interface RequestOptions {
  /** http_proxy, https_proxy, no_proxy, in lower or upper case */
  proxies: Readonly<Record<string, string | undefined>>
  patience: Patience
  signal: AbortSignal
}

// downloads.raspberrypi.com answers 403 to the agents of client libraries and of curl (a comment in
// rpi-flasher's source).
export const userAgent = 'Mozilla/5.0 (compatible; downbeat/0.1.0)'

/**
 * Asks for an address, follows redirects, and gives the answer whatever its status. Lost, UserError
 * or HostError for none.
 */
export async function request(
  { url, name }: Address,
  headers: Record<string, string>,
  options: RequestOptions,
): Promise<Reply> {
  const { patience, signal } = options
  // Loaded here because they are large, and most runs fetch nothing.
  const [{ default: got }, { Agent: HttpAgent }, { Agent: HttpsAgent }, { getCACertificates }] =
    await Promise.all([
      import('got'),
      import('node:http'),
      import('node:https'),
      import('node:tls'),
    ])
  const proxyEnv = proxiesOf(options.proxies)
  // Node's own list alone would miss what this machine was told to trust, as curl and apt do: the
  // CA of a house with a proxy.
  const ca = [...new Set([...getCACertificates('default'), ...getCACertificates('system')])]
  const agent = {
    http: new HttpAgent({ proxyEnv }),
    https: new HttpsAgent({ proxyEnv, ca, timeout: patience.silence }),
  }
  const stream = got.stream(url, {
    headers: { 'user-agent': userAgent, 'accept-encoding': 'identity', ...headers },
    agent,
    signal,
    decompress: false,
    throwHttpErrors: false,
    retry: { limit: 0 },
    maxRedirects: 10,
    followRedirect: (response) => !isDowngrade(response.url, response.headers.location ?? ''),
  })
  stream.on('error', () => undefined) // whoever waits hears of it
  const close = (): void => {
    stream.destroy()
    agent.http.destroy()
    agent.https.destroy()
  }
  // One clock for all there is to wait for: names, connection, proxy, TLS, answer, and each piece
  // of it.
  const wait = async <Result>(promise: Promise<Result>): Promise<Result> => {
    const cancel = patience.alarm(patience.silence, () => {
      stream.destroy(new Lost(`nothing has come for ${patience.silence / 1000} s`))
    })
    try {
      return await promise
    } catch (error) {
      close()
      throw explained(error, name)
    } finally {
      cancel()
    }
  }
  const { statusCode, headers: answered } = await wait(
    new Promise<{ statusCode: number; headers: IncomingHttpHeaders }>((done, fail) => {
      stream.once('response', done)
      stream.once('error', fail)
    }),
  )
  async function* body(): AsyncGenerator<Buffer> {
    const pieces = (stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
    for (;;) {
      // not while what came is being written: that is no fault of the network
      const { done, value } = await wait(pieces.next())
      if (done === true) return
      yield value
    }
  }
  return { status: statusCode, headers: answered, body: body(), close }
}
