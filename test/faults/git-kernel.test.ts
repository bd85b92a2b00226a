import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  globSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { copyRepository, root, startDownbeat } from '../downbeat.ts'
import { kernelRepository } from '../stand-in/kernel-repository.ts'
import type { KernelRepository } from '../stand-in/kernel-repository.ts'
import { entries, ownCache, removeCaches, removeLater } from './own-cache.ts'

const choices = [
  '--base',
  'raspios-lite-arm64',
  '--set',
  'board=pi4b',
  '--set',
  'kernel.source=raspberrypi',
]
const sets = choices.filter((word) => word.includes('='))

let linux: KernelRepository
let out: string
beforeAll(async () => {
  linux = kernelRepository(
    resolve(openCatalogue(root), join(root, 'image.yaml'), ['base=raspios-lite-arm64', ...sets])
      .kernel!,
  )
  await linux.serve()
  out = ownCache([
    'kernel',
    'overlays',
    'jack',
    'rootfs',
    'tools',
    'image',
    'configure',
    'verify',
    'boot',
    'sound',
    'firmware',
  ])
})
afterAll(async () => {
  await linux.remove()
  removeCaches()
})

/** A copy of this repository whose kernel is at another address or commit, with more files. */
function repositoryWith(url: string, commit: string, files: Record<string, string>): string {
  const copy = mkdtempSync(join(tmpdir(), 'downbeat-faults-'))
  removeLater(copy)
  copyRepository(copy)
  const file = join(copy, 'kernel/raspberrypi.yaml')
  writeFileSync(
    file,
    readFileSync(file, 'utf8')
      .replace(/^url: .*/m, `url: ${url}`)
      .replace(/^commit: .*/m, `commit: ${commit}`),
  )
  for (const [path, text] of Object.entries(files)) writeFileSync(join(copy, path), text)
  return copy
}

const build = (
  commit: string,
  ...more: string[]
): Promise<{ status: number | null; said: string }> => buildWith({}, commit, ...more)

async function buildWith(
  files: Record<string, string>,
  commit: string,
  ...more: string[]
): Promise<{ status: number | null; said: string }> {
  const run = startDownbeat(
    ['build', ...choices, '--until', 'kernel', ...more],
    out,
    {},
    repositoryWith(linux.url, commit, files),
  )
  return { status: await run.ended, said: run.said() }
}
const kept = (): string => globSync(join(out, 'cache/kept/sources/git---127.0.0.1*.git'))[0]!

test('a kernel of a git repository is fetched at one commit, without its history, and made with what the tunings ask of it', async () => {
  const { status, said } = await build(linux.commit)
  expect(status, said).toBe(0)
  const made = join(out, 'cache', entries(out, 'kernel')[0]!)
  const config = readFileSync(join(made, 'config'), 'utf8')
  // the defconfig's, the tunings' over it, the fragments' over it
  for (const line of [
    'CONFIG_OF_ITS_OWN=y',
    'CONFIG_PREEMPT_RT=y',
    '# CONFIG_CPU_FREQ is not set',
    'CONFIG_LOCALVERSION="-downbeat"',
  ])
    expect(config.split('\n')).toContain(line)
  expect(readdirSync(join(made, 'overlays')).sort()).toEqual([
    'README',
    'hifiberry-dac.dtbo',
    'overlay_map.dtb',
  ])
  expect(readdirSync(join(made, 'dtbs')).sort()).toEqual([
    'bcm2710-rpi-3-b.dtb',
    'bcm2711-rpi-4-b.dtb',
    'bcm2712-rpi-5-b.dtb',
  ])
  expect(readFileSync(join(made, 'release'), 'utf8')).toBe('6.12.75-v8-rt-downbeat\n')
  expect(
    execFileSync('git', ['-C', kept(), 'rev-list', '--count', linux.commit], {
      encoding: 'utf8',
    }).trim(),
  ).toBe('1')
})

test('what was fetched of it is kept: another build of it asks nobody', async () => {
  await linux.stop()
  const { status, said } = await build(linux.commit, '--fresh', 'kernel')
  expect(status, said).toBe(0)
})

test('without its server a commit that is not there yet is a clear error, and with it the same command goes on', async () => {
  const without = await build(linux.older)
  expect(without.status).toBe(1)
  expect(without.said).toContain(`${linux.url} does not give the commit ${linux.older}`)
  expect(without.said).not.toMatch(/\n +at /)
  await linux.serve()
  // It is of another series than the file says, and that is noticed before it is compiled.
  const { status, said } = await build(linux.older)
  expect([status, said]).toEqual([
    2,
    expect.stringContaining(
      'kernel/raspberrypi.yaml series: expected 6.12, and the source is 6.1.1',
    ),
  ])
})

test('a kernel option that does not exist stops the build with its name, and ends with 1', async () => {
  const tuning =
    'about: a\nsource: b\nchange: { kernel: [CONFIG_NO_SUCH_THING=y] }\nproof: [{ config: CONFIG_NO_SUCH_THING=y }]\n'
  const { status, said } = await buildWith({ 'tunings/no-such-option.yaml': tuning }, linux.commit)
  expect(status).toBe(1)
  expect(said).toMatch(
    /^ {2}\| tunings\/no-such-option\.yaml: CONFIG_NO_SUCH_THING: no such option in Linux 6\.12\.\d+;/m,
  )
})

test('what was kept of it and has been damaged since is fetched anew', async () => {
  for (const pack of globSync(join(kept(), 'objects/{pack/*.pack,??/*}'))) {
    chmodSync(pack, 0o644)
    truncateSync(pack, 20)
  }
  const { status, said } = await build(linux.commit, '--fresh', 'kernel', '--verbose')
  expect(status, said).toBe(0)
  expect(readFileSync(join(out, 'cache', entries(out, 'kernel')[0]!, 'release'), 'utf8')).toBe(
    '6.12.75-v8-rt-downbeat\n',
  )
})

test('a commit that no server has is refused by its name', async () => {
  const nowhere = 'ab'.repeat(20)
  const { status, said } = await build(nowhere)
  expect(status).toBe(1)
  expect(said).toContain(`${linux.url} does not give the commit ${nowhere}`)
})
