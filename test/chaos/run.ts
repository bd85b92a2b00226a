import { parseArgs } from 'node:util'
import { buildScenes } from './build.ts'
import { campaign } from './campaign.ts'
import type { Outcome } from './campaign.ts'
import { cardCampaign } from './cards.ts'
import { flashScenes } from './flash.ts'
import { personalizeScenes } from './personalize.ts'
import type { Scene } from './scene.ts'

// ./downbeat chaos. Ends with 1 if anything was lost.

const tell = (line: string): void => void process.stdout.write(`${line}\n`)
type Kill = (kills: number, seed: number) => Promise<Outcome>

const killed = (scenes: readonly Scene[]): Kill[] =>
  scenes.map((scene) => (kills, seed) => campaign(scene, kills, seed))
const cards =
  (kind: string): Kill =>
  (kills, seed) =>
    cardCampaign(kind, kills, seed)

const campaigns: Record<string, Kill[]> = {
  build: killed(buildScenes),
  flash: killed(flashScenes),
  personalize: killed(personalizeScenes),
  settings: [cards('settings')],
  'first-boot': [cards('first-boot')],
}

/** Shares kills among campaigns, and those of each among its own. */
export async function chaos(
  names: readonly string[],
  kills: number,
  seed: number,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const [i, name] of names.entries()) {
    const mine = share(kills, names.length, i)
    const all = campaigns[name]!
    for (const [j, kill] of all.entries()) {
      const some = share(mine, all.length, j)
      if (some === 0) continue
      const outcome = await kill(some, seed)
      outcomes.push(outcome)
      for (const line of told(outcome)) tell(line)
    }
  }
  return outcomes
}

/** Of so many, what the one of this number gets. */
const share = (all: number, parts: number, number: number): number =>
  Math.floor(all / parts) + (number < all % parts ? 1 : 0)

function told({ name, lacks, kills, steps, lost }: Outcome): string[] {
  if (lacks !== undefined) return [`${name}: not killed: ${lacks}`]
  const at = [...steps].sort((a, b) => b[1] - a[1]).map(([step, times]) => `${step} ${times}`)
  return [
    `${lost.length === 0 ? '✔' : '✖'} ${name}: ${kills} kills, ${lost.length} losses (${at.join(', ')})`,
    ...lost.map((line) => `    ${line}`),
  ]
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { kills: { type: 'string' }, seed: { type: 'string' } },
  })
  const [kills, seed] = [Number(values.kills), Number(values.seed)]
  const outcomes = await chaos(positionals, kills, seed)
  const sum = (key: (outcome: Outcome) => number): number =>
    outcomes.reduce((all, outcome) => all + key(outcome), 0)
  const lost = sum((outcome) => outcome.lost.length)
  tell(`${sum((outcome) => outcome.kills)} kills, ${lost} losses; the same again: --seed ${seed}`)
  process.exitCode = lost === 0 ? 0 : 1
}
