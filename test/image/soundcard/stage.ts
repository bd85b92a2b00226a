import { writeFileSync } from 'node:fs'
import { machineOf, virt } from '../../../lib/emulator.ts'
import { defineStage } from '../../../lib/stage.ts'
import { image } from '../../../stages/image.ts'
import { toolbox } from '../../../stages/toolbox.ts'
import { cardIn, newCard } from '../first-boot/card.ts'

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
  /** what the console said on the first start, and on the one after the card was told another sound card */
  console: { first: string; told: string }
  /** the texts of the sound card that it found which are not in force, whether JACK waits for it, what could not be had */
  found: { differing: string; waits: string; jack: string }
  problems: string
}

/** A new card for whatever is there, on an emulated board with a HAT; then the same card, told what it is for. */
export const toldCards = defineStage({
  name: 'told-cards',
  about: 'Boot a card that looks for its sound card, and tell it another one',
  source: import.meta.url,
  needs: { toolbox, image },
  outputs: { seen: 'seen.json' },
  given: ({ boards, virt_cpu, configure: { view } }) => ({
    board: boards[0]!,
    cpu: virt_cpu!,
    own: view.soundcards.own,
    hat: { id: view.soundcards.hats[0]!.id, product: view.soundcards.hats[0]!.product.slice(1, -1) },
  }),
  async run({ given: { board, cpu, own, hat }, from, out, work, $ }) {
    const onBoard = await newCard($, from.image.disk, board, machineOf(board.emulator!, cpu), work, 'card')
    const quick = cardIn($, `${work}/card`, board, virt(cpu))
    writeFileSync(`${work}/hat.dts`, eeprom(hat.product))
    await $`dtc -q -I dts -O dtb -o ${work}/hat.dtbo ${work}/hat.dts
      MTOOLS_SKIP_CHECK=1 mcopy -i ${onBoard.fat} ${work}/hat.dtbo ::overlays/hat.dtbo`
    const config = async (): Promise<string> => (await quick.read('config.txt'))!
    const plain = await config()
    await onBoard.put({ 'config.txt': `${plain}\n# by hand\n[all]\ndtoverlay=hat\n` })
    const written = await config()
    const first = await onBoard.untilEnd()
    const found = await config()
    const { answers } = await quick.ask({
      differing: `cd /usr/share/downbeat/soundcards/${hat.id}/root && find . -type f | while read -r text; do cmp -s "$text" "/$text" || echo "$text"; done`,
      waits: 'systemctl start jackd-waits.service; journalctl -b -o cat -u jackd-waits.service | grep waits',
      jack: 'grep ^JACKD_ALSA /etc/default/jackd',
    })
    await quick.put({ 'downbeat.toml': 'soundcard = "nonsense"\n' })
    await quick.ask({})
    const problems = (await quick.read('downbeat-problems.txt'))!
    await quick.put({ 'downbeat.toml': `soundcard = "${own}"\n[jack]\nperiod = 256\n` })
    const told = await quick.untilEnd()
    const seen: ToldCards = {
      config: { new: written, found, told: await config() },
      console: { first, told },
      found: answers as ToldCards['found'],
      problems,
    }
    writeFileSync(out.seen, `${JSON.stringify(seen, null, 2)}\n`)
  },
})
