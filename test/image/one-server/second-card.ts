import { writeFileSync } from 'node:fs'
import { plug, plugSecond, unplug, unplugSecond } from '../../../lib/prove/emulator/emulator.ts'
import {
  judgeTone,
  playTone,
  restartWithLongBuffer,
} from '../../../lib/prove/hearing/tone-proof.ts'
import { defineStage } from '../../../lib/engine/run/stage.ts'
import type { ProofResult } from '../../../lib/plan/proofs/proof.ts'
import { image } from '../../../stages/image.ts'
import { toolbox } from '../../../stages/toolbox.ts'
import { verify } from '../../../stages/verify.ts'
import { ACTIVE, QUIET, withTwoCards } from './two-cards.ts'

/** What was seen after each step. */
export interface Seen {
  /** the cards whose servers run, and the process of jackd */
  servers: string
  pid: string
  /** the card that is bridged, and its ports */
  bridged: string
  ports: string[]
  /** what the journal said last */
  told: string
}

export interface SecondCard {
  /** the ids of the two cards, that of two channels first */
  ids: string[]
  at_boot: Seen
  heard: ProofResult[]
  small_out: Seen
  small_back: Seen
  large_out: Seen
  large_back: Seen
  /** units that have failed in the end */
  failed: string
}

const SECONDS = 4

/**
 * The image that bridges a second card, with two USB sound cards: which of them is what as they
 * come and go, and what is heard from the second one.
 */
export const secondCard = defineStage({
  name: 'second-card',
  about: 'Boot the image with two USB sound cards, of which one is bridged to JACK',
  source: import.meta.url,
  needs: { toolbox, image, verify },
  outputs: { seen: 'seen.json', console: 'console.log' },
  evidence: ['console'],
  given: (plan) => ({
    board: plan.boards[0]!,
    cpu: plan.virt_cpu!,
    midi: plan.configure.view.jack.midi,
    user: plan.image.user.name,
  }),
  async run({ given, from, out, work, progress, $ }) {
    const wavs = ['a', 'b'].map((name) => `${work}/${name}.wav`)
    const { board, cpu, midi, user } = given
    const wanted = { image: from.image.disk, board, cpu, work, wavs, log: out.console }
    let seen: Omit<SecondCard, 'heard'> | undefined
    progress('booting')
    await withTwoCards($, wanted, async ({ console, tell, run, ask, until, ids: idsNow }) => {
      await restartWithLongBuffer(console, midi)
      const ids = await idsNow()
      const [small, large] = ids
      const ports = `su -s /bin/sh -c 'JACK_NO_START_SERVER=1 jack_lsp second' ${user} | grep ^second`
      const look = async (): Promise<Seen> => ({
        servers: await ask(ACTIVE),
        pid: await ask('pidof jackd'),
        bridged: await ask('cat /run/downbeat-second-card 2>/dev/null'),
        ports: (await ask(ports)).split('\n').filter(Boolean),
        told: await ask(
          "journalctl --sync; journalctl -b -o cat -u jackd-card.service | grep '^A second' | tail -n 1",
        ),
      })
      const runs = async (card: string, beside: boolean): Promise<Seen> => {
        progress(`waiting for JACK on ${card}${beside ? ' and for the other card' : ''}`)
        const count = beside ? '-gt 0' : '-eq 0'
        await until(`[ "$(${ACTIVE})" = ${card} ] && ${QUIET} && [ $(${ports} | wc -l) ${count} ]`)
        return look()
      }
      const at_boot = await runs(large, true)
      await playTone(console, user, SECONDS, ['second-out:playback_1', 'second-out:playback_2'])
      await tell(unplug(0))
      const small_out = await runs(large, false)
      await tell(plug(1))
      const small_back = await runs(large, true)
      await tell(unplugSecond)
      const large_out = await runs(small, false)
      await tell(plugSecond)
      const large_back = await runs(large, true)
      const failed = await run('systemctl list-units --plain --no-legend --state=failed')
      seen = { ids, at_boot, small_out, small_back, large_out, large_back, failed }
    })
    const heard = judgeTone(wavs[0]!, 'virt', SECONDS, true)
    writeFileSync(out.seen, `${JSON.stringify({ ...seen, heard }, null, 2)}\n`)
  },
})
