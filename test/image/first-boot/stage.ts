import { writeFileSync } from 'node:fs'
import { virt } from '../../../lib/prove/emulator/emulator.ts'
import { defineStage } from '../../../lib/engine/run/stage.ts'
import { image } from '../../../stages/image.ts'
import { toolbox } from '../../../stages/toolbox.ts'
import { newCard } from './card.ts'
import type { Card } from './card.ts'
import { cuts, oneOfEachStep } from './cuts.ts'
import { forms, imager } from './cards.ts'

type Seen<Use extends (...words: never[]) => unknown> = Awaited<ReturnType<Use>>

export interface FirstBoots {
  forms: Seen<typeof forms>
  imager: Seen<typeof imager>
  cuts: Seen<typeof cuts>
}

/**
 * The image on new cards, told their settings in each of the ways: what was then seen of it. See
 * cards.ts, cuts.ts.
 */
export const firstBoots = defineStage({
  name: 'first-boots',
  about: 'Boot the image on new cards with settings of every form',
  source: import.meta.url,
  needs: { toolbox, image },
  outputs: { seen: 'seen.json' },
  given: (plan) => ({ board: plan.boards[0]!, cpu: plan.virt_cpu! }),
  async run({ given, from, out, work, progress, $ }) {
    const seen: Record<string, unknown> = {}
    const chain = async (uses: Record<string, (card: Card) => Promise<unknown>>): Promise<void> => {
      for (const [name, use] of Object.entries(uses)) {
        progress(name)
        seen[name] = await use(
          await newCard($, from.image.disk, given.board, virt(given.cpu), work, name),
        )
        await $`rm -f ${work}/${name}/card.img`
      }
    }
    // Two machines side by side: each keeps one processor busy.
    await Promise.all([
      chain({ forms, imager }),
      chain({ cuts: (card) => cuts(card, oneOfEachStep) }),
    ])
    writeFileSync(out.seen, `${JSON.stringify(seen, null, 2)}\n`)
  },
})
