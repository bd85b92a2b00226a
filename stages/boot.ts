import { writeFileSync } from 'node:fs'
import { isVirt, startedBoards } from '../lib/plan/virt.ts'
import { emulatedCard, startsJack } from '../lib/plan/cards.ts'
import { demand } from '../lib/prove/proof/demand.ts'
import { defineStage } from '../lib/engine/run/stage.ts'
import { look } from './boot/look.ts'
import type { Seen } from './boot/look.ts'
import { emulator } from './emulator.ts'
import { image } from './image.ts'
import { pages } from './pages.ts'
import { rp1 } from './rp1.ts'
import { toolbox } from './toolbox.ts'
import { verify } from './verify.ts'

/**
 * The boot proofs: the very image, booted on QEMU's Raspberry Pis, or its own machine, as the
 * firmware would boot it.
 */
export const boot = defineStage({
  name: 'boot',
  about: 'Boot the image on an emulated Raspberry Pi and prove the tunings on the running system',
  source: import.meta.url,
  needs: { emulator, toolbox, rp1, pages, image, verify }, // the first root of them is the one it works in
  outputs: { results: 'proofs.json', console: 'console.log' },
  evidence: ['console'],
  given: (plan) => ({
    tunings: plan.tunings,
    boards: startedBoards(plan.boards),
    cpu: plan.virt_cpu,
    root_on_usb: plan.image.disk.root_on_usb,
    card: emulatedCard(plan),
    heard: emulatedCard(plan) && startsJack(plan),
    user: plan.image.user.name,
    ssh: plan.image.user.ssh_keys.length > 0,
    absent_card: emulatedCard(plan) ? undefined : plan.soundcard.alsa_id,
  }),
  async run({ given, from, out, work, settings, progress, $ }) {
    const seen: Seen[] = []
    const transcripts: string[] = []
    const doing = new Map<string, string>()
    // Once is enough, on the real board with the fewest proofs: downbeat-doctor asks the same
    // again, in the words that its user will see.
    const examined = given.boards.findLast(({ emulator }) => !isVirt(emulator!)) ?? given.boards[0]
    writeFileSync(out.console, '') // there may be no machine for any of the boards
    // Side by side: each machine keeps one processor busy.
    const boards = given.boards.entries()
    const take = async (): Promise<void> => {
      for (const [i, board] of boards) {
        transcripts[i] = ''
        seen[i] = await look($, {
          ...given,
          beside: { endpoint: from.rp1?.program, pages: from.pages?.library },
          image: from.image.disk,
          board,
          doctor: board === examined,
          work,
          onText: (text) => {
            transcripts[i] += text
            writeFileSync(out.console, transcripts.join('\n'))
          },
          say: (machine, what) => {
            doing.set(machine, what)
            progress([...doing].map((words) => words.join(' ')).join(', '))
          },
        })
      }
    }
    for (const taken of await Promise.allSettled(Array.from({ length: settings.jobs }, take)))
      if (taken.status === 'rejected') throw taken.reason
    const results = seen.flatMap((one) => one.results)
    const boots = seen.map((one) => one.boot)
    writeFileSync(out.results, `${JSON.stringify({ boots, results }, null, 2)}\n`)
    demand(results)
  },
})
