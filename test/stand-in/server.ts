import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer as createHttp } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join, normalize } from 'node:path'
import { parseArgs } from 'node:util'
import { answer } from './answer.ts'
import type { Asked } from './answer.ts'
import { fileContent } from './content.ts'
import type { Content } from './content.ts'
import { contentOf, Script } from './script.ts'
import type { Step } from './script.ts'

// A stand-in for the servers of the world. As a program of its own:
//   node test/stand-in/server.ts --folder files --script script.json --port-file port --log asked.jsonl
// Its port is in the file as soon as it answers; the log has a line for each request that has
// ended.

export interface StandIn {
  /** without a slash at its end */
  url: string
  /** every request, in the order in which they came */
  asked: Asked[]
  /** Serves this at a path from now on. */
  put(path: string, content: Content): void
  /** What is done with the next requests for a path, after what it was told already. */
  next(path: string, ...steps: Step[]): void
  close(): Promise<void>
}

export interface StandInOptions {
  folder?: string | undefined
  script?: Script
  /** https, with this key and certificate in PEM */
  tls?: { key: string; cert: string }
  /** a request has ended, one way or another */
  onEnd?: (asked: Asked) => void
}

const defaultAgents =
  /^$|^(curl|wget|python|httpx|aiohttp|node|undici|got|axios|go-http|java|okhttp|libwww|ruby|php)/i

/** Serves files on a free port of 127.0.0.1. */
export async function serve(options: StandInOptions = {}): Promise<StandIn> {
  const { entries = {}, steps = {}, refuses_default_agents } = options.script ?? {}
  const contents = new Map(Object.entries(entries).map(([path, entry]) => [path, contentOf(entry)]))
  const aliases = new Map<string, string>()
  const queues = new Map<string, Step[]>()
  const next = (path: string, ...more: Step[]): void => {
    queues.set(path, [
      ...(queues.get(path) ?? []),
      ...more.flatMap(({ times = 1, ...step }) => Array.from({ length: times }, () => step)),
    ])
  }
  for (const [path, list] of Object.entries(steps)) next(path, ...list)
  const asked: Asked[] = []

  const find = (path: string): Content | undefined => {
    const at = aliases.get(path) ?? path
    return (
      contents.get(at) ??
      (options.folder === undefined ? undefined : fileContent(join(options.folder, normalize(at))))
    )
  }
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://stand-in').pathname)
    const { range, 'if-range': if_range, 'user-agent': agent, authorization } = request.headers
    const one: Asked = {
      method: request.method ?? '',
      path,
      ...(range === undefined ? {} : { range }),
      ...(typeof if_range === 'string' ? { if_range } : {}),
      ...(agent === undefined ? {} : { agent }),
      ...(authorization === undefined ? {} : { authorization }),
      status: 0,
      sent: 0,
    }
    asked.push(one)
    response.once('close', () => options.onEnd?.(one))
    const step = { ...queues.get(path)?.shift() }
    if (step.becomes !== undefined) aliases.set(path, step.becomes)
    const content = find(path)
    if (refuses_default_agents === true && defaultAgents.test(agent ?? '')) step.status = 403
    else if (content === undefined && step.redirect === undefined) step.status ??= 404
    await answer(request, response, content ?? contentOf({ text: '' }), step, one)
  }
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    handle(request, response).catch(() => response.destroy()) // whoever asked has gone away
  }
  const server =
    options.tls === undefined ? createHttp(listener) : createHttps(options.tls, listener)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http${options.tls === undefined ? '' : 's'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    put: (path, content) => void contents.set(path, content),
    next,
    close: () =>
      new Promise<void>((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      folder: { type: 'string' },
      script: { type: 'string' },
      'port-file': { type: 'string' },
      log: { type: 'string' },
    },
  })
  const { url } = await serve({
    folder: values.folder,
    script:
      values.script === undefined
        ? {}
        : Script.parse(JSON.parse(readFileSync(values.script, 'utf8'))),
    onEnd: (asked) =>
      values.log !== undefined && appendFileSync(values.log, `${JSON.stringify(asked)}\n`),
  })
  if (values['port-file'] !== undefined) {
    writeFileSync(`${values['port-file']}.half`, new URL(url).port)
    renameSync(`${values['port-file']}.half`, values['port-file'])
  }
}
