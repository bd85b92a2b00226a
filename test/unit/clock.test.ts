import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repository } from './fixtures.ts'

// Nothing goes by the clock: a test, a stage or a proof waits for something that a program
// announces, or asks again until it has come. A pause that hopes is too short on a machine that is
// five times slower, and too long on every other one.

/**
 * The places where something sleeps nevertheless: the file, what the line says there, and why it is
 * no hope.
 */
const places: [file: string, says: string, why: string][] = [
  ['lib/prove/emulator/console.ts', 'setTimeout(giveUp', 'ends what hangs'],
  [
    'lib/engine/fetch/patience.ts',
    'sleep',
    'between two tries of a network that fails; no test sleeps it',
  ],
  [
    'lib/engine/fetch/patience.ts',
    'setTimeout(ring, ms)',
    'ends what hangs; a test rings it itself',
  ],
  [
    'lib/prove/emulator/emulator.ts',
    'while sleep 1',
    'a keyboard that plays a note in each second, for ever',
  ],
  ['lib/prove/emulator/emulator.ts', 'setTimeout(kill, STUCK_MS)', 'ends what hangs'],
  ['stages/boot/ask.ts', 'sleep 2', 'between two questions'],
  ['stages/boot/midi-out.ts', 'sleep 0.5', 'between two looks'],
  [
    'stages/graph/graph.c',
    'nanosleep(',
    'as many cycles as are counted, by the clock that they go by; and between two tries',
  ],
  ['stages/graph/graph.c', 'pause()', 'a program of the chain runs until it is killed'],
  ['test/image/first-boot/card.ts', 'setTimeout(() => void machine.stop()', 'ends what hangs'],
  ['test/image/jack/client.c', 'usleep(100000)', 'between two looks'],
  [
    'test/image/jack/fake-sequencer.c',
    'usleep(10000)',
    'a device that is late, so that a fault shows; and between two looks',
  ],
  ['test/image/jack/run.sh', 'sleep 0.1', 'between two looks'],
  ['test/image/jack/run.sh', 'sleep 2', 'how long an xrun is, at least'],
  ['test/image/jack/sequencer-client.c', 'usleep(100000)', 'between two looks'],
  [
    'test/image/jack/sequencer-client.c',
    'usleep(5000)',
    'a client that is late, so that a fault shows; and between two looks',
  ],
  ['test/image/mixer/stage.ts', 'sleep 3600', 'until the machine ends'],
  ['test/long/armv6-boot/init.c', 'usleep(200000)', 'between two looks'],
  ['test/image/mixer/stage.ts', 'sleep 3600', 'until the machine ends'],
  ['test/long/armv6-boot/init.c', 'pause()', 'the first process of a machine never ends'],
  ['test/until.ts', 'setTimeout(done, 20)', 'between two looks'],
  ['test/unit/shell.test.ts', 'setsid sleep 600', 'runs until it is killed'],
  ['tunings/uart-midi.yaml', '|| break; sleep 0.5', 'between two looks'],
]

const sleeps =
  /\bsetTimeout\(|\b(u|nano)?sleep\((?!\))|\bsleep [\d.]+|\btimers\/promises\b|\bpause\(/
/** Asks again in one line of shell. */
const loop = /\b(for|until|while) .*; do .*\bsleep [\d.]+; done/

/** `file: line` of all that is written here, but for this file and what a template gives. */
const lines: [file: string, line: string][] = ['lib', 'stages', 'test', 'tunings'].flatMap(
  (folder) =>
    readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
      .map((path) => `${folder}/${path}`)
      .filter(
        (path) =>
          /\.(c|cc|h|sh|ts|yaml)$/.test(path) &&
          !path.startsWith('test/golden/') &&
          path !== 'test/unit/clock.test.ts',
      )
      .flatMap((path) =>
        readFileSync(join(repository, path), 'utf8')
          .split('\n')
          .filter((line) => !/^\s*(\/\/|\/?\*|#|about:)/.test(line))
          .map((line): [string, string] => [path, line.trim()]),
      ),
)
const fits = ([path, line]: [string, string], [file, says]: (typeof places)[number]): boolean =>
  path === file && line.includes(says)

test('nothing sleeps but where it is said why', () => {
  const found = lines.filter(([, line]) => sleeps.test(line) && !loop.test(line))
  expect(found.filter((one) => !places.some((place) => fits(one, place)))).toEqual([])
  expect(places.filter((place) => !found.some((one) => fits(one, place)))).toEqual([])
})

test('no test has a time limit of its own, which a slow machine would reach', () => {
  const limits = /\btimeout: \d|^\}, [\d_]+\)|\bvi\.waitFor\(|\bexpect\.poll\(/
  expect(lines.filter(([path, line]) => path.endsWith('.test.ts') && limits.test(line))).toEqual([])
})
