import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { cacheFolder } from '../../scripts/session/session.ts'
import { builtRecord, downbeat, root, startDownbeat } from '../downbeat.ts'
import { everyPart, everyStep, killedWhileFetching } from '../faults/fetching.ts'
import { everyMoment, killedAt } from '../faults/killed.ts'
import { entries, ownCache, removeCaches, removeLater } from '../faults/own-cache.ts'
import { raspberryPi } from '../stand-in/raspberry-pi.ts'
import type { RaspberryPi } from '../stand-in/raspberry-pi.ts'

const built = builtRecord()
let pi: RaspberryPi
beforeAll(async () => {
  pi = await raspberryPi()
})
afterAll(() => pi.close())
afterEach(removeCaches)

test('a build that is killed at any moment goes on when it is started again, and makes the same image', () =>
  killedAt(everyMoment))

test('so does one that is killed at any moment of the fetch and of the unpacking of an image', () =>
  killedWhileFetching(pi, everyPart, everyStep, 'image'))

test('the root made with native twins and the one made by plain emulation are the same, file by file', () => {
  const out = ownCache(['rootfs', 'tools', 'image', 'verify', 'boot', 'sound'])
  expect(downbeat(['build', '--until', 'rootfs', '--quiet'], { out }).status).toBe(0)
  const fast = entries(out, 'rootfs')
  expect(
    downbeat(['build', '--until', 'rootfs', '--plain-emulation', '--quiet'], { out }).status,
  ).toBe(0)
  const plain = entries(out, 'rootfs').filter((name) => !fast.includes(name))
  const listing = (entry: string): string[] => {
    const tar = join(out, 'cache', entry, 'rootfs.tar')
    return execFileSync(
      'sh',
      [
        '-c',
        `tar -tvf ${tar} --numeric-owner --full-time; tar -xf ${tar} --to-command='sha256sum' 2>/dev/null`,
      ],
      {
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      },
    ).split('\n')
  }
  expect(plain).toHaveLength(1)
  expect(listing(plain[0]!)).toEqual(listing(fast[0]!))
})

test('a build from an empty cache, in another place, gives the same image to the bit, kernel included', () => {
  const out = ownCache(Object.keys(built.stages))
  rmSync(join(out, 'cache/kept'), { recursive: true })
  const { status, err } = downbeat(['build', '--quiet'], { out })
  expect(err).toBe('')
  expect(status).toBe(0)
  expect(builtRecord(out).files['downbeat.img']!.sha256).toBe(built.files['downbeat.img']!.sha256)
})

test('a kernel option that does not exist stops the build with its name, and ends with 1', async () => {
  const out = ownCache(['kernel', 'overlays', 'image', 'verify', 'boot', 'sound'])
  const repository = mkdtempSync(join(tmpdir(), 'downbeat-faults-'))
  removeLater(repository)
  execFileSync('sh', [
    '-c',
    `cd ${root} && git ls-files -co --exclude-standard -z | xargs -0 cp --parents -t ${repository} && ln -s ${root}/node_modules ${repository}`,
  ])
  writeFileSync(
    join(repository, 'tunings/no-such-option.yaml'),
    'about: a\nsource: b\nchange: { kernel: [CONFIG_NO_SUCH_THING=y] }\nproof: [{ config: CONFIG_NO_SUCH_THING=y }]\n',
  )
  cpSync(join(cacheFolder(), 'kept/sources'), join(out, 'cache/kept/sources'), { recursive: true })
  const { ended, said } = startDownbeat(['build'], out, {}, repository)
  expect(await ended).toBe(1)
  expect(said()).toMatch(
    /^ {2}\| tunings\/no-such-option\.yaml: CONFIG_NO_SUCH_THING: no such option in Linux 6\.12\.\d+;/m,
  )
})
