import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { downbeat, root } from '../downbeat.ts'
import { recordOf } from './variants.ts'

const name = 'of-my-own'
/** A proof looks at each file, in the finished image. */
const tuning = `about: a test of what a folder of one's own brings along
source: a test
change: { sysctl: { vm.vfs_cache_pressure: 50 } }
proof:
  - { file: /etc/sysctl.d/90-downbeat.conf, matches: 'vm.vfs_cache_pressure = 50' }
  - { file: /etc/of-mine, prints: as it is }
  - { file: /etc/from-the-hook, prints: as it is }
  - { file: /boot/firmware/from-the-hook.txt, prints: of the boot partition }
  - { file: /boot/firmware/config.txt, matches: '^dtparam=spi=on$' }
  - { file: /boot/firmware/cmdline.txt, matches: ' of.mine=1 ' }
`
let folder: string
const write = (path: string, text: string, mode = 0o644): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
  chmodSync(join(folder, path), mode)
}
const build = () => downbeat(['build', '-C', folder, '--quiet'])

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'downbeat-own-'))
  const choices = readFileSync(join(root, 'image.yaml'), 'utf8').replace(
    /^name: .*$/m,
    `name: ${name}`,
  )
  write('image.yaml', `${choices}config_txt: [dtparam=spi=on]\ncmdline: [of.mine=1]\n`)
  write('tunings/of-mine.yaml', tuning)
  write('files/etc/of-mine', 'as it is\n')
  write('hooks/root', '#!/bin/bash\ncp etc/of-mine etc/from-the-hook\n', 0o755)
  write('hooks/boot', '#!/bin/sh\necho of the boot partition > from-the-hook.txt\n', 0o755)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a folder of one’s own brings tunings, files, lines and scripts into an image', () => {
  expect(build()).toMatchObject({ status: 0, err: '' })
  const proofs = recordOf(name).proofs.filter((proof) => proof.tuning === 'of-mine')
  expect(proofs.filter(({ passed }) => !passed)).toEqual([])
  expect(proofs).toHaveLength(6)
})

test('a file below a link of the image that leads out of it is refused at its place', () => {
  write('files/var/run/x', '')
  const { status, err } = build()
  expect(status).toBe(2)
  expect(err.trim().split('\n').at(-1)).toBe(
    `✖ ${join(folder, 'files/var/run')}: is a link to /run in the image: put what is in it into files/run`,
  )
  rmSync(join(folder, 'files/var'), { recursive: true })
})

test('a script that fails says so at its place, and the image of before is left as it was', () => {
  const before = recordOf(name)
  write('hooks/root', '#!/bin/bash\necho no strings >&2\nexit 3\n', 0o755)
  const { status, err } = build()
  expect(status).toBe(2)
  expect(err.trim().split('\n').at(-1)).toBe(
    `✖ ${join(folder, 'hooks/root')}: ended with 3; it said last: no strings`,
  )
  expect(recordOf(name)).toEqual(before)
})

test('a script changes nothing but the folder that it is for', () => {
  write(
    'hooks/root',
    '#!/bin/bash\nset -e\n! touch /usr/x /etc/x 2> /dev/null\n! ls /home/* 2> /dev/null\n[ -e etc/of-mine ]\n',
    0o755,
  )
  write('tunings/of-mine.yaml', tuning.replace(/.*from-the-hook, .*\n/, ''))
  expect(build()).toMatchObject({ status: 0, err: '' })
})
