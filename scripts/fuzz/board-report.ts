import * as fc from 'fast-check'
import { UserError } from '../../lib/common/words/errors.ts'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { odd, torn } from '../fuzzing/odd.ts'
import { ofProperty } from '../fuzzing/target.ts'
import { recordOfText } from '../proven/from-report.ts'
import { OnBoard } from '../proven/record.ts'
import { root } from '../session/session.ts'

const catalogue = openCatalogue(root)
const count = fc.oneof({ weight: 5, arbitrary: fc.nat({ max: 3 }) }, fc.integer(), fc.double())
const known = (folder: string): fc.Arbitrary<string> =>
  fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...catalogue.ids(folder)) }, odd)
const counts = fc.record({ passed: count, failed: count, not_asked: count })
const state = fc.oneof(fc.constantFrom('passed', 'failed', 'warning', 'info', 'unknown'), odd)
const day = fc.oneof(fc.constant('2026-12-01'), odd)

/** A report of any board with any numbers, as the program writes it, or nearly so. */
const report = fc
  .record({
    report: fc.constant('downbeat-doctor'),
    format: fc.constantFrom(1, 1, 1, 2),
    date: day,
    image: fc.oneof(fc.constant('downbeat'), odd),
    version: fc.oneof(fc.constant('0.1.0'), odd),
    base: known('bases'),
    kernel: known('kernel'),
    release: fc.oneof(fc.constant('6.12.107-rt15'), odd),
    own: fc.oneof(fc.constant(false), fc.boolean()),
    boards: fc.array(known('boards'), { maxLength: 2 }),
    soundcard: known('soundcards'),
    where: fc.constantFrom('device', 'device', 'card'),
    not_asked: fc.record({ card: count, device: count, board: count }),
    tunings: fc.dictionary(known('tunings'), counts, { maxKeys: 3 }),
    checks: fc.dictionary(fc.oneof(fc.constantFrom('power', 'heat'), odd), state, { maxKeys: 3 }),
    more: fc.oneof({ weight: 8, arbitrary: fc.constant({}) }, fc.dictionary(odd, odd)),
  })
  .map(({ more, ...said }) => {
    const sum = (key: 'passed' | 'failed'): number =>
      Object.values(said.tunings).reduce((all, one) => all + one[key], 0)
    const checks_failed = Object.values(said.checks).filter((one) => one === 'failed').length
    const right = { passed: sum('passed'), failed: sum('failed'), checks_failed }
    return JSON.stringify({ ...said, ...right, ...more })
  })

export const target = ofProperty<string>({
  about: 'a report of downbeat-doctor: a record, or what is wrong with it',
  inputs: fc.oneof({ weight: 3, arbitrary: report }, torn(report)),
  holds(text) {
    try {
      const record = recordOfText(catalogue, text, 'report.json', { by: 'a', board: undefined })
      OnBoard.parse(JSON.parse(JSON.stringify(record)))
    } catch (error) {
      if (!(error instanceof UserError)) throw error
    }
  },
  text: (text) => text,
})
