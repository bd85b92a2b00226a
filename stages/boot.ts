import { writeFileSync } from 'node:fs'
import type { PlannedBoard } from '../lib/plan/plan.ts'
import { isVirt } from '../lib/plan/schema/board.ts'
import { emulatedCard, startsJack } from '../lib/plan/cards.ts'
import { demand } from '../lib/prove/proof/demand.ts'
import { defineStage } from '../lib/engine/run/stage.ts'
import { look } from './boot/look.ts'
import type { Seen } from './boot/look.ts'
import { image } from './image.ts'
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
  needs: { toolbox, image, verify },
  outputs: { results: 'proofs.json', console: 'console.log' },
  evidence: ['console'],
  given: (plan) => ({
    tunings: plan.tunings,
    boards: emulated(plan.boards),
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

/**
 * One board per chip, the one that QEMU knows exactly if there is one; of those that can be started
 * with this kernel.
 */
function emulated(boards: readonly PlannedBoard[]): PlannedBoard[] {
  const chosen = new Map<string, PlannedBoard>()
  for (const board of boards) {
    const before = chosen.get(board.soc)
    if (board.emulator && (!before || (board.emulator.exact && !before.emulator!.exact)))
      chosen.set(board.soc, board)
  }
  return [...chosen.values()]
}
