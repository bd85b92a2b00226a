import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Content } from './content.ts'
import type { Step } from './script.ts'

/** What was asked, and how it was answered. */
export interface Asked {
  method: string
  path: string
  range?: string
  if_range?: string
  agent?: string
  authorization?: string
  status: number
  /** bytes of the body that were sent so far */
  sent: number
}

/** Answers with a file, or with what the step makes of that. */
export async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  content: Content,
  step: Step,
  asked: Asked,
): Promise<void> {
  const begin = (status: number, headers: Record<string, string>): void => {
    asked.status = status
    for (const [name, value] of Object.entries({ ...headers, ...step.headers }))
      if (value !== null) response.setHeader(name, value)
    response.writeHead(status)
  }
  if (step.stall_after === -1) return
  if (step.redirect !== undefined) {
    begin(step.status ?? 302, { location: step.redirect })
    return void response.end()
  }
  if (step.status !== undefined) {
    begin(step.status, { 'content-type': 'text/plain' })
    return void response.end(`${step.status}\n`)
  }
  const names = { etag: content.etag, 'last-modified': content.modified.toUTCString() }
  const range = step.ignore_ranges === true ? undefined : rangeOf(request, content)
  if (range === null) {
    begin(416, { 'content-range': `bytes */${content.length}` })
    return void response.end()
  }
  const [from, to] = range ?? [0, content.length]
  const claimed = step.claims_length ?? to - from
  begin(range ? 206 : 200, {
    ...names,
    'accept-ranges': 'bytes',
    'content-type': 'application/octet-stream',
    'content-length': String(claimed),
    ...(range ? { 'content-range': `bytes ${from}-${to - 1}/${content.length}` } : {}),
    ...(step.claims_length === undefined ? {} : { connection: 'close' }),
  })
  if (request.method === 'HEAD') return void response.end()
  response.flushHeaders()
  const stop = Math.min(
    claimed,
    to - from,
    step.drop_after ?? Infinity,
    step.stall_after ?? Infinity,
  )
  await send(response, content.read(from, from + stop), step, asked)
  if (step.stall_after !== undefined) return
  if (stop < claimed) response.socket?.destroySoon() // what was written still arrives
  else response.end()
}

async function send(
  response: ServerResponse,
  pieces: AsyncIterable<Buffer> | Iterable<Buffer>,
  step: Step,
  asked: Asked,
): Promise<void> {
  const write = (bytes: Buffer): Promise<void> =>
    new Promise<void>((done, fail) =>
      response.write(bytes, (error) => (error ? fail(error) : done())),
    ).then(() => void (asked.sent += bytes.length))
  let first = step.wrong_bytes === true
  for await (const whole of pieces) {
    const piece = first ? Buffer.concat([Buffer.of(whole[0]! ^ 0xff), whole.subarray(1)]) : whole
    first = false
    await write(piece)
  }
}

/**
 * The one range that is asked for, if its condition holds: [from, to). Null: there is nothing in
 * it. Undefined: all of the file.
 */
function rangeOf(
  { headers }: IncomingMessage,
  { length, etag, modified }: Content,
): [from: number, to: number] | null | undefined {
  const condition = headers['if-range']
  if (condition !== undefined && condition !== etag && condition !== modified.toUTCString())
    return undefined
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '') ?? []
  if (first === undefined || last === undefined || first + last === '') return undefined
  const from = first === '' ? Math.max(0, length - Number(last)) : Number(first)
  const to = first === '' || last === '' ? length : Math.min(length, Number(last) + 1)
  return from < to ? [from, to] : null
}
