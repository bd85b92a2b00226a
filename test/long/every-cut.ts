import { writeFileSync } from 'node:fs'
import { virt } from '../../lib/emulator.ts'
import { defineStage } from '../../lib/stage.ts'
import { image } from '../../stages/image.ts'
import { toolbox } from '../../stages/toolbox.ts'
import { newCard } from '../image/first-boot/card.ts'
import { cuts, everyMoment } from '../image/first-boot/cuts.ts'

/** A new card whose plug is pulled at every moment that the console tells of: what was then on it. */
export const everyCut = defineStage({
  name: 'every-cut',
  about: 'Pull the plug of a new card at every moment of its first boot',
  source: import.meta.url,
  needs: { toolbox, image },
  outputs: { seen: 'seen.json' },
  given: (plan) => ({ board: plan.boards[0]!, cpu: plan.virt_cpu! }),
  async run({ given, from, out, work, $ }) {
    const card = await newCard($, from.image.disk, given.board, virt(given.cpu), work, 'card')
    writeFileSync(out.seen, `${JSON.stringify(await cuts(card, everyMoment), null, 2)}\n`)
  },
})
