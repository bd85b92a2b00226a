import { createHash } from 'node:crypto'
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { BuildRecord } from '../../lib/publish.ts'
import { startDownbeat } from '../downbeat.ts'
import type { Started } from '../downbeat.ts'
import { raspberryPi } from '../stand-in/raspberry-pi.ts'
import type { RaspberryPi } from '../stand-in/raspberry-pi.ts'
import { until } from '../unit/fixtures.ts'
import { entries, heard, ownCache, processesLeftIn, removeCaches } from './own-cache.ts'

let pi: RaspberryPi
let repository: string
let bytes: number
beforeAll(async () => {
  pi = await raspberryPi()
  repository = pi.repository()
  bytes = statSync(join(pi.folder, pi.image)).size
})
afterAll(() => pi.close())
afterEach(removeCaches)

const args = ['build', '--base', 'raspios-lite-arm64', '--set', 'board=pi3b', '--set', 'name=raspios']
const start = (out: string, ...more: string[]): Started => startDownbeat([...args, ...more], out, pi.env, repository)
const fresh = (): string => ownCache(['rootfs', 'tools', 'image', 'configure', 'verify', 'boot', 'sound'])
const sha = (out: string): string =>
  (JSON.parse(readFileSync(join(out, 'images/raspios/build.json'), 'utf8')) as BuildRecord).files['raspios.img']!.sha256
/** Bytes of the image that the server has sent since the request with this number. */
const sent = (since: number): number =>
  pi.server.asked
    .slice(since)
    .filter(({ path }) => path === pi.image)
    .reduce((sum, one) => sum + one.sent, 0)

async function kill({ child, said, ended }: Started, out: string, moment: string): Promise<void> {
  child.kill('SIGKILL')
  expect(await ended, `${moment}: ended before it was killed\n${said()}`).toBeNull()
  expect(await processesLeftIn(`${out}/`), `after ${moment}`).toEqual([])
  expect(entries(out, 'base').filter((name) => !name.endsWith('.half'))).toEqual([])
}

test('a build that is killed at any moment of the fetch and of the unpacking goes on when it is started again, and makes the same image', async () => {
  const reference = fresh()
  expect(await start(reference, '--quiet').ended).toBe(0)

  const out = fresh()
  const first = pi.server.asked.length
  const unfinished = join(out, 'cache/kept/downloads', `${pi.sha256}.part`)
  /** Whether so many bytes have come; the note is written before the first of them. */
  const has = (size: number): boolean => existsSync(`${unfinished}.json`) && statSync(unfinished).size === size
  // The server says nothing more after so many bytes; each run goes on where the one before was killed.
  for (const part of [0, 0.1, 0.3, 0.6, 0.99]) {
    const stop = Math.floor(bytes * part)
    const before = sent(first)
    pi.server.next(pi.image, { stall_after: Math.max(0, stop - before) })
    const run = start(out, '--until', 'base')
    await until(() => has(stop) || run.child.exitCode !== null)
    await kill(run, out, `${part} of the fetch`)
  }
  const steps = [
    '· unpack the image',
    '· read the partition table',
    '· pack the root file system',
    '· pack the boot partition',
    '- rootfs:',
  ]
  for (const step of steps) {
    const run = start(out, '--verbose')
    await heard(run.child, run.said, step)
    run.child.kill('SIGKILL')
    expect(await run.ended, `${step}: ended before it was killed\n${run.said()}`).toBeNull()
    expect(await processesLeftIn(`${out}/`), `after ${step}`).toEqual([])
  }
  const last = start(out, '--quiet')
  expect(await last.ended, last.said()).toBe(0)
  expect(sha(out)).toBe(sha(reference))
  expect(sent(first)).toBe(bytes) // what had arrived was not fetched again
  expect(readdirSync(join(out, 'cache')).filter((name) => name.endsWith('.half'))).toEqual([])
  expect(readdirSync(join(out, 'cache/kept/downloads')).filter((name) => /\.part/.test(name))).toEqual([])
})

test('a connection that drops, a server that is away for a while, and one that ignores ranges only cost time', async () => {
  const out = fresh()
  const first = pi.server.asked.length
  pi.server.next(pi.image, { drop_after: bytes >> 1 }, { status: 503, headers: { 'retry-after': '1' } }, { ignore_ranges: true })
  const run = start(out, '--until', 'base', '--quiet')
  expect(await run.ended, run.said()).toBe(0)
  const asked = pi.server.asked.slice(first).filter(({ path }) => path === pi.image)
  expect(asked.map(({ status }) => status)).toEqual([200, 503, 200])
  expect(asked[1]!.range).toMatch(/^bytes=\d+-$/)
  const kept = join(out, 'cache/kept/downloads', pi.sha256)
  expect(createHash('sha256').update(readFileSync(kept)).digest('hex')).toBe(pi.sha256)
})

test('an image that was kept and has been damaged since is fetched again', async () => {
  const out = fresh()
  expect(await start(out, '--until', 'base', '--quiet').ended).toBe(0)
  const kept = join(out, 'cache/kept/downloads', pi.sha256)
  expect(existsSync(kept)).toBe(true)
  chmodSync(kept, 0o644)
  truncateSync(kept, bytes >> 1)
  const first = pi.server.asked.length
  const run = start(out, '--until', 'base', '--quiet', '--fresh', 'base')
  expect(await run.ended, run.said()).toBe(0)
  expect(sent(first)).toBe(bytes)
})
