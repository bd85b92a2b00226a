import { writeFileSync } from 'node:fs'
import { bootEnd } from '../../../lib/prove/emulator/boot-end.ts'
import { boot, virt } from '../../../lib/prove/emulator/emulator.ts'
import type { BootOptions, Booted } from '../../../lib/prove/emulator/emulator.ts'
import type { Shell } from '../../../lib/engine/shell/shell.ts'

/** A booted image with two USB sound cards, of two and of eight channels. */
export interface TwoCards extends Pick<Booted, 'console' | 'tell'> {
  /** what a command prints; throws if it fails */
  run: (command: string) => Promise<string>
  /** the same, whatever its status is */
  ask: (command: string) => Promise<string>
  /** asks again until the command succeeds */
  until: (command: string) => Promise<string>
  /** the ids of the cards, that of two channels first */
  ids: () => Promise<[string, string]>
}

interface Wanted extends Pick<BootOptions, 'image' | 'board' | 'work' | 'wavs'> {
  cpu: string
  /** where all that the console said is kept */
  log: string
}

/** The cards whose servers run. */
export const ACTIVE = String.raw`systemctl list-units --plain --no-legend --state=active 'jackd@*.service' | sed 's/^jackd@\(.*\)\.service .*/\1/'`
/** Nothing is being started or stopped. */
export const QUIET = '[ -z "$(systemctl list-jobs --no-legend)" ]'

/** Boots the image with both cards plugged, on a machine with two processors, and does with it. */
export async function withTwoCards(
  $: Shell,
  { cpu, log, ...wanted }: Wanted,
  does: (machine: TwoCards) => Promise<void>,
): Promise<void> {
  let transcript = ''
  writeFileSync(log, '')
  const booted = await boot($, {
    ...wanted,
    machine: virt(cpu, 2),
    second_card: 'plugged',
    card_gib: 2,
    root_on_usb: false,
    onText: (text) => writeFileSync(log, (transcript += text)),
  })
  const { console, tell } = booted
  const run = async (command: string): Promise<string> => {
    const { text, status } = await console.run(command)
    if (status !== 0) throw new Error(`${command}\nended with ${status}: ${text}`)
    return text.trimEnd()
  }
  const until = (command: string): Promise<string> =>
    run(
      `for i in $(seq 240); do { ${command}; } && exit 0; sleep 0.5; done; systemctl status 'jackd*' 'second-card@*' downbeat-autostart; cat /proc/asound/cards; exit 1`,
    )
  const ids = async (): Promise<[string, string]> => {
    const found = await run(
      "for card in /proc/asound/card[0-9]*; do echo $(sed -n 's/.*Channels: //p' $card/stream0 | sort -n | tail -n 1) $(cat $card/id); done | sort -n | cut -d' ' -f2",
    )
    return found.split('\n') as [string, string]
  }
  try {
    await bootEnd(console)
    await does({
      console,
      tell,
      run,
      ask: async (command) => (await console.run(command)).text.trimEnd(),
      until,
      ids,
    })
  } finally {
    await booted.stop()
  }
}
