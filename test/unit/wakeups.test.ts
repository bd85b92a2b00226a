import { expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { Budgets } from '../../lib/plan/schema/budgets.ts'
import { wakeUpsOf } from '../../lib/prove/latency/wakeups.ts'
import { inWords, overBudget } from '../../scripts/measure/table.ts'
import { controls } from '../../stages/controls.ts'
import { latency } from '../../stages/latency.ts'
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
  ['a machine that ended before', SAID.replace('measured: yes\n', '')],
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
  for (const stage of [latency, load, controls]) expect(stage.given(armv6)).toBeUndefined()
})

test('every kernel has a budget', () => {
  const catalogue = openCatalogue(repository)
  const { wake_up_us } = catalogue.table('budgets.yaml', Budgets).value
  const asked = catalogue.ids('kernel').map((id) => {
    const { value } = catalogue.entry('kernel', id, 'here')
    return value.kind === 'packaged' ? (value.asked_as ?? id) : id
  })
  expect(Object.keys(wake_up_us).sort()).toEqual([...new Set(asked)].sort())
})

test('figures stand beside what they may be, and those that are more are told', () => {
  const figures = { count: 1000, mean_us: 6, lost: 0, histogram: {} }
  const ours = {
    ...figures,
    name: 'downbeat',
    kernel: '6.12-rt #1 SMP',
    worst_us: 9,
    budget_us: 20,
  }
  const late = { ...ours, name: 'other', worst_us: 37_221, lost: 5 }
  const debian = { ...late, package: 'linux-image-arm64', version: '6.12.118-1', kernel: '6.12 #1' }
  expect(overBudget([ours])).toEqual([])
  expect(overBudget([ours, late])).toEqual([
    'other: the latest wake-up is 37221 µs, and budgets.yaml allows 20 µs; ./downbeat measure --against <choices> shows what another one has',
  ])
  expect(inWords([ours, late], [debian], 70).slice(-4)).toEqual([
    '                                    latest  mean  over 2 ms  may be',
    'downbeat: 6.12-rt                     9 µs  6 µs          0   20 µs',
    'other: 6.12-rt                    37221 µs  6 µs          5   20 µs',
    "Debian's linux-image-arm64: 6.12  37221 µs  6 µs          5",
  ])
})
