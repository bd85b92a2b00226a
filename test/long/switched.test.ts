import { expect, test } from 'vitest'
import type { BuildRecord } from '../../scripts/publish/publish.ts'
import { downbeat } from '../downbeat.ts'

// What is off unless asked for, and the other server: an image that has them boots, and its proofs
// come true. Where there is a sound card, it is heard, unplugged, plugged in again and heard again.

const on = [
  'usb-full-speed',
  'no-wifi',
  'no-ethernet',
  'no-mitigations',
  'x11-forwarding',
  'dbus-reservation',
]

test.each([
  // With 128 frames JACK1 never gets its breath on an emulated Pi.
  {
    title: 'JACK1 and everything that goes together on one Pi 3',
    args: [
      '--set',
      'name=switched',
      '--set',
      'board=pi3b',
      '--set',
      'jack.server=jack1',
      '--set',
      'jack.period=1024',
      ...sets(),
    ],
    shown: on,
    heard: ['raspi3b', 'virt', 'virt, plugged in again'],
  },
  {
    title: 'a MIDI router without a sound card',
    args: ['variants/pi3b-midi-only.yaml'],
    shown: ['midi-only', 'uart-midi'],
    heard: [],
  },
])('an image for $title boots with its tunings in force', ({ args, shown, heard }) => {
  const { status, out, err } = downbeat(['build', ...args, '--boot', '--json'])
  expect(err).toBe('')
  expect(status).toBe(0)
  const { proofs } = JSON.parse(out) as BuildRecord
  expect(proofs.filter(({ passed }) => !passed)).toEqual([])
  for (const id of shown)
    expect(proofs.map(({ tuning, where }) => `${tuning} ${where}`)).toContain(`${id} raspi3b`)
  expect([
    ...new Set(proofs.filter(({ tuning }) => tuning === 'sound').map(({ where }) => where)),
  ]).toEqual(heard)
})

/** No message bus is one of the things that are on by default. */
function sets(): string[] {
  return [...on.map((id) => `tunings.${id}=on`), 'tunings.no-dbus=off'].flatMap((choice) => [
    '--set',
    choice,
  ])
}
