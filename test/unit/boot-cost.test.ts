import { expect, test } from 'vitest'
import { costOf } from '../../lib/prove/cost/boot-cost.ts'
import { bootsInWords } from '../../scripts/measure/boots.ts'
import { cost } from '../../stages/cost.ts'
import { planOf } from './fixtures.ts'

// What a booted system says of its boot, and for which images there is such a boot.

const SAID = `4.41
23
MemTotal:         921600 kB
MemAvailable:     848476 kB
UserspaceTimestampMonotonic=188120
Id=dhcpcd.service
InactiveExitTimestampMonotonic=3290400
ActiveEnterTimestampMonotonic=3969100

Id=jackd@Audio.service
InactiveExitTimestampMonotonic=4126000
ActiveEnterTimestampMonotonic=4386400

Id=sys-subsystem-sound-devices-Audio.device
InactiveExitTimestampMonotonic=3000000
ActiveEnterTimestampMonotonic=3900000

Id=quick.service
InactiveExitTimestampMonotonic=3000000
ActiveEnterTimestampMonotonic=3019000

Id=jackd-midi.service
InactiveExitTimestampMonotonic=0
ActiveEnterTimestampMonotonic=0
`

test('the answer of a booted system is read: units in their order, without those that took no time', () => {
  expect(costOf(SAID)).toEqual({
    userspace_ms: 188,
    jack_ms: 4386,
    end_ms: 4410,
    processes: 20,
    memory_kib: 73_124,
    units: [
      { unit: 'dhcpcd.service', from: 3290, to: 3969 },
      { unit: 'jackd@Audio.service', from: 4126, to: 4386 },
    ],
  })
})

test('a server that did not start has no time, and an answer that is none is an error', () => {
  expect(costOf(SAID.replace('jackd@', 'other@'))).not.toHaveProperty('jack_ms')
  expect(() => costOf('sh: systemctl: not found')).toThrow('does not answer as it should')
})

test('both boots stand in a table, if there were any', () => {
  const boot = costOf(SAID)
  const boots = { machine: 'raspi3b', first: { ...boot, jack_ms: 5191 }, later: boot }
  expect(bootsInWords([{ name: 'armv6' }])).toEqual([])
  expect(bootsInWords([{ name: 'downbeat', boots }]).slice(-3)).toEqual([
    '                                 JACK   end  processes  memory',
    'downbeat on raspi3b, first boot  5191  4410         20  71 MiB',
    'downbeat on raspi3b, later boot  4386  4410         20  71 MiB',
  ])
})

test('an image is booted on a board with an SD card; none is where QEMU has no such board', () => {
  expect(cost.given(planOf({}))).toMatchObject({ card: true })
  expect(cost.given(planOf({}, ['board=pi5']))).toBeUndefined()
})
