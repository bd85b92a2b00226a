import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { builtRecord, downbeat, startDownbeat } from '../downbeat.ts'
import { killedAt } from './killed.ts'
import { entries, heard, ownCache, processesLeftIn, removeCaches } from './own-cache.ts'

// Builds that are stopped or damaged, whose next run ends well.

const built = builtRecord()
const whole = built.files['downbeat.img']!.sha256
afterEach(removeCaches)

const sha = (out: string): string => builtRecord(out).files['downbeat.img']!.sha256

test('a build that is killed at one moment or another goes on when it is started again, and makes the same image', () =>
  killedAt(['unpack the other packages', '- image:']))

test('Ctrl-C ends with 130, leaves no process and no half-made folder, and says that work is kept', async () => {
  const out = ownCache(['rootfs', 'tools', 'image', 'verify', 'boot', 'sound'])
  const { child, said, ended } = startDownbeat(['build', '--verbose'], out)
  await heard(child, said, 'unpack the essential packages')
  process.kill(-child.pid!, 'SIGINT')
  expect(await ended).toBe(130)
  expect(said()).toContain('stopped; what was finished is kept')
  expect(said()).not.toMatch(/\n {4}at /)
  expect(await processesLeftIn(`${out}/`)).toEqual([])
  expect(entries(out, 'rootfs')).toEqual([])
})

test('two builds at once on one cache make each stage once', async () => {
  const out = ownCache(['image', 'verify', 'boot', 'sound'])
  const both = [startDownbeat(['build'], out), startDownbeat(['build'], out)]
  expect(await Promise.all(both.map(({ ended }) => ended))).toEqual([0, 0])
  expect(
    both
      .map(({ said }) => said())
      .join('')
      .match(/✔ image: made/g),
  ).toHaveLength(1)
  expect(sha(out)).toBe(whole)
})

test('a damaged result in the cache is noticed, named and made anew', () => {
  const out = ownCache(['image', 'verify', 'boot', 'sound', 'configure'])
  expect(downbeat(['build', '--quiet'], { out }).status).toBe(0)
  const folder = join(out, 'cache', entries(out, 'image')[0]!)
  execFileSync('chmod', ['u+w', join(folder, 'disk.img')])
  truncateSync(join(folder, 'disk.img'), 1 << 20)
  const { status, err } = downbeat(['build'], { out })
  expect(status).toBe(0)
  expect(err).toMatch(
    /! image: what is in the cache is damaged \(disk has 1048576 bytes instead of \d+\); making it anew/,
  )
  expect(sha(out)).toBe(whole)
})

test('a downloaded package whose bytes were altered is fetched again, before anything is unpacked', async () => {
  const out = ownCache(['rootfs', 'tools', 'image', 'verify', 'boot', 'sound'])
  const debs = join(out, 'cache/kept/debs/arm64')
  const deb = join(
    debs,
    readdirSync(debs).find((name) => name.startsWith('nano_'))!,
  )
  const bytes = readFileSync(deb)
  const altered = Buffer.from(bytes)
  altered[altered.length >> 1]! ^= 0xff
  writeFileSync(deb, altered)
  const { child, said, ended } = startDownbeat(['build', '--verbose'], out)
  await heard(child, said, 'unpack the other packages')
  child.kill('SIGKILL')
  expect(await ended, said()).toBeNull()
  expect(await processesLeftIn(`${out}/`)).toEqual([])
  expect(readFileSync(deb).equals(bytes)).toBe(true)
})
