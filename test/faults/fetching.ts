import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { BuildRecord } from '../../scripts/publish/publish.ts'
import { cacheFolder } from '../../scripts/session/session.ts'
import { root, startDownbeat } from '../downbeat.ts'
import type { Started } from '../downbeat.ts'
import type { RaspberryPi } from '../stand-in/raspberry-pi.ts'
import { until } from '../until.ts'
import { entries, heard, ownCache, processesLeftIn } from './own-cache.ts'

/** Builds of an image that is fetched from the stand-in's servers. */
export interface Fetching {
  /** bytes of the image on the server */
  bytes: number
  /** Starts a build; its results and its cache are in `out`. */
  start: (out: string, ...more: string[]) => Started
  /** A cache of a test's own, without anything that is made of the image. */
  fresh: () => string
  /** Bytes of the image that the server has sent since the request with this number. */
  sent: (since: number) => number
}

/** Not that of another test, which may publish its image at the same time. */
const name = 'raspios-fetched'
const args = [
  'build',
  '--base',
  'raspios-lite-arm64',
  '--set',
  'board=pi3b',
  '--set',
  `name=${name}`,
]

export function fetching(pi: RaspberryPi): Fetching {
  const repository = pi.repository()
  return {
    bytes: statSync(join(pi.folder, pi.image)).size,
    start: (out, ...more) =>
      startDownbeat(
        [...args, ...more],
        out,
        out === usual ? { ...pi.env, DOWNBEAT_CACHE: cacheFolder() } : pi.env,
        repository,
      ),
    fresh: () => ownCache(['rootfs', 'tools', 'image', 'configure', 'verify', 'boot', 'sound']),
    sent: (since) =>
      pi.server.asked
        .slice(since)
        .filter(({ path }) => path === pi.image)
        .reduce((sum, one) => sum + one.sent, 0),
  }
}

/** The results of this repository, with the cache of whoever runs the tests. */
const usual = join(root, 'out')

/** At which parts of the fetch, from 0 to 1, and at which steps after it a build can be killed. */
export const everyPart = [0, 0.1, 0.3, 0.6, 0.99]
export const everyStep = [
  '· unpack the image',
  '· read the partition table',
  '· pack the root file system',
  '· pack the boot partition',
  '- rootfs:',
]

/**
 * Kills a build again and again, and sees that the last one makes what an undisturbed one makes, and
 * fetches nothing twice: the whole image, or what is unpacked of that which was fetched.
 */
export async function killedWhileFetching(
  pi: RaspberryPi,
  parts: readonly number[],
  steps: readonly string[],
  makes: 'image' | 'base',
): Promise<void> {
  const all = makes === 'image' ? [] : ['--until', 'base']
  const { bytes, start, fresh, sent } = fetching(pi)
  const out = fresh()
  const first = pi.server.asked.length
  const unfinished = join(out, 'cache/kept/downloads', `${pi.sha256}.part`)
  /** Whether so many bytes have come; the note is written before the first of them. */
  const has = (size: number): boolean =>
    existsSync(`${unfinished}.json`) && statSync(unfinished).size === size
  const kill = async ({ child, said, ended }: Started, moment: string): Promise<void> => {
    child.kill('SIGKILL')
    expect(await ended, `${moment}: ended before it was killed\n${said()}`).toBeNull()
    expect(await processesLeftIn(`${out}/`), `after ${moment}`).toEqual([])
  }
  // The server says nothing more after so many bytes; each run goes on where the one before was
  // killed.
  for (const part of parts) {
    const stop = Math.floor(bytes * part)
    pi.server.next(pi.image, { stall_after: Math.max(0, stop - sent(first)) })
    const run = start(out, '--until', 'base')
    await until(() => has(stop) || run.child.exitCode !== null)
    await kill(run, `${part} of the fetch`)
    expect(entries(out, 'base').filter((name) => !name.endsWith('.half'))).toEqual([])
  }
  for (const step of steps) {
    const run = start(out, '--verbose', ...all)
    await heard(run.child, run.said, step)
    await kill(run, step)
  }
  const last = start(out, '--quiet', ...all)
  expect(await last.ended, last.said()).toBe(0)
  expect(sent(first)).toBe(bytes) // what had arrived was not fetched again
  expect(readdirSync(join(out, 'cache')).filter((name) => name.endsWith('.half'))).toEqual([])
  expect(
    readdirSync(join(out, 'cache/kept/downloads')).filter((name) => /\.part/.test(name)),
  ).toEqual([])
  const undisturbed = start(usual, '--quiet', ...all)
  expect(await undisturbed.ended, undisturbed.said()).toBe(0)
  if (makes === 'image') return expect(sha(out)).toBe(sha(usual))
  const [base] = entries(out, 'base')
  expect(hashesOf(join(out, 'cache', base!))).toEqual(hashesOf(join(cacheFolder(), base!)))
}

/** Of the files that a stage has made. */
function hashesOf(entry: string): string[] {
  const { outputs } = JSON.parse(readFileSync(join(entry, 'entry.json'), 'utf8')) as {
    outputs: Record<string, { sha256: string }>
  }
  return Object.values(outputs).map(({ sha256 }) => sha256)
}

const sha = (out: string): string =>
  (JSON.parse(readFileSync(join(out, `images/${name}/build.json`), 'utf8')) as BuildRecord).files[
    `${name}.img`
  ]!.sha256
