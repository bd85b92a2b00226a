import { writeFileSync } from 'node:fs'
import { emulatedCard } from '../lib/plan/cards.ts'
import { isVirt, startedBoards } from '../lib/plan/virt.ts'
import { askCost } from '../lib/prove/cost/boot-cost.ts'
import type { BootCost } from '../lib/prove/cost/boot-cost.ts'
import { bootEnd } from '../lib/prove/emulator/boot-end.ts'
import { boot, machineOf } from '../lib/prove/emulator/emulator.ts'
import { defineStage } from '../lib/engine/run/stage.ts'
import { image } from './image.ts'
import { pages } from './pages.ts'
import { toolbox } from './toolbox.ts'

/** What the boots of an image cost. */
export interface Cost {
  machine: string
  /** the first boot, which makes the card its own, and a later one */
  first: BootCost
  later: BootCost
}

/**
 * Two boots of the image on a Raspberry Pi with an SD card. QEMU stops its processors as long as the
 * card is read, so only the instructions of the boot itself count.
 */
export const cost = defineStage({
  name: 'cost',
  about: 'Boot the image two times and count what it takes',
  source: import.meta.url,
  needs: { toolbox, pages, image },
  outputs: { seen: 'cost.json', console: 'console.log' },
  evidence: ['console'],
  given: (plan) => {
    const board = startedBoards(plan.boards).find(({ emulator }) => !isVirt(emulator!))
    return board === undefined || plan.image.disk.root_on_usb
      ? undefined
      : {
          board,
          card: emulatedCard(plan),
          absent_card: emulatedCard(plan) ? undefined : plan.soundcard.alsa_id,
        }
  },
  async run({ given, from, out, work, progress, $ }) {
    const machine = machineOf(given.board, undefined, { pages: from.pages?.library })
    const disk = `${work}/card.img`
    await $`cp --sparse=always ${from.image.disk} ${disk}
      truncate -s 2G ${disk}`
    let said = ''
    const once = async (which: string): Promise<BootCost> => {
      progress(`the ${which} boot`)
      const booted = await boot($, {
        image: disk,
        board: given.board,
        machine,
        work,
        root_on_usb: false,
        ...(given.absent_card === undefined ? {} : { absent_card: given.absent_card }),
        ...(given.card ? { wavs: [`${work}/heard.wav`] } : {}),
        onText: (text) => {
          said += text
          writeFileSync(out.console, said)
        },
      })
      try {
        await bootEnd(booted.console)
        const seen = await askCost(booted.console)
        // all that was written is on the card, which is then as after a shutdown
        await booted.console.run(
          'sync; echo u > /proc/sysrq-trigger; until grep -q " / ext4 ro" /proc/mounts; do sleep 0.1; done',
        )
        return seen
      } finally {
        await booted.stop()
      }
    }
    const seen: Cost = {
      machine: machine.name,
      first: await once('first'),
      later: await once('later'),
    }
    writeFileSync(out.seen, `${JSON.stringify(seen, null, 2)}\n`)
  },
})
