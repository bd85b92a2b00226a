import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { measuredOf } from '../../../scripts/report/data/measured.ts'
import { refusal, temporaryFolder, write } from '../fixtures.ts'
import { latencyReport } from '../reports.ts'
import { planFor } from './builds.ts'

const plan = planFor()

const of = (text: string) => {
  const folder = temporaryFolder()
  write(folder, { 'report.json': text })
  return measuredOf(join(folder, 'report.json'), { plan })
}
const said = (edits: Record<string, unknown>): string =>
  refusal(() => of(JSON.stringify(latencyReport(edits))))
const jack = latencyReport()['jack'] as object

describe('what downbeat-latency --report has written', () => {
  test('is taken', () => {
    expect(of(JSON.stringify(latencyReport()))).toEqual(latencyReport())
    const late = { worst_us: 2500, lost: 10, histogram: { 5: 500_000, 9: 99_990 } }
    expect(of(JSON.stringify(latencyReport(late)))).toMatchObject(late)
  })

  test.each<[string, Record<string, unknown>, RegExp]>([
    ['a key that is not known', { serial: '1000000' }, / serial: unknown key/],
    [
      'a key of JACK that is not known',
      { jack: { ...jack, name: 'x' } },
      / jack\.name: unknown key/,
    ],
    ['a wrong type', { loops: 'all' }, / loops: expected a (whole )?number, got "all"/],
    ['a histogram of texts', { histogram: { 5: '<b>' } }, / histogram\.5: /],
    ['a column that is no number', { histogram: { many: 1 } }, /histogram/],
    ['a column beyond the last', { histogram: { 2000: 600_000 } }, /histogram/],
    [
      'wake-ups that are missing',
      { loops: 600_001 },
      / loops: says 600001, and the histogram has 600000: it was changed/,
    ],
    [
      'a better worst',
      { worst_us: 9 },
      / worst_us: says 9, and the histogram has 47: it was changed/,
    ],
    [
      'late ones and no late worst',
      { lost: 10, histogram: { 5: 500_000, 47: 99_990 } },
      / worst_us: says 47, and the histogram has some from 2000 on/,
    ],
    ['no histogram', { histogram: {} }, / loops: says 600000, and the histogram has 0/],
    ['a mean above the worst', { mean_us: 48 }, / mean_us: is more than the worst/],
    ['a governor with words', { governor: 'per formance' }, / governor: expected the name/],
    ['more loops than a week', { loops: 1e12 }, / loops: expected at most/],
    ['a report of another program', { report: 'downbeat-doctor' }, / report: expected/],
  ])('with %s is refused with the place, and what to type', (_, edits, message) => {
    expect(said(edits)).toMatch(/report\.json:1:\d+ /)
    expect(said(edits)).toMatch(message)
    expect(said(edits)).toMatch(
      /; write it anew on the board: sudo downbeat-latency --report report\.json$/,
    )
  })

  test('with another image is refused, with the one that it is of', () => {
    expect(said({ image: 'other' })).toMatch(
      / image: was measured with the image other, and the page is of downbeat: \.\/downbeat report other --measured \S+$/,
    )
  })

  test.each([
    ['no JSON', 'late'],
    ['half of it', JSON.stringify(latencyReport()).slice(0, 300)],
    ['without an end', `{"histogram":${'{"1":'.repeat(50_000)}`],
  ])('that is %s is refused without a stack', (_, text) => {
    expect(refusal(() => of(text))).toMatch(/report\.json.*; write it anew on the board: /s)
  })

  test('of 100 MB is not read', () => {
    const path = join(temporaryFolder(), 'report.json')
    writeFileSync(path, '{')
    truncateSync(path, 100 * 1024 * 1024)
    expect(refusal(() => measuredOf(path, { plan }))).toContain('has more than 262144 bytes')
  })
})
