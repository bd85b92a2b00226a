import { expect, test } from 'vitest'
import { filesOf, planOf, refusalOf } from './fixtures.ts'
import type { Edits } from './fixtures.ts'
import type { Plan } from '../../lib/plan/plan.ts'

// What a card's file and the choices say, as jackd is told it.

const choose = (text: string): Edits => ({ 'image.yaml': text })
const four = 'board: pi4b\nsoundcard: usb\n'
const none = 'board: pi3b\nsoundcard: none\n'
const told = (plan: Plan, name: string): string =>
  new RegExp(`^${name}="(.*)"$`, 'm').exec(filesOf(plan).get('/etc/default/jackd')!)![1]!
/** The words behind -d alsa. */
const alsaOf = (plan: Plan): string[] => told(plan, 'JACKD_ALSA').split(' ')

test('more outputs than the card has are refused, and fewer become -o', () => {
  const edirol = 'board: pi4b\nsoundcard: edirol-ua-25\n'
  expect(refusalOf(choose(`${edirol}jack:\n  outputs: 3\n`))).toBe(
    'image.yaml:4:12 jack.outputs: Edirol UA-25 has 2 of them',
  )
  expect(alsaOf(planOf(choose(edirol), ['jack.outputs=1']))).toEqual(
    expect.arrayContaining(['-i2', '-o1']),
  )
  expect(refusalOf(choose(edirol), ['jack.outputs=1', 'jack.direction=capture'])).toBe(
    '--set jack.outputs=1 jack.outputs: nothing is played, so there are no outputs to limit',
  )
  expect(refusalOf(choose(none), ['jack.outputs=1'])).toBe(
    '--set jack.outputs=1 jack.outputs: there is no sound card to play to',
  )
})

test('fewer channels than a card offers are warned of where nobody knows what it offers', () => {
  const warned = (card: string, ...sets: string[]): string[] =>
    planOf(choose(`board: pi4b\nsoundcard: ${card}\n`), sets).warnings.filter((text) =>
      /^jack\.(in|out)puts /.test(text),
    )
  expect(warned('usb', 'jack.inputs=2', 'jack.outputs=4')).toEqual([
    'jack.inputs 2: JACK does not start where the card does not offer just so many channels; Channels: in /proc/asound/card*/stream0 says what it offers',
    'jack.outputs 4: JACK does not start where the card does not offer just so many channels; Channels: in /proc/asound/card*/stream0 says what it offers',
  ])
  expect(warned('usb')).toEqual([])
  expect(warned('edirol-ua-25', 'jack.inputs=1')).toEqual([])
})

test('there are ports for programs beside those of the card, however many it has', () => {
  const ports = (text: string, ...sets: string[]): number =>
    planOf(choose(text), sets).configure.view.jack.port_max
  expect(ports('board: pi4b\nsoundcard: edirol-ua-25\n')).toBe(64)
  expect(ports(four)).toBe(32 + 32 + 32)
  expect(ports(four, 'jack.inputs=8')).toBe(32 + 8 + 32)
  expect(ports(four, 'jack.direction=playback')).toBe(64)
  expect(ports(four, 'jack.port_max=16')).toBe(16)
  expect(refusalOf(choose(four), ['jack.port_max=16', 'jack.inputs=8', 'jack.outputs=8'])).toBe(
    '--set jack.port_max=16 jack.port_max: the 16 channels of a class-compliant USB interface take all of 16 ports: leave it out, or 48',
  )
})

test('a period that is no power of two is taken, with a warning', () => {
  const plan = planOf(choose(four), ['jack.period=96'])
  expect(alsaOf(plan)).toContain('-p96')
  const text =
    'jack.period 96 is no power of two: jack2 and the card take it, but some programs do not, such as those that convolve'
  expect(plan.warnings).toContain(text)
  expect(planOf(choose(four)).warnings.join('\n')).not.toContain('power of two')
  expect(planOf(choose(four), ['jack.period=96', 'jack.server=jack1']).warnings).toContain(
    `${text.replace('jack2', 'jack1')}; and jack1 changes to no such period while it runs`,
  )
  // a packet of USB 1.1 in each millisecond
  const edirol = 'board: pi4b\nsoundcard: edirol-ua-25\n'
  expect(alsaOf(planOf(choose(edirol), ['jack.period=48', 'jack.rate=48000']))).toContain('-p48')
  expect(refusalOf(choose(edirol), ['jack.period=64', 'jack.rate=96000'])).toBe(
    '--set jack.period=64 jack.period: 64 frames is below the 96 that Edirol UA-25 can do at 96000 Hz: its driver takes no period shorter than 1 ms',
  )
})

test('JACK2 waits for the programs where the image says so, and JACK1 always does', () => {
  const jackOf = (...sets: string[]) => planOf(choose(four), sets).configure.view.jack
  const server = (...sets: string[]): string => told(planOf(choose(four), sets), 'JACKD_SERVER')
  expect([server(), jackOf().latency_ms]).toEqual(['-R -P70 -p96 -t2000', '8.0'])
  const asked = ['jack.synchronous=true']
  expect([server(...asked), jackOf(...asked).latency_ms]).toEqual(['-R -P70 -p96 -t2000 -S', '5.3'])
  const jack1 = ['jack.server=jack1']
  expect([server(...jack1), jackOf(...jack1).latency_ms]).toEqual(['-R -P70 -p96 -t2000', '5.3'])
  expect(server(...jack1, ...asked)).toBe(server(...jack1))
  expect(refusalOf(choose(four), [...jack1, 'jack.synchronous=false'])).toBe(
    '--set jack.synchronous=false jack.synchronous: jack1 always waits for all programs in each period: leave it out, or take jack.server: jack2',
  )
})

test('samples of 16 bits are tried first where the card says so', () => {
  const short: Edits = {
    ...choose(four),
    'soundcards/usb.yaml': (text) => text.replace('jack: {', 'jack: { sixteen_bit: true,'),
  }
  expect(alsaOf(planOf(short))).toContain('-S')
  expect(alsaOf(planOf(choose(four)))).not.toContain('-S')
})

test('a second card is bridged where the image names one that is on USB', () => {
  const second = (card: string, other: string): Plan =>
    planOf(choose(`board: pi4b\nsoundcard: ${card}\n`), [`jack.second_card=${other}`])
  const plan = second('usb', 'edirol-ua-25')
  expect(plan.rootfs.packages).toContain('zita-ajbridge')
  const rules = filesOf(plan).get('/etc/udev/rules.d/85-jackd.rules')!
  expect(rules).toContain(
    'SUBSYSTEMS=="usb", ATTRS{idVendor}=="0582", ATTRS{idProduct}=="0074", ENV{DOWNBEAT_SECOND}="Playback Capture"\n',
  )
  expect(filesOf(second('hifiberry-dac', 'usb')).get('/etc/udev/rules.d/85-jackd.rules')).toContain(
    'SUBSYSTEMS=="usb", ENV{DOWNBEAT_SECOND}="Playback Capture"\n',
  )
  const without = planOf(choose(four))
  expect(without.rootfs.packages).not.toContain('zita-ajbridge')
  expect([...filesOf(without)].filter(([, text]) => text.includes('DOWNBEAT_SECOND'))).toEqual([
    ['/usr/lib/downbeat/jack-card', expect.anything()],
  ])
})

test.each([
  [
    'none',
    'usb',
    'there is no first one: a second card is bridged to the server of another. Choose it as soundcard: usb',
  ],
  [
    'usb',
    'onboard',
    'the headphone socket of the board is not on USB. Let it be the first one: soundcard: onboard, with the USB card as jack.second_card',
  ],
])('beside %s, %s as a second card is refused', (card, other, why) => {
  expect(
    refusalOf(choose(`board: pi3b\nsoundcard: ${card}\n`), [`jack.second_card=${other}`]),
  ).toBe(`--set jack.second_card=${other} jack.second_card: ${why}`)
})

test('a second card that there is not is refused with the nearest that there is', () => {
  expect(refusalOf(choose(four), ['jack.second_card=edirol-ua25'])).toContain(
    'there is no soundcards/edirol-ua25.yaml (did you mean "edirol-ua-25"?)',
  )
})

test('a rate that nobody has read of an interface is warned of, and not refused', () => {
  const plan = planOf(choose('board: pi4b\nsoundcard: universal-audio-volt-2\n'), [
    'jack.rate=96000',
  ])
  expect(alsaOf(plan)).toContain('-r96000')
  expect(plan.warnings).toContain(
    'jack.rate 96000: nobody has read whether Universal Audio Volt 2 has it; where it has not, jackd silently takes the nearest one, which jack_samplerate tells',
  )
  expect(planOf(choose('board: pi4b\nsoundcard: ssl-2\n')).warnings.join()).not.toContain(
    'jack.rate',
  )
})
