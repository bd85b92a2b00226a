import { createHash } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { raspberryPi } from '../stand-in/raspberry-pi.ts'
import type { RaspberryPi } from '../stand-in/raspberry-pi.ts'
import { fetching, killedWhileFetching } from './fetching.ts'
import type { Fetching } from './fetching.ts'
import { removeCaches } from './own-cache.ts'

let pi: RaspberryPi
let builds: Fetching
beforeAll(async () => {
  pi = await raspberryPi()
  builds = fetching(pi)
})
afterAll(() => pi.close())
afterEach(removeCaches)

test('a build that is killed during the fetch or the unpacking goes on when it is started again, and unpacks the same', () =>
  killedWhileFetching(pi, [0, 0.6], ['· pack the root file system'], 'base'))

test('a connection that drops, a server that is away for a while, and one that ignores ranges only cost time', async () => {
  const out = builds.fresh()
  const first = pi.server.asked.length
  pi.server.next(
    pi.image,
    { drop_after: builds.bytes >> 1 },
    { status: 503, headers: { 'retry-after': '1' } },
    { ignore_ranges: true },
  )
  const run = builds.start(out, '--until', 'base', '--quiet')
  expect(await run.ended, run.said()).toBe(0)
  const asked = pi.server.asked.slice(first).filter(({ path }) => path === pi.image)
  expect(asked.map(({ status }) => status)).toEqual([200, 503, 200])
  expect(asked[1]!.range).toMatch(/^bytes=\d+-$/)
  const kept = join(out, 'cache/kept/downloads', pi.sha256)
  expect(createHash('sha256').update(readFileSync(kept)).digest('hex')).toBe(pi.sha256)
})

test('an image that was kept and has been damaged since is fetched again', async () => {
  const out = builds.fresh()
  expect(await builds.start(out, '--until', 'base', '--quiet').ended).toBe(0)
  const kept = join(out, 'cache/kept/downloads', pi.sha256)
  expect(existsSync(kept)).toBe(true)
  chmodSync(kept, 0o644)
  truncateSync(kept, builds.bytes >> 1)
  const first = pi.server.asked.length
  const run = builds.start(out, '--until', 'base', '--quiet', '--fresh', 'base')
  expect(await run.ended, run.said()).toBe(0)
  expect(builds.sent(first)).toBe(builds.bytes)
})
