import { createServer, request as ask } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'

export interface Proxy {
  /** host:port */
  address: string
  /** `GET http://…` or `CONNECT host:port` of every request, and its Proxy-Authorization */
  asked: { what: string; authorization: string | undefined }[]
  close(): void
}

/**
 * A proxy on a free port of 127.0.0.1 for http (whole addresses) and https (CONNECT). `says` is a
 * status it answers instead, 0: never anything.
 */
export async function serveProxy({ says }: { says?: number } = {}): Promise<Proxy> {
  const asked: Proxy['asked'] = []
  const server = createServer((request, response) => {
    asked.push({
      what: `${request.method} ${request.url}`,
      authorization: request.headers['proxy-authorization'],
    })
    if (says === 0) return
    if (says !== undefined) return void response.writeHead(says).end()
    const onward = ask(
      request.url!,
      { method: request.method!, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode!, answer.headers)
        answer.pipe(response)
        answer.once('close', () => answer.complete || response.socket?.destroySoon())
      },
    )
    onward.on('error', () => response.writeHead(502).end())
    request.pipe(onward)
  })
  server.on('connect', (request, socket) => {
    asked.push({
      what: `CONNECT ${request.url}`,
      authorization: request.headers['proxy-authorization'],
    })
    socket.on('error', () => undefined)
    if (says === 0) return
    if (says !== undefined) return void socket.end(`HTTP/1.1 ${says} No\r\n\r\n`)
    const { hostname, port } = new URL(`http://${request.url}`)
    const onward = connect(Number(port), hostname, () => socket.write('HTTP/1.1 200 OK\r\n\r\n'))
    onward.on('error', () => socket.destroy())
    onward.pipe(socket)
    socket.pipe(onward)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
