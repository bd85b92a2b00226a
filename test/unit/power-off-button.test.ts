import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { planOf, refusalOf, repository, temporaryFolder, write } from './fixtures.ts'

// The script is run as it will be in the image, on a file that holds what the kernel would give it.

const script = join(repository, 'templates/root/usr/lib/downbeat/power-off-button')

/** An event of input.h, as a kernel of 64 bit gives it: two times of eight bytes in front. */
const event = (type: number, code: number, value: number): Buffer => {
  const bytes = Buffer.alloc(24, 0x74)
  bytes.writeUInt16LE(type, 16)
  bytes.writeUInt16LE(code, 18)
  bytes.writeInt32LE(value, 20)
  return bytes
}

function pressed(...events: Buffer[]): boolean {
  const folder = temporaryFolder()
  write(folder, { 'bin/systemctl': `#!/bin/sh\necho "$*" >${folder}/told\n` })
  chmodSync(join(folder, 'bin/systemctl'), 0o755)
  writeFileSync(join(folder, 'event0'), Buffer.concat(events))
  const { stderr } = spawnSync('sh', [script, join(folder, 'event0')], {
    encoding: 'utf8',
    env: { PATH: `${folder}/bin:/usr/bin:/bin` },
  })
  expect(stderr).toBe('')
  return (
    existsSync(join(folder, 'told')) && readFileSync(join(folder, 'told'), 'utf8') === 'poweroff\n'
  )
}

const [KEY, POWER] = [1, 116]

test('the button powers the card off when it is pressed', () => {
  expect(pressed(event(KEY, POWER, 1))).toBe(true)
  expect(pressed(event(0, 0, 0), event(KEY, 30, 1), event(KEY, POWER, 1))).toBe(true)
})

test('and not when it is let go, or for another key, or for what only looks like it', () => {
  expect(pressed(event(KEY, POWER, 0), event(KEY, POWER, 2))).toBe(false)
  expect(pressed(event(KEY, 30, 1), event(0, POWER, 1))).toBe(false)
  expect(pressed()).toBe(false)
})

test('it is off unless asked for, and its pin is its own', () => {
  const plain = planOf({ 'image.yaml': 'board: pi4b\nsoundcard: usb\n' })
  expect(plain.tunings.find(({ id }) => id === 'power-off-button')!.off).toBe(
    'switched off unless asked for',
  )
  expect(
    refusalOf({ 'image.yaml': 'board: pi4b\nsoundcard: hifiberry-dacplus\n' }, [
      'kernel.source=raspberrypi',
      'tunings.power-off-button=on',
    ]),
  ).toContain('soundcards/hifiberry-dacplus.yaml uses GPIO 3 too')
})
