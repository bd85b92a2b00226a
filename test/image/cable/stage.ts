import { writeFileSync } from 'node:fs'
import { bootEnd } from '../../../lib/prove/emulator/boot-end.ts'
import { boot, virt } from '../../../lib/prove/emulator/emulator.ts'
import { defineStage } from '../../../lib/engine/run/stage.ts'
import { image } from '../../../stages/image.ts'
import { toolbox } from '../../../stages/toolbox.ts'

export interface CableSeen {
  /** what the other end saw, in its own words, without a router and with one */
  alone: string
  routed: string
  /** what the card says of its name, without a router and with one */
  own: { alone: string; routed: string }
  /** the clock of the card, and what its journal says of it */
  before: string
  after: string
  journal: string
  /** which time the next boot begins at */
  kept: string
}

/** The same names for the sockets in the machine's folder. */
const CABLE = { own: 'cable-card', far: 'cable-far' }

/**
 * The image with a network cable in it: a computer at the other end, which gives no address, and then
 * a router, which gives one and knows the time.
 */
export const onCable = defineStage({
  name: 'on-cable',
  about: 'Boot the image on a network cable, and ask for its name and its time',
  source: import.meta.url,
  needs: { toolbox, image },
  outputs: { seen: 'seen.json', console: 'console.log' },
  evidence: ['console'],
  given: (plan) => ({
    board: plan.boards[0]!,
    cpu: plan.virt_cpu!,
    name: `${plan.configure.view.hostname}.local`,
  }),
  async run({ given, from, out, work, own, progress, $ }) {
    let transcript = ''
    const says = (text: string): void => writeFileSync(out.console, (transcript += text))
    let heard = ''
    const waiting = new Set<() => void>()
    const peer = $.start((text) => {
      heard += text
      says(text)
      for (const look of waiting) look()
    })`cd ${work}; exec python3 ${own}/peer.py ${CABLE.own} ${CABLE.far} ${given.name}`
    const lost = peer.ended.then(() => Promise.reject(new Error('the other end has ended')))
    lost.catch(() => undefined)
    const untilHeard = (pattern: RegExp): Promise<unknown> =>
      Promise.race([
        lost,
        new Promise<void>((done) => {
          const look = (): void => {
            if (!pattern.test(heard)) return
            waiting.delete(look)
            done()
          }
          waiting.add(look)
          look()
        }),
      ])
    progress('boots')
    const booted = await boot($, {
      image: from.image.disk,
      board: given.board,
      machine: virt(given.cpu),
      work,
      card_gib: 2,
      root_on_usb: false,
      cable: CABLE,
      onText: says,
    })
    const ask = async (command: string): Promise<string> =>
      (await booted.console.run(command)).text.trim()
    const name = given.name.replaceAll('.', '[.]')
    try {
      await bootEnd(booted.console)
      progress('waits for its name without a router')
      await untilHeard(new RegExp(`^${name} 169[.]254[.]`, 'm'))
      const before = await ask('date -u +%Y')
      const alone = { heard, own: await ask('/usr/lib/downbeat/own-name') }
      heard = ''
      peer.write('router\n')
      progress('waits for its time')
      await untilHeard(/^told$/m)
      await untilHeard(new RegExp(`^${name} 10[.]77[.]`, 'm'))
      const clock = 'systemctl show -P ActiveState downbeat-clock'
      await ask(
        `until [ "$(${clock})" = inactive ] || [ "$(${clock})" = failed ]; do sleep 1; done`,
      )
      const seen: CableSeen = {
        alone: alone.heard,
        routed: heard,
        own: { alone: alone.own, routed: await ask('/usr/lib/downbeat/own-name') },
        before,
        after: await ask('date -u +%Y-%m-%dT%H:%M'),
        journal: await ask('journalctl --sync; journalctl -q -b -o cat -u downbeat-clock'),
        kept: await ask('date -u -d "@$(stat -c %Y /usr/lib/clock-epoch)" +%Y'),
      }
      writeFileSync(out.seen, JSON.stringify(seen))
    } finally {
      await booted.stop()
      peer.end()
      await peer.ended.catch(() => undefined)
    }
  },
})
