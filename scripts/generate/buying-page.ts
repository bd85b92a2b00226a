import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { faultOf } from '../../lib/plan/choices/pairs.ts'
import { soundcardFacts } from '../soundcards/facts.ts'
import type { SoundcardFacts } from '../soundcards/facts.ts'
import { channelsOf, latencyOf, ratesOf, records } from '../soundcards/words.ts'
import { cell } from './soundcard-pages.ts'

/** A card that somebody may buy: on USB by its own numbers, or on the header. */
const isProduct = ({ card }: SoundcardFacts): boolean =>
  (card.bus === 'usb' && card.found_by.usb !== 'any') || card.bus === 'i2s'

/** Whether its file knows of nothing that has to be done first, or that goes wrong somewhere. */
const isPlain = ({ card }: SoundcardFacts): boolean =>
  card.notes.length === 0 && card.on.every((pair) => faultOf(pair) === undefined)

/** Which cards are for what, the first that fits; and why. */
const uses: readonly {
  title: string
  why: string
  fits: (facts: SoundcardFacts) => boolean
}[] = [
  {
    title: 'A microphone or an instrument, and two loudspeakers',
    why: 'Two to four channels in, two to four out, on USB.',
    fits: ({ card }) =>
      card.bus === 'usb' &&
      card.capture >= 1 &&
      card.capture <= 4 &&
      card.playback >= 2 &&
      card.playback <= 4,
  },
  {
    title: 'A band: eight channels in or more',
    why: 'More channels are more to compute in each period, and more to send over USB.',
    fits: ({ card }) => card.bus === 'usb' && card.capture >= 8,
  },
  {
    title: 'In between: five to seven channels in, or more sockets out than in',
    why: 'What is left on USB that records.',
    fits: ({ card }) => card.bus === 'usb' && records(card),
  },
  {
    title: 'A synthesizer that only plays',
    why: 'A converter on the header has one period less in its buffer than a USB interface, and leaves the USB sockets free.',
    fits: ({ card }) => card.bus === 'i2s' && !records(card),
  },
  {
    title: 'A small box that records too, without a cable',
    why: 'A card on the header with inputs.',
    fits: ({ card }) => card.bus === 'i2s',
  },
]

/** docs/which-interface.md: which interface to buy, with the reasons and their sources. */
export function buyingPage(root: string): string {
  const catalogue = openCatalogue(root)
  const all = soundcardFacts(catalogue)
  const anyUsb = all.find(({ card }) => card.found_by.usb === 'any')!.card
  const products = all.filter(isProduct)
  const header = products.filter(({ card }) => card.bus === 'i2s')
  const mainline = header.filter(({ card }) => card.overlay?.mainline !== undefined)
  const latencies = (bus: string): string => {
    const found = products
      .filter(({ card }) => card.bus === bus)
      .map(({ card }) => Number(latencyOf(card)))
    const counted = [...Map.groupBy(found, (one) => one)].toSorted(
      ([, a], [, b]) => b.length - a.length,
    )
    const [usual, its] = counted[0]!
    const others = `, the others up to ${Math.max(...found)} ms`
    return `${usual} ms for ${its.length} of ${found.length} files${its.length < found.length ? others : ''}`
  }
  const faults = new Map<string, string[]>()
  for (const id of catalogue.ids('boards'))
    for (const { bus, text } of catalogue.entry('boards', id, 'boards').value.notes)
      if (bus === 'i2s') faults.set(text, [...(faults.get(text) ?? []), id])
  const sections = uses.map(({ title, why, fits }, i) => {
    const its = products.filter(
      (one) => fits(one) && !uses.slice(0, i).some((before) => before.fits(one)),
    )
    return [`## ${title}`, '', why, '', ...table(its)].join('\n')
  })
  return `${[
    `# Which interface shall I buy?

Made by \`./downbeat generate\` from \`soundcards/\` and \`boards/\`. **Nobody has played through one of these cards with an
image of downbeat.** What it says is what the sources say: the source of the kernel, the makers' pages, and people who
told what went wrong. Milliseconds are arithmetic: period x periods / rate ([latency.md](latency.md)).
[soundcards.md](soundcards.md) has every card.

## In short

1. If you own a class-compliant interface, buy nothing: try it. "No driver needed" on the box, or "works with iPad",
   means that it is class-compliant. \`soundcard: ${anyUsb.id}\` is for any of them.
2. To record, buy one on USB. In each table those come first of which nothing has to be known.
3. Only to play, from a synthesizer: a converter on the header has the shorter buffer. On the boards below, read
   what is known first.

## On USB, or on the header?

| | on USB | on the header | source |
| --- | --- | --- | --- |
| JACK's buffer | ${latencies('usb')} | ${latencies('i2s')} | \`jack\` in the files of \`soundcards/\`; three periods for USB: ${cell(anyUsb.source)} |
| kernels | every one | ${mainline.length} of ${header.length} files with a kernel of mainline's, the others with Raspberry Pi's own | \`overlay\` in the files of \`soundcards/\` |
| boards | every one | those with 40 pins, and modules | \`header\` in the files of \`boards/\` |
| may be unplugged and come back | yes | no | [jack.md](jack.md#several-sound-cards) |`,
    [
      'What is known of boards with a card on their header:',
      '',
      ...[...faults].map(
        ([text, ids]) => `- ${ids.map((id) => `\`${id}\``).join(', ')}: ${cell(text)}.`,
      ),
    ].join('\n'),
    ...sections,
  ].join('\n\n')}\n`
}

/** A row a card: first those of which nothing has to be known. */
function table(all: readonly SoundcardFacts[]): string[] {
  const rows = [...all.filter(isPlain), ...all.filter((one) => !isPlain(one))]
  return [
    '| card | id | channels | rates | to be known | source |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows.map((facts) => {
      const { card } = facts
      const known = [...card.notes, ...card.on.flatMap((pair) => faultOf(pair) ?? [])]
      const cells = [
        cell(card.name),
        `\`${card.id}\``,
        channelsOf(card),
        ratesOf(card),
        [...new Set(known)].map(cell).join('; ') || 'nothing',
        cell(card.source),
      ]
      return `| ${cells.join(' | ')} |`
    }),
  ]
}
