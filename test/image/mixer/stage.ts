import { writeFileSync } from 'node:fs'
import { bootEnd } from '../../../lib/prove/emulator/boot-end.ts'
import { boot, plug, unplug, virt } from '../../../lib/prove/emulator/emulator.ts'
import type { Booted } from '../../../lib/prove/emulator/emulator.ts'
import { restartWithLongBuffer } from '../../../lib/prove/hearing/tone-proof.ts'
import { defineStage } from '../../../lib/engine/run/stage.ts'
import { image } from '../../../stages/image.ts'
import { toolbox } from '../../../stages/toolbox.ts'
import { verify } from '../../../stages/verify.ts'
import { newCard } from '../first-boot/card.ts'
import { stateOf } from './card.ts'
import type { MixerCard } from './card.ts'

/** What amixer shows of a card: control → its values. */
type Shown = Record<string, string>

export interface MixersSeen {
  /** of each card: what the program said, and what ALSA shows; after a restart, too */
  cards: Record<string, { said: string; shown: Shown; kept: { said: string; shown: Shown } }>
  /** the sound card of the machine, which JACK plays through */
  own: {
    /** what was said when it came, whether that was before the server, and what it has then */
    said: string
    before_jack: string
    jack: string
    shown: Shown
    /** after somebody has turned a control and the server was started anew */
    turned: Shown
    /** after a restart of the machine, which puts it all into asound.state by itself */
    kept: { said: string; shown: Shown }
  }
}

/** The switch and the level of the card that the emulator has. */
export const SWITCH = 'Audio Output Volume Control Playback Switch'
export const LEVEL = 'Audio Output Volume Control Playback Volume'
/** What is set on it. */
const OWN = [
  `${SWITCH}\toff`,
  `${LEVEL}\t50%`,
  'Nobody has this\ton',
  'Only sometimes\ton\toptional',
]
/** Its numbers on USB. */
const USB = '46f4:0002'
/** Of every card this is what somebody turns. */
const turned = ({ controls }: MixerCard): string =>
  controls.find(({ kind }) => kind === 'level')?.name ?? controls[0]!.name

/**
 * Sound cards with the controls that drivers make, each as a card of ALSA's own with controls that
 * alsactl has added: the image's program sets them, somebody changes one, and the machine is started
 * again. And the sound card of the emulator, which comes later, with JACK on it.
 */
export const mixers = (cards: readonly MixerCard[]) =>
  defineStage({
    name: 'mixers',
    about: 'Boot the image, set mixers, and start it again',
    source: import.meta.url,
    needs: { toolbox, image, verify },
    outputs: { seen: 'seen.json', console: 'console.log' },
    evidence: ['console'],
    given: (plan) => ({
      board: plan.boards[0]!,
      cpu: plan.virt_cpu!,
      midi: plan.configure.view.jack.midi,
      cards: [...cards],
    }),
    async run({ given, from, out, work, progress, $ }) {
      let transcript = ''
      writeFileSync(out.console, '')
      const machine = virt(given.cpu)
      const card = await newCard($, from.image.disk, given.board, machine, work, 'card')
      const text = (of: string, lines: readonly string[]): string =>
        lines.map((line) => `${of}\t${line}\n`).join('')
      await card.put({
        ...Object.fromEntries(given.cards.map((one) => [`${one.alsa}.state`, stateOf(one)])),
        lines: given.cards.map(({ alsa, lines }) => text(alsa, lines)).join('') + text(USB, OWN),
      })
      const start = (): Promise<Booted> =>
        boot($, {
          image: card.file,
          board: given.board,
          machine,
          work: `${work}/card`,
          wavs: ['a', 'b'].map((name) => `${work}/card/${name}.wav`),
          root_on_usb: false,
          onText: (text) => writeFileSync(out.console, (transcript += text)),
        })
      const asking = ({ console }: Booted) => ({
        run: async (command: string): Promise<string> => {
          const { text, status } = await console.run(command)
          if (status !== 0) throw new Error(`${command}\nended with ${status}: ${text}`)
          return text.trimEnd()
        },
        shown: async (alsa: string): Promise<Shown> => {
          const { text } = await console.run(`amixer -c ${alsa} contents`)
          return Object.fromEntries(
            [...text.matchAll(/name='(.*)'.*[^]*?: values=(.*)/g)].map(([, name, values]) => [
              name!,
              values!.trim(),
            ]),
          )
        },
        said: async (alsa: string): Promise<string> =>
          (
            await console.run(
              `journalctl --sync; journalctl -q -b -o cat -u downbeat-mixer@${alsa} | grep '^The mixer of' | tail -n 1`,
            )
          ).text.trimEnd(),
      })
      const seen = { cards: {}, own: {} } as MixersSeen
      const program = '/usr/lib/downbeat/mixer'
      progress('the first start')
      const first = await start()
      try {
        await bootEnd(first.console)
        const { run, shown, said } = asking(first)
        await run('cp /boot/firmware/lines /etc/downbeat/mixer')
        for (const one of given.cards) {
          progress(one.id)
          const { alsa } = one
          await run(`modprobe snd-aloop id=${alsa}; udevadm settle
            alsactl -I -E HOME=/run/alsa -f /boot/firmware/${alsa}.state restore ${alsa}`)
          const told = await run(`${program} ${alsa}`)
          const set = await shown(alsa)
          const other = /^(0|off)/.test(set[turned(one)]!) ? 1 : 0
          await run(
            `amixer -q -c ${alsa} cset 'name=${turned(one)}' ${other}; alsactl store ${alsa}; modprobe -r snd-aloop`,
          )
          seen.cards[one.id] = { said: told, shown: set, kept: { said: '', shown: {} } }
        }
        progress('the sound card of the machine')
        await restartWithLongBuffer(first.console, given.midi)
        await first.tell(unplug(0))
        await run(
          'for i in $(seq 240); do [ -e /proc/asound/card0 ] || exit 0; sleep 0.5; done; exit 1',
        )
        await first.tell(plug(1))
        const until =
          'for i in $(seq 240); do id=$(cat /proc/asound/card0/id 2>/dev/null) && systemctl -q is-active "jackd@$id" && echo "$id" && exit 0; sleep 0.5; done; systemctl status "jackd@*"; exit 1'
        const own = await run(until)
        seen.own.said = await said(own)
        const when = (what: string, unit: string): string =>
          `$(systemctl show -p ${what} --value ${unit}@${own})`
        seen.own.before_jack = await run(
          `[ ${when('ActiveEnterTimestampMonotonic', 'downbeat-mixer')} -lt ${when('ExecMainStartTimestampMonotonic', 'jackd')} ] && echo yes || echo no`,
        )
        seen.own.jack = await run(`systemctl is-active jackd@${own}`)
        seen.own.shown = await shown(own)
        await run(`amixer -q -c ${own} cset 'name=${SWITCH}' on`)
        await run(`systemctl restart jackd@${own}`)
        seen.own.turned = await shown(own)
        progress('the second start')
        // it ends with the machine
        await first.console.run('systemctl reboot; sleep 3600').catch(() => undefined)
      } finally {
        await first.stop()
      }

      const second = await start()
      try {
        await bootEnd(second.console)
        const { run, shown, said } = asking(second)
        for (const one of given.cards) {
          const { alsa } = one
          await run(`modprobe snd-aloop id=${alsa}; udevadm settle`)
          seen.cards[one.id]!.kept = {
            said: await run(`${program} ${alsa}`),
            shown: await shown(alsa),
          }
          await run('modprobe -r snd-aloop')
        }
        const own = await run('cat /proc/asound/card0/id')
        seen.own.kept = { said: await said(own), shown: await shown(own) }
      } finally {
        await second.stop()
      }
      writeFileSync(out.seen, `${JSON.stringify(seen, null, 2)}\n`)
    },
  })
