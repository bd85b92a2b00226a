import { emulatedCard } from '../../../lib/plan/cards.ts'
import type { PlannedSoundcard } from '../../../lib/plan/plan.ts'
import { titleOf } from '../../../lib/plan/proofs/proof.ts'
import type { Build } from './build.ts'

/** A proof that was tried: where it has passed, and what was seen where it has not. */
export interface Tried {
  title: string
  passed: string[]
  failed: { where: string; expected: string; seen: string }[]
}

/** What is known of a tuning, or of what is proven of the whole image. */
export interface Proven {
  tried: Tried[]
  /** proofs that only a real board can answer */
  onBoard: string[]
  /** proofs that an emulated boot can answer, and none has */
  untried: string[]
}

type Tuning = Build['plan']['tunings'][number]

/** The proofs of one tuning. */
export function provenOf(build: Build, tuning: Tuning): Proven {
  const tried = triedOf(build, (id) => id === tuning.id)
  const emulated = emulatedCard({
    soundcard: build.plan.soundcard as PlannedSoundcard,
  })
  const open = tuning.proofs
    .map((proof) => ({ proof, title: titleOf(proof) }))
    .filter(({ title }) => tried.every((one) => one.title !== title))
  const needsBoard = ({ proof: { on } }: (typeof open)[number]): boolean =>
    on === 'device' || (on === 'card' && !emulated)
  return {
    tried,
    onBoard: open.filter(needsBoard).map(({ title }) => title),
    untried: open.filter((one) => !needsBoard(one)).map(({ title }) => title),
  }
}

/** What was proven of the image as a whole, such as that its boot comes to its end. */
export function provenOfAll(build: Build): Tried[] {
  const ids = new Set(build.plan.tunings.map(({ id }) => id))
  return triedOf(build, (id) => !ids.has(id))
}

function triedOf({ record }: Build, of: (tuning: string) => boolean): Tried[] {
  const tried = new Map<string, Tried>()
  for (const { tuning, proof, where, passed, expected, seen } of record.proofs) {
    if (!of(tuning)) continue
    const one = tried.get(proof) ?? { title: proof, passed: [], failed: [] }
    tried.set(proof, one)
    if (passed) one.passed.push(where)
    else one.failed.push({ where, expected, seen })
  }
  return [...tried.values()]
}
