import { expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { Budgets } from '../../lib/plan/schema/budgets.ts'
import { wakeUpsOf } from '../../lib/prove/latency/wakeups.ts'
import { cyclesOf } from '../../lib/prove/latency/cycles.ts'
import { loadRan } from '../../lib/prove/latency/load-ran.ts'
import { budgetOf, overBudget } from '../../scripts/measure/budget.ts'
import { inWords, sameFigures } from '../../scripts/measure/table.ts'
import { withoutTunings } from '../../scripts/measure/without.ts'
import { controls } from '../../stages/controls.ts'
import { latency } from '../../stages/latency.ts'
import { graph } from '../../stages/graph.ts'
import { load } from '../../stages/load.ts'
import { planOf, repository } from './fixtures.ts'

// What the machine says in which wake-ups are measured, and for which images there is such a machine.

const SAID = `[    0.1] booting
kernel: 6.12.107-rt15-downbeat #1 SMP PREEMPT_RT Sat Nov 1 00:00:00 UTC 2025
# /dev/cpu_dma_latency set to 0us
# Histogram
000006 000940
000009 000057
000011 000002
# Total: 000000999
# Min Latencies: 00006
# Avg Latencies: 00006
# Max Latencies: 02412
# Histogram Overflows: 00001
# Histogram Overflow at cycle number:
# Thread 0: 00417
measured: yes
`

test('what cyclictest says is read: latest, mean, and those that the histogram has not', () => {
  expect(wakeUpsOf(SAID)).toEqual({
    kernel: '6.12.107-rt15-downbeat #1 SMP PREEMPT_RT Sat Nov 1 00:00:00 UTC 2025',
    count: 999,
    worst_us: 2412,
    mean_us: 6,
    lost: 1,
    histogram: { 6: 940, 9: 57, 11: 2 },
  })
})

test.each([
  ['one whose measurement has failed', 'kernel: 6.12\nmeasured: yes\n'],
  ['one that said nothing', ''],
])('%s has no figures', (_what, said) => {
  expect(wakeUpsOf(said)).toBeUndefined()
})

test('an image of ARMv6 is not measured; others are, and beside them the kernels that Debian has', () => {
  const usual = planOf({})
  expect(latency.given(usual)).toMatchObject({ cpu: 'cortex-a53', priority: 70 })
  expect(load.given(usual)).toEqual({ arch: 'arm64' })
  expect(controls.given(usual)).toMatchObject({
    packages: ['linux-image-rt-arm64', 'linux-image-arm64'],
  })
  const { virt_cpu: _, ...armv6 } = usual
  for (const stage of [latency, load, graph, controls]) expect(stage.given(armv6)).toBeUndefined()
})

test('what a cycle of JACK costs is read; without programs nobody sees when it begins', () => {
  expect(
    cyclesOf('cycles: 64 0 301 20001 0 0\ncycles: 64 8 300 144000 31001 2\r\nmeasured: yes\n'),
  ).toEqual([
    { frames: 64, clients: 0, count: 301, instructions: 10_001 },
    { frames: 64, clients: 8, count: 300, instructions: 72_000, worst_us: 32, late: 2 },
  ])
  const none = ['cycles: 64 8\n', 'cycles: 16 0 0 386 0 0\n']
  for (const said of none) expect(cyclesOf(said)).toEqual([])
})

test.each([
  ['one that has begun programs and gone from one to another all the time', '10 5 900 80 65', true],
  ['one that nobody has told of', undefined, false],
  ['one that does not send messages in the end', '10 5 900 80 0', false],
  ['one that has begun no program', '10 5 900 5 65', false],
  ['one that did not run', '10 5 10 5 65', false],
])('a load: %s', (_what, counts, ran) => {
  expect(loadRan(counts === undefined ? 'measured: yes\n' : `load: ${counts}\n`)).toBe(ran)
})

test('every kernel and every server has a budget, and nothing else has', () => {
  const catalogue = openCatalogue(repository)
  const { wake_up_us, cycle_begins_us, cycle_instructions } = catalogue.table(
    'budgets.yaml',
    Budgets,
  ).value
  const kernels = catalogue.ids('kernel').map((id) => {
    const { value } = catalogue.entry('kernel', id, 'here')
    return value.kind === 'packaged' ? (value.asked_as ?? id) : id
  })
  const servers = catalogue
    .ids('packages')
    .map((id) => catalogue.entry('packages', id, 'here').value.server)
  for (const budget of [wake_up_us, cycle_begins_us, cycle_instructions])
    expect(Object.keys(budget).sort()).toEqual([...new Set(kernels)].sort())
  for (const budget of Object.values(cycle_instructions))
    expect(Object.keys(budget).sort()).toEqual(servers.sort())
})

const cycles = [
  { frames: 64, clients: 0, count: 300, instructions: 10_000 },
  { frames: 32, clients: 8, count: 300, instructions: 71_000, worst_us: 30, late: 0 },
  { frames: 64, clients: 8, count: 300, instructions: 72_000, worst_us: 20, late: 0 },
]
const may = { wake_up_us: 20, cycle_begins_us: 30, cycle_instructions: 80_000 }
const ours = {
  count: 1000,
  mean_us: 6,
  lost: 0,
  histogram: {},
  cycles,
  name: 'downbeat',
  kernel: '6.12-rt #1 SMP',
  worst_us: 9,
  may,
}
const late = { ...ours, name: 'other', worst_us: 37_221, lost: 5 }

test('what is more than it may be is told, with the figure and what to type', () => {
  const ask = '; ./downbeat measure --without <tuning> and --against <choices> show what has grown'
  expect(overBudget('downbeat', ours, may)).toEqual([])
  expect(overBudget('other', late, may)).toEqual([
    `other: the latest wake-up is 37221 µs, and budgets.yaml allows 20 µs${ask}`,
  ])
  const worse = { frames: 64, clients: 8, count: 300, instructions: 90_000, worst_us: 31, late: 1 }
  expect(overBudget('other', { ...ours, cycles: [worse] }, may)).toEqual([
    `other: a cycle of JACK begins too late by 31 µs, and budgets.yaml allows 30 µs${ask}`,
    `other: a cycle of JACK costs 90000 instructions, and budgets.yaml allows 80000 instructions${ask}`,
    `other: cycles of JACK that were not done when the next one was due: 1${ask}`,
  ])
  expect(overBudget('other', { ...ours, cycles: [] }, may)).toEqual([
    `other: JACK does not keep up with 8 programs at 64 frames${ask}`,
  ])
})

test('a later boot is held against its budget, if its kernel has one', () => {
  const boot = {
    userspace_ms: 188,
    jack_ms: 4386,
    end_ms: 4400,
    processes: 20,
    memory_kib: 73_124,
    units: [],
  }
  const boots = { machine: 'raspi3b', first: boot, later: boot }
  const later_boot = { raspi3b: { jack_ms: 4000, processes: 20, memory_mib: 70 } }
  expect(overBudget('downbeat', { ...ours, boots }, may)).toEqual([])
  const other = { ...boots, machine: 'raspi4b' }
  expect(overBudget('downbeat', { ...ours, boots: other }, { ...may, later_boot })).toEqual([])
  expect(overBudget('downbeat', { ...ours, boots }, { ...may, later_boot })).toEqual([
    expect.stringContaining('JACK takes programs after 4386 ms, and budgets.yaml allows 4000 ms;'),
    expect.stringContaining(
      'a later boot leaves 71 MiB in use, and budgets.yaml allows 70 MiB in use;',
    ),
  ])
})

test('a kernel without a line in budgets.yaml is told, with what to write', () => {
  const none = { wake_up_us: {}, cycle_begins_us: {}, cycle_instructions: {}, later_boot: {} }
  expect(() => budgetOf(planOf({}), none)).toThrow(
    'budgets.yaml wake_up_us: has no line for debian; measure it, and write what it may be, such as debian: 100',
  )
})

test('figures stand in tables', () => {
  const debian = { ...late, package: 'linux-image-arm64', version: '6.12.118-1', kernel: '6.12 #1' }
  const lines = inWords([ours, late], [debian], 70)
  expect(lines.slice(4, 8)).toEqual([
    '                                    latest  mean  over 2 ms  may be',
    'downbeat: 6.12-rt                     9 µs  6 µs          0   20 µs',
    'other: 6.12-rt                    37221 µs  6 µs          5   20 µs',
    "Debian's linux-image-arm64: 6.12  37221 µs  6 µs          5",
  ])
  expect(lines.slice(-4)).toEqual([
    '                                  alone  32 frames  64 frames  begins late  not in time',
    'downbeat: 6.12-rt                     -      71000      72000        30 µs            0',
    'other: 6.12-rt                        -      71000      72000        30 µs            0',
    "Debian's linux-image-arm64: 6.12      -      71000      72000        30 µs            0",
  ])
  expect(sameFigures(ours, { ...ours, name: 'without' })).toBe(true)
  expect(sameFigures(ours, late)).toBe(false)
})

test('an image without some tunings is planned with these off; what cannot be taken away is told, all at once', async () => {
  const plan = planOf({})
  const asked: string[][] = []
  const planned = async (set: string[]) => {
    asked.push(set)
    return plan
  }
  const without = await withoutTunings(plan, ['timer-1000hz', 'cpu-isolation'], planned)
  expect(asked).toEqual([['tunings.timer-1000hz=off', 'tunings.cpu-isolation=off']])
  expect(without.name).toBe(`${plan.name}-without`)
  await expect(withoutTunings(plan, ['timer-1000hx', 'midi-only'], planned)).rejects.toThrow(
    /^--without timer-1000hx: there is no such tuning; did you mean timer-1000hz\? .*\n--without midi-only: it is off in /,
  )
})
