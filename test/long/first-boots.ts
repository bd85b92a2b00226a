import { writeFileSync } from 'node:fs'
import { virt } from '../../lib/prove/emulator/emulator.ts'
import { defineStage } from '../../lib/engine/run/stage.ts'
import { image } from '../../stages/image.ts'
import { toolbox } from '../../stages/toolbox.ts'
import { newCard } from '../image/first-boot/card.ts'
import type { Card } from '../image/first-boot/card.ts'
import { broken, custom, later } from '../image/first-boot/cards.ts'
import { cuts, everyMoment } from '../image/first-boot/cuts.ts'

type Seen<Use extends (...words: never[]) => unknown> = Awaited<ReturnType<Use>>

export interface MoreFirstBoots {
  later: Seen<typeof later>
  custom: Seen<typeof custom>
  broken: Seen<typeof broken>
  cuts: Seen<typeof cuts>
}

/**
 * More new cards: told nothing, told a mistake, told again; and one whose plug is pulled at every
 * moment that the console tells of.
 */
export const moreFirstBoots = defineStage({
  name: 'more-first-boots',
  about: 'Boot the image on more new cards, and pull the plug at every moment',
  source: import.meta.url,
  needs: { toolbox, image },
  outputs: { seen: 'seen.json' },
  given: (plan) => ({ board: plan.boards[0]!, cpu: plan.virt_cpu! }),
  async run({ given, from, out, work, progress, $ }) {
    const uses = { later, custom, broken, cuts: (card: Card) => cuts(card, everyMoment) }
    const seen: Record<string, unknown> = {}
    for (const [name, use] of Object.entries(uses)) {
      progress(name)
      seen[name] = await use(
        await newCard($, from.image.disk, given.board, virt(given.cpu), work, name),
      )
      await $`rm -f ${work}/${name}/card.img`
    }
    writeFileSync(out.seen, `${JSON.stringify(seen, null, 2)}\n`)
  },
})
