import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished } from 'vitest'
import { download } from '../../lib/engine/fetch/download.ts'
import type { DownloadOptions } from '../../lib/engine/fetch/download.ts'
import type { Patience } from '../../lib/engine/fetch/patience.ts'
import { HostError, Interrupted, UserError } from '../../lib/common/words/errors.ts'
import { patternContent, sha256Of } from '../stand-in/content.ts'
import type { Step } from '../stand-in/script.ts'
import { serve } from '../stand-in/server.ts'
import type { StandIn, StandInOptions } from '../stand-in/server.ts'
import { repository, temporaryFolder, until } from './fixtures.ts'

/** The file that is downloaded, and another of the same length. */
export const content = patternContent(3_000_000)
export const sha256 = await sha256Of(content)
export const other = patternContent(content.length, 2)
export const otherSha256 = await sha256Of(other)

/** Milliseconds that a server may say nothing. */
export const SILENCE = 600_000

/** A server with both. */
export async function standIn(options: StandInOptions = {}): Promise<StandIn> {
  const server = await serve(options)
  onTestFinished(() => server.close())
  server.put('/image', content)
  server.put('/other', other)
  return server
}

/**
 * A server that has these faults, a folder for what is fetched from it, and what was said and
 * paused meanwhile.
 */
export async function setUp(...steps: Step[]) {
  const server = await standIn()
  server.next('/image', ...steps)
  const folder = temporaryFolder()
  const url = `${server.url}/image`
  const lines: string[] = []
  const pauses: number[] = []
  const sleep = (ms: number): Promise<void> => {
    pauses.push(ms)
    return Promise.resolve()
  }
  const alarms = new Set<{ left: number; ring: () => void }>()
  const alarm: Patience['alarm'] = (left, ring) => {
    const one = { left, ring }
    alarms.add(one)
    return () => alarms.delete(one)
  }
  const options: DownloadOptions = {
    folder,
    mirrors: [],
    offline: false,
    proxies: {},
    signal: new AbortController().signal,
    onLine: (line) => lines.push(line),
    patience: { silence: SILENCE, sleep, alarm }, // no test depends on how busy this machine is
  }
  return {
    server,
    folder,
    url,
    lines,
    pauses,
    options,
    /**
     * So many milliseconds pass in which nothing comes, as soon as this is so and something is
     * waited for.
     */
    passes: async (ms: number, come: () => boolean) => {
      await until(() => come() && alarms.size > 0)
      for (const one of alarms) if ((one.left -= ms) <= 0) one.ring()
    },
    get: (more: Partial<DownloadOptions> = {}, wanted = sha256) =>
      download({ url, sha256: wanted }, { ...options, ...more }),
    /** the ranges that were asked for */
    ranges: () => server.asked.map(({ range }) => range),
    sent: () => server.asked.reduce((sum, { sent }) => sum + sent, 0),
  }
}

/** Where the range begins that was asked for; NaN for none. */
export const startOf = (range: string | undefined): number =>
  Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? NaN)

/** Everything in a folder of downloads, but for the locks. */
export const left = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name !== 'locks')
    .sort()

export const part = (folder: string, wanted = sha256): string => join(folder, `${wanted}.part`)

/** Whether so many bytes have come; the note is written before the first of them. */
export const hasCome = (folder: string, bytes: number, wanted = sha256): boolean =>
  existsSync(`${part(folder, wanted)}.json`) && statSync(part(folder, wanted)).size === bytes

/** Expects a file to be kept whole, alone and read-only. */
export function expectKept(path: string, folder: string, wanted = sha256): void {
  expect(path).toBe(join(folder, wanted))
  expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(wanted)
  expect(left(folder)).toEqual([wanted])
  expect(statSync(path).mode & 0o777).toBe(0o444)
}

/** What a user reads when it fails. Any other error is a fault and passes through. */
export async function failure(
  promise: Promise<unknown>,
): Promise<{ kind: string; message: string; mend?: string }> {
  try {
    await promise
  } catch (error) {
    if (error instanceof HostError)
      return { kind: error.name, message: error.message, mend: error.mend }
    if (error instanceof UserError || error instanceof Interrupted)
      return { kind: error.name, message: error.message }
    throw error
  }
  throw new Error('nothing failed')
}

/**
 * Another process that downloads; `around` is a command that it is run by. It says how it ended.
 */
export function otherProcess(
  options: Partial<DownloadOptions> & { url: string; sha256: string },
  around: string[] = [],
) {
  const code = `import { download } from ${JSON.stringify(pathToFileURL(join(repository, 'lib/engine/fetch/download.ts')).href)}
    const { url, sha256, ...options } = ${JSON.stringify(options)}
    const all = { mirrors: [], offline: false, proxies: {}, signal: new AbortController().signal, ...options }
    const said = await download({ url, sha256 }, all).catch(({ name, message, mend }) => ({ name, message, mend }))
    console.log(JSON.stringify({ said }))`
  const argv = [
    ...around,
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    '--input-type=module',
    '-e',
    code,
  ]
  const child = spawn(argv[0]!, argv.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  const ended = new Promise<
    { said: string | { name: string; message: string; mend: string } } | undefined
  >((done) =>
    child.once('close', () => done(text === '' ? undefined : (JSON.parse(text) as never))),
  )
  return { child, ended }
}
