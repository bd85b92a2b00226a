import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { disk, offsetOf } from '../../lib/common/disk/layout.ts'
import { findMtools } from '../../scripts/ask/mtools.ts'
import { prepareSettings } from '../../lib/card/personalize/personalize.ts'
import type { Patch } from '../../lib/card/image-file/source.ts'
import { filesOf, smallImage } from '../chaos/image.ts'
import { downbeat, root } from '../downbeat.ts'

const image = join(root, 'out/images/downbeat/downbeat.img')
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample ada@laptop'
// IEEE 802.11, annex J.4.2: the first test vector
const [network, password, psk] = [
  'IEEE',
  'password',
  'f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e',
]
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'downbeat-personal-'))
  writeFileSync(join(folder, 'key.pub'), `${key}\n`)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const personal = [
  '--hostname',
  'synth',
  '--ssh-key',
  'key.pub',
  '--wifi',
  network,
  '--set-on-card',
  'jack.period=64',
]
const run = (args: string[], env: Record<string, string> = {}): ReturnType<typeof downbeat> =>
  downbeat(args, { cwd: folder, env: { DOWNBEAT_WIFI_PASSWORD: password, ...env } })
const settings = async (file: string): Promise<string> =>
  (await findMtools())('mtype', '-i', `${file}@@${offsetOf(disk.boot)}`, '::downbeat.toml')
/** Blocks of 4 KiB in which two files differ, as byte offsets. */
function differing(a: string, b: string): number[] {
  const said = execFileSync(
    'sh',
    ['-c', `cmp -l ${a} ${b} | awk '{ print int(($1 - 1) / 4096) * 4096 }' | uniq | sort -un`],
    {
      encoding: 'utf8',
    },
  )
  return said.trim().split('\n').filter(Boolean).map(Number)
}

test('a copy of an image knows its name, its key and its Wi-Fi, and differs in nothing else', async () => {
  expect(run(['personalize', image, '-o', 'synth.img', ...personal])).toMatchObject({
    status: 0,
    err: '',
  })
  const synth = join(folder, 'synth.img')
  const text = await settings(synth)
  for (const line of [
    'hostname = "synth"',
    `ssh_keys = ["${key}"]`,
    `ssid = "${network}"`,
    `psk = "${psk}"`,
    'period = 64',
  ])
    expect(text.split('\n')).toContain(line)
  expect(text).not.toContain(`"${password}"`)
  expect(statSync(synth).mode & 0o777).toBe(0o600)
  expect(statSync(synth).size).toBe(statSync(image).size)
  const changed = differing(image, synth)
  expect(changed.length).toBeGreaterThan(0)
  expect(changed.length).toBeLessThan(16)
  expect(changed.every((at) => at >= offsetOf(disk.boot) && at < offsetOf(disk.root))).toBe(true)
})

test('flash writes them too, and a card in use is told more', async () => {
  const card = join(folder, 'card')
  writeFileSync(card, '')
  truncateSync(card, statSync(image).size)
  expect(run(['flash', image, card, '--yes', ...personal]).status).toBe(0)
  expect(await settings(card)).toContain('\nhostname = "synth"\n')
  expect(run(['personalize', card, '--set-on-card', 'jack.periods=2'])).toMatchObject({
    status: 0,
    err: '',
  })
  expect(await settings(card)).toMatch(/^hostname = "synth"$[^]*^periods = 2$/m)
})

test('a card has its old settings or its new ones between any two blocks that are written, and the next run ends well', async () => {
  const path = join(folder, 'small.img')
  await smallImage(path)
  const old = await filesOf(path)
  const given = { mtools: await findMtools(), signal: new AbortController().signal }
  const written = async (steps: Patch[][], most = Infinity): Promise<number> => {
    const bytes = readFileSync(path)
    const blocks = steps.flat()
    for (const { start, data } of blocks.slice(0, most)) data.copy(bytes, start)
    writeFileSync(path, bytes)
    return blocks.length
  }
  const values = { hostname: 'synth', wifi: { ssid: 'home', psk: psk.padEnd(64, '0') } }
  const whole = readFileSync(path)
  const { steps } = await prepareSettings(path, values, given)
  const all = await written(steps)
  const now = await filesOf(path)
  expect(now['downbeat.toml']).toContain('hostname = "synth"')
  expect({ ...now, 'downbeat.toml': '' }).toEqual({ ...old, 'downbeat.toml': '' })
  expect(all).toBeGreaterThan(3)
  for (let blocks = 0; blocks <= all; blocks++) {
    writeFileSync(path, whole)
    await written(steps, blocks)
    const { 'downbeat.toml': text, 'downbeat.new': next } = await filesOf(path)
    expect([old['downbeat.toml'], now['downbeat.toml']]).toContain(text ?? next)
    await written((await prepareSettings(path, values, given)).steps)
    expect(await filesOf(path), `after ${blocks} of ${all} blocks`).toEqual(now)
  }
})

test('where the boot partition is mounted, the file in that folder is written', () => {
  const mounted = mkdtempSync(join(folder, 'bootfs-'))
  writeFileSync(
    join(mounted, 'downbeat.toml'),
    '# mine\nhostname = "one"\r\n'.replaceAll(/\r?\n/g, '\r\n'),
  )
  expect(run(['personalize', mounted, '--hostname', 'two']).status).toBe(0)
  expect(readFileSync(join(mounted, 'downbeat.toml'), 'utf8')).toBe(
    '# mine\r\nhostname = "two"\r\n',
  )
})

test.for([
  [['personalize', image, '-o', 'x.img'], 2, 'nothing to set'],
  [
    ['personalize', image, '-o', 'x.img', '--hostname', 'Two Words'],
    2,
    '--hostname Two Words: expected ',
  ],
  [
    ['personalize', image, '-o', 'x.img', '--ssh-key', 'gone.pub'],
    2,
    '--ssh-key gone.pub: there is no such file',
  ],
  [
    ['personalize', image, '-o', 'gone/x.img', '--hostname', 'a'],
    2,
    '--output gone/x.img: it cannot be written (ENOENT)',
  ],
  [
    ['personalize', image, '-o', 'x'.repeat(241), '--hostname', 'a'],
    2,
    'this name has 241 bytes; take one with at most 240',
  ],
  [['personalize', '.', '--hostname', 'a'], 2, 'there is no downbeat.toml in it'],
  [
    ['personalize', image, '--hostname', 'a'],
    2,
    'it is read-only, and stays as it is; for an image: ./downbeat personalize',
  ],
  [
    ['personalize', image, '-o', '/dev/null', '--hostname', 'a'],
    2,
    '--output /dev/null: that is no file',
  ],
  [
    ['personalize', 'other.img', '-o', 'x.img', '--hostname', 'a'],
    2,
    'there is no boot partition in it',
  ],
  [['flash', image, 'card', '--yes', '--wifi', 'home'], 2, '8 to 63 characters'],
] as const)('%s is refused in one message, and nothing is written', ([args, status, words]) => {
  copyFileSync(join(root, 'package.json'), join(folder, 'other.img'))
  writeFileSync(join(folder, 'card'), '')
  truncateSync(join(folder, 'card'), statSync(image).size)
  const said = run([...args], { DOWNBEAT_WIFI_PASSWORD: 'short' })
  expect(said.err).toContain(words)
  expect(said.err.trim().split('\n')).toHaveLength(1)
  expect(said.status).toBe(status)
  expect(existsSync(join(folder, 'x.img'))).toBe(false)
})
