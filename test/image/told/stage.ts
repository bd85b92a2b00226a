import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { machineOf, virt } from '../../../lib/prove/emulator/emulator.ts'
import { sourceText } from '../../../lib/engine/run/source-text.ts'
import { defineStage } from '../../../lib/engine/run/stage.ts'
import { image } from '../../../stages/image.ts'
import { pages } from '../../../stages/pages.ts'
import { toolbox } from '../../../stages/toolbox.ts'
import { downbeat } from '../../downbeat.ts'
import { cardIn, newCard } from '../first-boot/card.ts'

/** All that the verb is made of: its key stands for what it does. */
const flash = sourceText(new URL('../../../scripts/verbs/flash.ts', import.meta.url).href)

/**
 * A card that ./downbeat flash has written: a loop device, or a file where this machine has none or
 * the user may not.
 */
const flashed = defineStage({
  name: 'flashed',
  about: 'Flash the image to a loop device',
  source: import.meta.url,
  needs: { image },
  outputs: { card: 'card.img' },
  given: () => flash,
  run({ from, out }) {
    const run = (file: string, ...args: string[]): string =>
      execFileSync(file, args, { encoding: 'utf8' }).trim()
    run('truncate', '-s', '1G', out.card)
    const loop = existsSync('/dev/loop-control') && process.getuid?.() === 0
    const device = loop ? run('losetup', '--find', '--show', out.card) : out.card
    try {
      const { status, err } = downbeat(['flash', from.image.disk, device, '--yes'])
      if (status !== 0) throw new Error(err)
    } finally {
      if (loop) run('losetup', '--detach', device)
    }
    return Promise.resolve()
  },
})

/** What the firmware leaves in the device tree of a board with such a HAT on its header. */
const eeprom = (product: string): string => `/dts-v1/;
/plugin/;
/ {
  fragment@0 {
    target-path = "/";
    __overlay__ {
      hat {
        product = "${product}";
      };
    };
  };
};
`

export interface ToldCards {
  /** config.txt as it was written to the card, and after each start */
  config: { new: string; found: string; told: string }
  /**
   * what the console said on the first start, on those after the card was told another sound card,
   * and something else while it was read-only
   */
  console: { first: string; told: string; kept: string }
  /**
   * the texts of the sound card that it found which are not in force, whether JACK waits for it,
   * what could not be had
   */
  found: { differing: string; waits: string; jack: string }
  problems: string
  /** sha256 of the whole card before it was used as one that is read-only, and after */
  card: { before: string; after: string }
  read_only: {
    root: string
    boot: string
    writable: string
    failed: string
    settings: string
    jack: string
    issue: string
    doctor: string
  }
  /**
   * cmdline.txt as new, as read-only, with something else told, and when it was told to be neither
   */
  cmdline: { new: string; read_only: string; kept: string; told: string }
}

/**
 * A flashed card for whatever is there, on an emulated board with a HAT; then the same card, told
 * what it is for; then read-only.
 */
export const toldCards = defineStage({
  name: 'told-cards',
  about: 'Boot a card that looks for its sound card, and tell it another one',
  source: import.meta.url,
  needs: { toolbox, pages, flashed },
  outputs: { seen: 'seen.json' },
  given: ({ boards, virt_cpu, configure: { view } }) => ({
    board: boards[0]!,
    cpu: virt_cpu!,
    own: view.soundcards.own,
    hat: {
      id: view.soundcards.hats[0]!.id,
      product: view.soundcards.hats[0]!.product.slice(1, -1),
    },
  }),
  async run({ given: { board, cpu, own, hat }, from, out, work, $ }) {
    const onBoard = await newCard(
      $,
      from.flashed.card,
      board,
      machineOf(board, cpu, { pages: from.pages!.library }),
      work,
      'card',
    )
    const quick = cardIn($, `${work}/card`, board, virt(cpu))
    writeFileSync(`${work}/hat.dts`, eeprom(hat.product))
    await $`dtc -q -I dts -O dtb -o ${work}/hat.dtbo ${work}/hat.dts
      MTOOLS_SKIP_CHECK=1 mcopy -i ${onBoard.fat} ${work}/hat.dtbo ::overlays/hat.dtbo`
    const config = async (): Promise<string> => (await quick.read('config.txt'))!
    const plain = await config()
    await onBoard.put({ 'config.txt': `${plain}\n# by hand\n[all]\ndtoverlay=hat\n` })
    const written = await config()
    const first = await onBoard.untilEnd()
    const cmdline = async (): Promise<string> => (await quick.read('cmdline.txt'))!
    const words = await cmdline()
    const found = await config()
    await quick.put({ 'downbeat.toml': 'soundcard = "nonsense"\n' })
    const { answers } = await quick.ask({
      differing: `cd /usr/share/downbeat/soundcards/${hat.id}/root && find . -type f | while read -r text; do cmp -s "$text" "/$text" || echo "$text"; done`,
      waits:
        'systemctl start jackd-waits.service; journalctl --sync; journalctl -b -o cat -u jackd-waits.service | grep waits',
      jack: 'grep ^JACKD_ALSA /etc/default/jackd',
    })
    const problems = (await quick.read('downbeat-problems.txt'))!
    await quick.put({
      'downbeat.toml': `soundcard = "${own}"\nread_only = true\n[jack]\nperiod = 256\n`,
    })
    const told = await quick.untilEnd()
    const asRead = await cmdline()
    const sum = async (): Promise<string> => (await $.text`sha256sum <${quick.file}`).trim()
    const before = await sum()
    const used = await quick.ask({
      root: 'findmnt -no FSTYPE /; findmnt -no FSTYPE,OPTIONS /media/card | cut -c1-8',
      boot: 'findmnt -no OPTIONS /boot/firmware | cut -d, -f1',
      writable:
        'for folder in /etc /var/lib /home/* /usr /root; do echo mine >$folder/mine && cat $folder/mine; done',
      failed: 'systemctl --failed --plain --no-legend',
      settings: 'systemctl show -P ActiveState downbeat-first-boot downbeat-settings',
      jack: 'grep ^JACKD_ALSA /etc/default/jackd',
      issue: 'cat /etc/issue.d/*read-only*',
      doctor: 'downbeat-doctor --where boot >/tmp/doctor && echo passed || grep -A3 ✖ /tmp/doctor',
    })
    const after = await sum()
    await quick.put({ 'downbeat.toml': 'hostname = "other"\nread_only = true\n' })
    const kept = await quick.untilEnd()
    const asKept = await cmdline()
    await quick.put({ 'downbeat.toml': 'read_only = false\n' })
    const writable = await quick.untilEnd()
    const seen: ToldCards = {
      config: { new: written, found, told: await config() },
      console: { first, told: told + writable, kept },
      found: answers as ToldCards['found'],
      problems,
      card: { before, after },
      read_only: used.answers as ToldCards['read_only'],
      cmdline: { new: words, read_only: asRead, kept: asKept, told: await cmdline() },
    }
    writeFileSync(out.seen, `${JSON.stringify(seen, null, 2)}\n`)
  },
})
