import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repository, temporaryFolder, write } from './fixtures.ts'

// The script that applies how JACK is started, for a sound card that knows two rates.

const script = readFileSync(join(repository, 'templates/root/usr/lib/downbeat/set-sound'), 'utf8')
const common = `set -eu
from='x: '
problem() { echo "$1"; }
refuse() { problem "$1"; exit 3; }
edit() { sed -i "$2" "$1"; }
`

const usb = `card_name='usb'\nsmallest=32\nshortest_ms=0\nstep=1\nrates='44100 48000'\n`

const toldOf = (card: string, ...words: string[]) => {
  const folder = temporaryFolder()
  write(folder, {
    'etc/default/jackd': 'JACKD_SERVER="-p16"\nJACKD_ALSA="-p128 -n3 -r48000"\n',
    'usr/share/downbeat/latency.sh': card,
  })
  const here = script.replaceAll(/\/(?=etc\/|usr\/share\/)/g, `${folder}/`)
  const { status, stdout, stderr } = spawnSync(
    'sh',
    ['-c', `${common}${here}\nset_jack "$@"\n`, 'sh', ...words],
    { encoding: 'utf8' },
  )
  expect(stderr).toBe('')
  const now = readFileSync(join(folder, 'etc/default/jackd'), 'utf8')
  return { status, said: stdout.trim(), now: /ALSA="(.*)"/.exec(now)![1] }
}

const told = (...words: string[]) => toldOf(usb, ...words)

test('what JACK is told on a card is a rate and a period that its sound card has', () => {
  expect(told('32', '2', '44100')).toEqual({ status: 0, said: '', now: '-p32 -n2 -r44100' })
  expect(told('', '', '44100')).toEqual({ status: 0, said: '', now: '-p128 -n3 -r44100' })
})

test('another one changes nothing and is told, and what stands beside it is applied', () => {
  expect(told('64', '2', '4410')).toEqual({
    status: 0,
    said: 'x: jack.rate: usb does not run at 4410 Hz; it runs at 44100 48000',
    now: '-p64 -n2 -r48000',
  })
  expect(told('16', '', '44100')).toEqual({
    status: 0,
    said: 'x: jack.period: 16 frames is below the 32 that usb can do',
    now: '-p128 -n3 -r44100',
  })
})

test('a card whose driver has a shortest time, or a step, is told neither less nor between', () => {
  const slow = usb.replace('shortest_ms=0', 'shortest_ms=10').replace('step=1', 'step=4')
  expect(toldOf(slow, '440', '', '44100')).toMatchObject({
    said: 'x: jack.period: 440 frames is below the 441 that usb can do',
    now: '-p128 -n3 -r44100',
  })
  expect(toldOf(slow, '482', '', '48000')).toMatchObject({
    said: 'x: jack.period: 482 frames is no multiple of 4, which usb wants: 480 or 484',
    now: '-p128 -n3 -r48000',
  })
  expect(toldOf(slow, '480', '', '48000')).toMatchObject({ said: '', now: '-p480 -n3 -r48000' })
})

test('a rate is taken as it is where nobody has read all that a card has', () => {
  const unread = usb.replace(/rates=.*/, "rates=''")
  expect(toldOf(unread, '', '', '96000')).toMatchObject({ said: '', now: '-p128 -n3 -r96000' })
})
