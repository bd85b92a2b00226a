// What the programs of a card write, as far as tests need it.

/** What both say of their image, their board and their card. */
const about = {
  date: '2026-12-01',
  image: 'downbeat',
  version: '0.1.0',
  base: 'debian-trixie-arm64',
  kernel: 'debian',
  release: '6.12.107-rt15',
  own: false,
  boards: ['pi4b'],
  soundcard: 'usb',
  usb: '07fd:000b',
}

/** What downbeat-doctor --report writes on a board; edits stand in the place of what it says. */
export const doctorReport = (edits: Record<string, unknown> = {}): Record<string, unknown> => ({
  report: 'downbeat-doctor',
  format: 1,
  ...about,
  where: 'device',
  passed: 3,
  failed: 1,
  checks_failed: 1,
  not_asked: { card: 0, device: 0, board: 2 },
  tunings: {
    'no-swap': { passed: 2, failed: 0, not_asked: 0 },
    'jack-tools': { passed: 1, failed: 1, not_asked: 0 },
    'board-config': { passed: 0, failed: 0, not_asked: 2 },
  },
  checks: { power: 'failed', heat: 'info', latency: 'passed' },
  ...edits,
})

/** What downbeat-latency --report writes. */
export const latencyReport = (edits: Record<string, unknown> = {}): Record<string, unknown> => ({
  report: 'downbeat-latency',
  format: 1,
  ...about,
  jack: {
    period: 128,
    periods: 3,
    rate: 48000,
    softmode: false,
    seconds: 597,
    cycles: 223875,
    xruns: 0,
    worst_us: 0,
    max_load: 7.5,
  },
  seconds: 600,
  interval_us: 1000,
  priority: 71,
  core: 3,
  load: true,
  governor: 'none',
  undervoltage: false,
  celsius: 52,
  loops: 600_000,
  worst_us: 47,
  mean_us: 6,
  lost: 0,
  histogram: { 5: 500_000, 9: 99_990, 47: 10 },
  ...edits,
})
