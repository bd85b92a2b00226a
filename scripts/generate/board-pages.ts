import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import type { Catalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { radioGap } from '../../lib/plan/choices/radio.ts'
import { Imager } from '../../lib/plan/schema/imager.ts'
import { boardFacts } from '../boards/facts.ts'
import type { BoardFacts } from '../boards/facts.ts'
import { readRecords } from '../proven/records.ts'
import { soundcardFacts } from '../soundcards/facts.ts'
import type { SoundcardFacts } from '../soundcards/facts.ts'
import { records } from '../soundcards/words.ts'
import { bitsOf, bootTestsOf, braced, kernelsOf, machinesOf } from '../boards/words.ts'

const head = (nobody: boolean): string => `# Boards

Made by \`./downbeat generate\` from \`boards/\`, \`bases/\`, \`kernel/\` and \`variants/\`. \`./downbeat list boards\` says the
same in short. The source of each fact stands in the file of the board.

${nobody ? '**Nothing here has been run on a Raspberry Pi.**' : 'Some of it has been run on a Raspberry Pi.'} [proven.md](proven.md) says what has been proven where. "Boot test" names the choices of this repository that start it, on
QEMU's machine for this board, and prove the image there: \`./downbeat test\` at each change, the files of \`variants/\` in the
workflow \`images\`, which has not run yet. So a test that stands here need not have passed:
[kernel.md](kernel.md#what-has-not-been-tried) says what nobody has started. A board without one has been planned
only, and its config.txt worked out. An emulator is the board itself, or the nearest board ("like"), or QEMU's own
machine (\`virt\`), which shows programs and kernel, and no chip of a Raspberry Pi.

Of the kernels the first one is taken, unless \`kernel.source\` or the sound card asks for another. Some serve only
some of the bases. [kernel.md](kernel.md) says what each of them is.`

/** docs/boards.md: a section a family, a row a board, then what is to be known of each. */
export function boardPages(root: string): string {
  const catalogue = openCatalogue(root)
  const all = boardFacts(catalogue)
  const cards = soundcardFacts(catalogue)
  const { devices } = catalogue.table('imager.yaml', Imager).value
  const chips = [...new Set(devices.flatMap(({ soc }) => soc ?? []))]
  const sections = chips.map((chip) => {
    const names = devices.filter(({ soc }) => soc === chip).map(({ name }) => name)
    const its = all.filter(({ board }) => board.soc === chip)
    const title = names.join(' and ').replaceAll(/(?<= and )Raspberry Pi /g, '')
    return [
      `## ${title} (${chip.toUpperCase()})`,
      '',
      '| board | id | bases | kernels | RAM from | USB | network | emulator | boot test |',
      '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
      ...its.map(row),
      ...its.flatMap((facts) => notesOn(catalogue, facts, cards)),
    ].join('\n')
  })
  const nobody = readRecords(catalogue).boards.length === 0
  return `${[head(nobody), ...sections].join('\n\n')}\n`
}

function row(facts: BoardFacts): string {
  const { board, bases } = facts
  const { id, name, ram_mb, usb, ethernet, wifi } = board
  const cells = [
    `[${name.replace(/^Raspberry Pi /, '')}](#${anchor(facts)})`,
    `\`${id}\``,
    braced(bases.map((base) => base.id)),
    kernelsOf(facts),
    `${ram_mb} MB`,
    `${usb.controller}${usb.max_ma === undefined ? '' : `, ${usb.max_ma} mA`}`,
    [ethernet?.driver, wifi ? 'Wi-Fi' : undefined].filter(Boolean).join(', ') || 'none',
    machinesOf(facts).join(', ') || 'none',
    bootTestsOf(facts).join(', ') || 'none',
  ]
  return `| ${cells.join(' | ')} |`
}

/** What GitHub makes of a heading: letters, digits and hyphens stay. */
const anchor = ({ board: { id } }: BoardFacts): string => id.replaceAll(/[^a-z0-9-]/g, '')

function notesOn(
  catalogue: Catalogue,
  facts: BoardFacts,
  cards: readonly SoundcardFacts[],
): string[] {
  const { board, unfit, headerless } = facts
  const { device_tree: tree, firmware, usb, power_ma, config_txt, uart_midi } = board
  const gap = radioGap(catalogue, board)
  const midi = Object.keys(uart_midi)
  const since = tree.mainline_since === undefined ? '' : ` from Linux ${tree.mainline_since} on`
  return [
    '',
    `### ${board.id}`,
    '',
    `${board.name}: ${board.cores} ${board.cores === 1 ? 'core' : 'cores'} (${board.cpu}), ${bitsOf(facts).join(' or ')} bits.`,
    '',
    ...unfit.map(({ kernel, why }) => `- No kernel of \`${kernel}\`: ${why}.`),
    ...headerless.map(({ kernel, why }) => `- No card on the header with \`${kernel}\`: ${why}.`),
    `- Device tree: ${tree.mainline === undefined ? 'none in mainline' : `\`${tree.mainline}\` in mainline${since}`}, \`${tree.downstream}\` in Raspberry Pi's kernel.`,
    `- Firmware: ${firmware.length === 0 ? "in the board's EEPROM" : `${firmware.map((file) => `\`${file}\``).join(', ')} on the card`}.`,
    `- Supply: ${power_ma === undefined ? 'what its carrier wants' : `${power_ma / 1000} A at 5.1 V`}${usb.current_setting === undefined ? '' : `; USB devices get their full share with \`${usb.current_setting}=1\`, which a tuning sets`}. ${board.undervoltage_sensor ? 'It can tell that it has too little.' : 'It cannot tell that it has too little.'}`,
    `- Sockets: ${socketsOf(board)}.`,
    `- Sound cards: ${cardsOn(board.id, cards)}.`,
    `- MIDI on GPIO 14 and 15: ${midi.length === 0 ? 'no' : `with kernels of the family ${midi.join(' and ')}`}.`,
    ...(config_txt.length === 0
      ? []
      : [`- Its own lines of config.txt: ${config_txt.map((line) => `\`${line}\``).join(', ')}.`]),
    ...clocksOf(board),
    ...(gap === undefined ? [] : [`- Radio: ${gap}.`]),
    ...board.notes.map(({ bus, family, text }) => {
      const of = [bus && withCard[bus], family && withKernel[family]].filter(Boolean).join(' ')
      return `- ${sentence(of === '' ? text : `${of}: ${text}`)}.`
    }),
  ]
}

const withKernel = {
  mainline: "with a kernel of mainline's",
  downstream: "with Raspberry Pi's kernel",
}

const withCard = {
  usb: 'with a USB card',
  i2s: 'with a card on the header',
  onboard: 'with its headphone socket',
  none: 'without a sound card',
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const socketsOf = ({ audio_jack, header, carrier }: BoardFacts['board']): string =>
  [
    header === undefined ? 'the pins are where the carrier has them' : `a header of ${header} pins`,
    ...(header === 26 ? ['which has no room for a sound card'] : []),
    audio_jack ? 'a headphone socket' : 'no headphone socket',
    ...(carrier === undefined ? [] : [`those of its carrier (${carrier})`]),
  ].join(', ')

/** How many cards can be had on it, of each kind, and how many of them record. */
function cardsOn(board: string, cards: readonly SoundcardFacts[]): string {
  const fitting = cards.filter(({ boards }) => boards.some(({ id }) => id === board))
  const of = (bus: string): string => {
    const its = fitting.filter(({ card }) => card.bus === bus)
    return its.length === 0
      ? 'none'
      : `${its.length} (${its.filter(({ card }) => records(card)).length} record)`
  }
  return `on USB ${of('usb')}, on the header ${of('i2s')}; [soundcards.md](soundcards.md) and \`./downbeat list soundcards --board ${board}\` name them`
}

function clocksOf({ clocks, overclock, core_freq_limit }: BoardFacts['board']): string[] {
  const presets = Object.keys(overclock)
  const limit =
    core_freq_limit === undefined
      ? ''
      : `; a core clock above ${core_freq_limit} MHz is refused for an SD card`
  return [
    `- Clocks: ${clocks.arm_freq} MHz, core ${clocks.core_freq} MHz; presets of raspi-config: ${presets.join(', ') || 'none'}${limit}.`,
  ]
}
