import { writeFileSync } from 'node:fs'
import { plug, plugSecond, unplug, unplugSecond } from '../../../lib/prove/emulator/emulator.ts'
import { restartWithLongBuffer } from '../../../lib/prove/hearing/tone-proof.ts'
import { defineStage } from '../../../lib/engine/run/stage.ts'
import { image } from '../../../stages/image.ts'
import { toolbox } from '../../../stages/toolbox.ts'
import { verify } from '../../../stages/verify.ts'
import { ACTIVE, QUIET, withTwoCards } from './two-cards.ts'

/** What was seen after each step. */
export interface Seen {
  /** the cards whose servers run, and the processes of jackd */
  servers: string
  jackds: number
  /** what the journal said last of the choice */
  told: string
  /** how often the user's program has been started until then, and how often it runs */
  program: { started: number; running: number }
}

export interface OneServer {
  /** the ids of the two cards, that of two channels first */
  ids: string[]
  cores: string
  at_boot: Seen
  large_out: Seen
  large_back: Seen
  small_out: Seen
  small_back: Seen
  asked_for: Seen
  both_out: Seen & { waits: string }
  large_first: Seen
  then_small: Seen
  small_first: Seen
  then_large: Seen
  given_up: { state: string; starts: string; journal: string; doctor: string }
  tried_again: Seen
  program_given_up: string
}

/**
 * The image with two USB sound cards, on a machine with fewer processors than its boards have: which
 * of them JACK plays through as they come and go, and what a program does that was started with it.
 */
export const oneServer = defineStage({
  name: 'one-server',
  about: 'Boot the image with two USB sound cards, and plug them out and in',
  source: import.meta.url,
  needs: { toolbox, image, verify },
  outputs: { seen: 'seen.json', console: 'console.log' },
  evidence: ['console'],
  given: (plan) => ({
    board: plan.boards[0]!,
    cpu: plan.virt_cpu!,
    midi: plan.configure.view.jack.midi,
  }),
  async run({ given, from, out, work, progress, $ }) {
    const wanted = {
      image: from.image.disk,
      board: given.board,
      cpu: given.cpu,
      work,
      wavs: ['a', 'b', 'c', 'd', 'e'].map((name) => `${work}/${name}.wav`),
      log: out.console,
    }
    progress('booting')
    await withTwoCards($, wanted, async ({ console, tell, run, ask, until, ids: idsNow }) => {
      const look = async (): Promise<Seen> => ({
        servers: await ask(ACTIVE),
        jackds: Number(await ask('pidof jackd | wc -w')),
        told: await ask(
          "journalctl --sync; journalctl -b -o cat -u jackd-card.service | grep '^JACK' | tail -n 1",
        ),
        program: {
          started: Number(await ask('wc -l </run/started')),
          running: Number(await ask("pgrep -fc '^tail -f /dev/null'")),
        },
      })
      // The server of a card is there, and the program that is started with it.
      const plays = async (card: string): Promise<Seen> => {
        progress(`waiting for JACK on ${card}`)
        await until(
          `[ "$(${ACTIVE})" = ${card} ] && ${QUIET} && pgrep -f '^tail -f /dev/null' >/dev/null`,
        )
        return look()
      }
      const cores = await ask('systemctl show -p CPUAffinity jackd@card.service; nproc --all')
      // It counts its starts, and is one that stays when its server goes.
      await run(`mkdir -p /etc/downbeat; : >/run/started; chown 1000 /run/started
        printf '#!/bin/sh\\necho >>/run/started\\nexec tail -f /dev/null\\n' >/etc/downbeat/autostart
        chmod 755 /etc/downbeat/autostart`)
      await restartWithLongBuffer(console, given.midi)
      const ids = await idsNow()
      const [small, large] = ids
      const at_boot = await plays(large)
      await tell(unplugSecond)
      const large_out = await plays(small)
      await tell(plugSecond)
      const large_back = await plays(large)
      await tell(unplug(0))
      await until(`[ ! -e /proc/asound/${small} ] && ${QUIET}`)
      const small_out = await look()
      await tell(plug(1))
      await until(`[ -e /proc/asound/${small} ] && ${QUIET}`)
      const small_back = await look()
      await run(`/usr/lib/downbeat/jack-card ${small}`)
      const asked_for = await plays(small)
      await tell(unplugSecond)
      await tell(unplug(1))
      progress('waiting for the end of JACK')
      await until(`[ -z "$(${ACTIVE})" ] && ${QUIET}`)
      const said =
        'journalctl --sync; journalctl -b -o cat -u jackd-waits.service | grep ^JACK | tail -n 1'
      const both_out = {
        ...(await look()),
        waits: await ask(`systemctl start jackd-waits.service; ${said}`),
      }
      await run('rm /run/downbeat-jack-card')
      // Both have the same name: the id of the first one is free, and so it is that of the large one now.
      await tell(plugSecond)
      const large_first = await plays(small)
      await tell(plug(2))
      await until(`[ -e /proc/asound/${large} ] && ${QUIET}`)
      const then_small = await look()
      await tell(unplug(2))
      await tell(unplugSecond)
      await until(`[ -z "$(${ACTIVE})" ] && ${QUIET}`)
      await run('rm /run/downbeat-jack-card')
      await tell(plug(3))
      const small_first = await plays(small)
      await tell(plugSecond)
      await until(`[ -e /proc/asound/${large} ] && ${QUIET}`)
      const then_large = await look()
      progress('waiting until JACK is given up')
      await run(
        `sed -i.good 's/^JACKD_ALSA=.*/JACKD_ALSA="-p3"/' /etc/default/jackd; systemctl restart jackd@${small} || :`,
      )
      await until(`systemctl -q is-failed jackd@${small} && ${QUIET}`)
      const given_up = {
        state: await ask(`systemctl show -p Result --value jackd@${small}`),
        starts: await ask(
          `journalctl --sync; journalctl -b -o cat -u jackd@${small} | grep -c 'Scheduled restart job'`,
        ),
        journal: await ask(`journalctl -b -o cat -u jackd-waits.service | grep ^JACK | tail -n 1`),
        doctor: await ask(`/usr/lib/downbeat/jack-state`),
      }
      await run('mv /etc/default/jackd.good /etc/default/jackd')
      await tell(unplug(3))
      await until(`[ ! -e /proc/asound/${small} ]`)
      await tell(plug(4))
      const tried_again = await plays(small)
      progress('waiting until the program is given up')
      await run(
        `printf '#!/bin/sh\\nexit 1\\n' >/etc/downbeat/autostart; systemctl restart downbeat-autostart`,
      )
      await until('systemctl -q is-failed downbeat-autostart')
      const program_given_up = await ask('systemctl show -p Result --value downbeat-autostart')
      const seen: OneServer = {
        ids,
        cores,
        at_boot,
        large_out,
        large_back,
        small_out,
        small_back,
        asked_for,
        both_out,
        large_first,
        then_small,
        small_first,
        then_large,
        given_up,
        tried_again,
        program_given_up,
      }
      writeFileSync(out.seen, `${JSON.stringify(seen, null, 2)}\n`)
    })
  },
})
