import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Event } from '../../lib/engine/run/make.ts'
import { createReporter, createStatusLine, seconds } from '../../scripts/session/report.ts'
import type { ReporterOptions } from '../../scripts/session/report.ts'
import { temporaryFolder, write } from './fixtures.ts'

const built = (stage: string): Event => ({
  kind: 'built',
  stage,
  entry: {
    stage,
    key: 'k',
    outputs: {},
    wall_s: 125,
    usage: { user: 100, system: 3.25, peak_kib: 0 },
  },
})
const story: Event[] = [
  { kind: 'cached', stage: 'toolbox' },
  { kind: 'started', stage: 'kernel', about: 'Compile a kernel' },
  { kind: 'started', stage: 'rootfs', about: 'Bootstrap the root' },
  { kind: 'line', stage: 'kernel', line: 'CC main.o' },
  { kind: 'line', stage: 'rootfs', line: 'Unpacking bash' },
  { kind: 'line', stage: 'kernel', line: 'LD vmlinux' },
  built('kernel'),
  { kind: 'failed', stage: 'rootfs' },
]

function tell(events: Event[], more: Partial<ReporterOptions> = {}) {
  let screen = ''
  const folder = temporaryFolder()
  write(folder, { log: '' })
  const out = { write: (text: string) => ((screen += text), true) } as NodeJS.WriteStream
  const reporter = createReporter({
    logFile: join(folder, 'log'),
    verbose: false,
    quiet: false,
    terminal: false,
    groups: false,
    out,
    ...more,
  })
  onTestFinished(() => reporter.end())
  for (const event of events) reporter.event(event)
  return {
    reporter,
    lines: () => screen.split('\n').slice(0, -1),
    screen: () => screen,
    log: () => readFileSync(join(folder, 'log'), 'utf8'),
  }
}

describe('how far a stage is', () => {
  const progress = (text: string): Event => ({ kind: 'progress', stage: 'base', text })
  const started: Event = { kind: 'started', stage: 'base', about: 'Fetch the image' }

  test('is one line in ten seconds at most where nothing moves, and none in the log', () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const { reporter, lines, log } = tell([started])
    for (let second = 1; second <= 25; second++) {
      reporter.event(progress(`${second} of 25 MB`))
      vi.advanceTimersByTime(1000)
    }
    vi.advanceTimersByTime(60_000)
    expect(lines()).toEqual([
      '- base: Fetch the image',
      '  base: 10 of 25 MB',
      '  base: 20 of 25 MB',
      '  base: 25 of 25 MB',
    ])
    expect(log()).not.toContain('MB')
  })

  test('is not said where only results are', () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const { reporter, screen } = tell([started], { quiet: true })
    reporter.event(progress('1 of 2 MB'))
    vi.advanceTimersByTime(20_000)
    expect(screen()).toBe('')
  })
})

describe('where there is no terminal', () => {
  test('each thing that happens is one plain line', () => {
    const { lines } = tell(story)
    expect(lines()).toEqual([
      '✔ toolbox: as it was',
      '- kernel: Compile a kernel',
      '- rootfs: Bootstrap the root',
      '✔ kernel: made in 2 min 5 s (1 min 43 s of processor time)',
      '✖ rootfs: failed',
    ])
  })

  test('no cursor is moved and nothing is coloured', () => {
    // oxlint-disable-next-line no-control-regex -- just what is looked for
    expect(tell(story).screen()).not.toMatch(/[\u001b\r]/)
  })

  test('waiting and a damaged cache are told', () => {
    const { lines } = tell([
      { kind: 'waiting', stage: 'kernel' },
      { kind: 'broken', stage: 'kernel', what: 'image is missing' },
    ])
    expect(lines()).toEqual([
      '- kernel: another downbeat is making this just now; waiting for it',
      '! kernel: what is in the cache is damaged (image is missing); making it anew',
    ])
  })
})

test('everything that commands print is in the log, with its stage, and when stages begin and end', () => {
  const log = tell([...story, { kind: 'broken', stage: 'image', what: 'disk has changed' }])
    .log()
    .replaceAll(/# \S+T\S+Z /g, '# TIME ')
  expect(log).toBe(`# TIME toolbox cached
# TIME kernel started
# TIME rootfs started
kernel| CC main.o
rootfs| Unpacking bash
kernel| LD vmlinux
# TIME kernel built
# TIME rootfs failed
# TIME image broken: disk has changed
`)
})

test('a log that cannot be written is told once, and stops nothing', () => {
  const { lines } = tell(story, { logFile: '/dev/full', quiet: true })
  expect(lines()).toEqual([
    '! /dev/full: lines are missing there (ENOSPC: no space left on device, write)',
    '✖ rootfs: failed',
  ])
})

test('quiet shows failures only, and what is said on purpose', () => {
  const { lines, reporter } = tell(story, { quiet: true })
  reporter.say('the result')
  expect(lines()).toEqual(['✖ rootfs: failed', 'the result'])
})

test('verbose shows what the commands print, each line with its stage', () => {
  expect(
    tell(story, { verbose: true })
      .lines()
      .filter((line) => line.includes('|')),
  ).toEqual(['kernel| CC main.o', 'rootfs| Unpacking bash', 'kernel| LD vmlinux'])
})

test('in GitHub Actions the lines of each stage are folded together when it has ended, well or badly', () => {
  const { screen } = tell(story, { groups: true })
  expect(screen()).toContain(
    '::group::what kernel printed\n| CC main.o\n| LD vmlinux\n::endgroup::\n',
  )
  expect(screen()).toContain('::group::what rootfs printed\n| Unpacking bash\n::endgroup::\n')
  expect(screen().indexOf('✖ rootfs: failed')).toBeLessThan(screen().indexOf('what rootfs printed'))
})

test('a stage that printed nothing has no group', () => {
  expect(
    tell([{ kind: 'started', stage: 'a', about: '' }, built('a')], { groups: true }).screen(),
  ).not.toContain('::group')
})

test.each([
  [0, '0.0 s'],
  [1.44, '1.4 s'],
  [59.94, '59.9 s'],
  [60, '1 min 0 s'],
  [125, '2 min 5 s'],
  [3600, '60 min 0 s'],
  [119.7, '2 min 0 s'],
  [59.97, '1 min 0 s'],
])('%d seconds are told as %s', (s, told) => {
  expect(seconds(s)).toBe(told)
})

test('a line that says how far something is, is printed once in ten seconds at most where nothing moves', () => {
  let screen = ''
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const out = { write: (text: string) => ((screen += text), true) } as NodeJS.WriteStream
  const line = createStatusLine({ terminal: false, out })
  for (let second = 1; second <= 25; second++) {
    vi.advanceTimersByTime(1000)
    line.show(`${second} of 25 MB`)
  }
  line.end()
  expect(screen).toBe('  10 of 25 MB\n  20 of 25 MB\n')
})
