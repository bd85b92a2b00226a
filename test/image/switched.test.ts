import { expect, test } from 'vitest'
import type { BuildRecord } from '../../lib/publish.ts'
import { downbeat } from '../downbeat.ts'

// Tunings that are off unless asked for: an image that has them boots, and their proofs come true on it.

const on = ['usb-full-speed', 'no-wifi', 'no-ethernet', 'no-mitigations', 'x11-forwarding', 'dbus-reservation']

test.each([
  { title: 'everything that goes together on one Pi 3', args: ['--set', 'name=switched', '--set', 'board=pi3b', ...sets()], shown: on },
  { title: 'a MIDI router without a sound card', args: ['variants/pi3b-midi-only.yaml'], shown: ['midi-only', 'uart-midi'] },
])('an image for $title boots with its tunings in force', { timeout: 900_000 }, ({ args, shown }) => {
  const { status, out, err } = downbeat(['build', ...args, '--boot', '--json'])
  expect(err).toBe('')
  expect(status).toBe(0)
  const { proofs } = JSON.parse(out) as BuildRecord
  expect(proofs.filter(({ passed }) => !passed)).toEqual([])
  for (const id of shown) expect(proofs.map(({ tuning, where }) => `${tuning} ${where}`)).toContain(`${id} raspi3b`)
})

/** No message bus is one of the things that are on by default. */
function sets(): string[] {
  return [...on.map((id) => `tunings.${id}=on`), 'tunings.no-dbus=off'].flatMap((choice) => ['--set', choice])
}
