import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { runStages } from '../../scripts/session/session.ts'
import { root } from '../downbeat.ts'
import type { Start } from '../image/card-root/card.ts'
import { cardRootsOf } from '../image/card-root/stage.ts'
import type { CardRoots, Changed, Seen } from '../image/card-root/stage.ts'
import { chosen, own } from '../image/first-boot/cards.ts'
import type { Outcome } from './campaign.ts'
import { randomOf } from './random.ts'

// The image's own scripts, whose plug is pulled at one of the programs that they start.

/** What a card is told, and what of its first boot it has yet to do. */
const stamps = ['first-boot', 'host_keys', 'machine_id'].map(
  (name) => `/var/lib/downbeat/${name}.done`,
)
const kinds: Record<string, Start> = {
  settings: { put: { 'downbeat.toml': own } },
  'first-boot': { put: { 'downbeat.toml': own }, remove: stamps },
}

/** What is in `own` and must be nowhere when it is applied. */
const secrets = [chosen.passphrase, JSON.stringify(chosen.passphrase).slice(1, -1)]
/** Not on the card, or copies and locks of the programs that change accounts. */
const passing =
  /^\/(run\/|tmp\/|\.twins\/|etc\/(passwd|shadow|group|gshadow|subuid|subgid)-|etc\/\.pwd\.lock)/
/** Of each card its own. */
const random = /^\/etc\/ssh\/ssh_host_/

/** What a card has that the image has not, by its paths. */
function filesOf({ files }: Seen, image: CardRoots['image']): Record<string, Changed | string> {
  return Object.fromEntries(
    Object.entries(files)
      .filter(
        ([path, file]) =>
          file.kind !== 'folder' && !passing.test(path) && !isDeepStrictEqual(file, image[path]),
      )
      .map(([path, file]) => [path, random.test(path) ? file.kind : file]),
  )
}

async function start(cards: { starts: Start[] }[]): Promise<CardRoots> {
  const plan = resolve(openCatalogue(root), join(root, 'image.yaml'))
  const stage = cardRootsOf('chaos-cards', cards)
  const { made } = await runStages(plan, [stage], { quiet: true })
  return JSON.parse(readFileSync(made.get(stage.name)!.outputs['seen']!, 'utf8')) as CardRoots
}

/** Pulls the plug of so many cards at a random program, and starts each once more. */
export async function cardCampaign(kind: string, kills: number, seed: number): Promise<Outcome> {
  const first = kinds[kind]!
  const outcome: Outcome = { name: kind, kills: 0, steps: new Map(), lost: [] }
  const next = randomOf(seed)
  const counted = await start([{ starts: [{ ...first, cut: 'command 0' }] }])
  const whole = counted.cards[0]![0]!
  const moments = Array.from({ length: kills }, () => 1 + Math.floor(next() * whole.commands))
  const { cards, image } = await start(
    moments.map((at) => ({ starts: [{ ...first, cut: `command ${at}` }, {}] })),
  )
  for (const [i, at] of moments.entries()) {
    const [killed, again] = cards[i] as [Seen, Seen]
    const step = killed.said.find((line) => line.startsWith(`+ command ${at}: `))
    if (step === undefined) continue // it had nothing more to do
    outcome.kills++
    const program = step.split(': ')[1]!
    outcome.steps.set(program, (outcome.steps.get(program) ?? 0) + 1)
    const lose = (what: string): void =>
      void outcome.lost.push(`${kind}, seed ${seed}: killed at command ${at} (${program}): ${what}`)
    const [had, has] = [filesOf(whole, counted.image), filesOf(again, image)]
    for (const path of new Set([...Object.keys(had), ...Object.keys(has)]))
      if (!isDeepStrictEqual(had[path], has[path])) lose(`${path} is another than without that`)
    if (again.again) lose('the next start has something to do')
    for (const [path, { text }] of Object.entries(again.files))
      if (secrets.some((secret) => text.includes(secret))) lose(`a secret is in ${path}`)
  }
  return outcome
}
