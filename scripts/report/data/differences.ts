import { bootLinesOf } from './boot-lines.ts'
import { budgetOf } from './budget.ts'
import type { Build } from './build.ts'
import type { Kept } from './kept.ts'
import { versionsOf } from './versions.ts'

/** One thing that two images do not have in common; empty: that one has nothing of the kind. */
export interface Difference {
  what: string
  one: string
  other: string
}

/** Differences of one kind. */
export interface Group {
  title: string
  rows: Difference[]
}

type Known = Build & { kept: Kept }

/** What two images do not have in common, in groups; a group without differences is there, too. */
export function differencesOf(one: Known, other: Known): Group[] {
  const group = (title: string, of: (build: Known) => [string, string][]): Group => ({
    title,
    rows: between(new Map(of(one)), new Map(of(other))),
  })
  return [
    group('In short', inShort),
    group('Tunings', ({ plan }) =>
      plan.tunings.map(({ id, off }) => [
        id,
        off === undefined ? 'in force' : `not in force: ${off}`,
      ]),
    ),
    group('config.txt', (build) =>
      bootLinesOf(build).config.map(({ section, text, why }) => [`${section} ${text}`.trim(), why]),
    ),
    group('cmdline.txt', (build) => bootLinesOf(build).cmdline.map(({ text, why }) => [text, why])),
    group('Packages', ({ packages }) => packages.map(({ name, version }) => [name, version])),
    group('Warnings', ({ plan }) => plan.warnings.map((warning) => [warning, 'said'])),
  ]
}

function inShort(build: Known): [string, string][] {
  const { plan, record, image } = build
  const { server, period, periods, rate } = plan.configure.view.jack
  const ms = budgetOf(build).reduce((sum, way) => sum + way.ms, 0)
  const failed = record.proofs.filter(({ passed }) => !passed).length
  return [
    ['Boards', plan.boards.map(({ name }) => name).join(', ')],
    ['Sound card', plan.soundcard.name],
    ['JACK', `${server}: ${period} frames x ${periods} at ${rate} Hz`],
    ['From the input to the output', `about ${ms.toFixed(1)} ms`],
    ['Host name', plan.configure.view.hostname],
    ...versionsOf(build).filter(([part]) => part !== 'JACK' && !part.startsWith('Package ')),
    ['Size', `${image.bytes} bytes`],
    ['Proofs', `${record.proofs.length - failed} passed, ${failed} failed`],
    ['Booted on', record.boots.map(({ machine }) => machine).join(', ')],
    ['sha256', image.sha256],
  ]
}

/** In the order of the first one, and then what only the second one has. */
function between(one: Map<string, string>, other: Map<string, string>): Difference[] {
  const both = new Set([...one.keys(), ...other.keys()])
  return [...both].flatMap((what) => {
    const row = { what, one: one.get(what) ?? '', other: other.get(what) ?? '' }
    return row.one === row.other ? [] : [row]
  })
}
