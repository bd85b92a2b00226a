import { stringify } from 'yaml'
import { visible } from '../../lib/common/words/visible.ts'
import { MARK } from '../../lib/plan/catalogue/marks.ts'
import { alsaId } from '../../lib/plan/schema/alsa-id.ts'
import type { Overlays } from '../generate/sound-overlays.ts'
import type { DumpedCard } from './card.ts'
import type { DumpedControl } from './controls.ts'
import { jackLines, ratesOf } from './options.ts'
import type { Jack } from './options.ts'
import { FORMATS } from './streams.ts'
import type { Stream } from './streams.ts'

/** Controls that are shown; nobody reads hundreds. */
const SHOWN = 40

/** What stands in the place of a value that only a person can know. */
const fillIn = (what: string): string => `${MARK}: ${what}`

/** What the draft is made with beside the dump. */
interface Known {
  /** what JACK is started with on the card that stands for every interface on USB */
  usb: Jack
  /** overlays for sound of Raspberry Pi's kernel, with their parameters */
  overlays: Overlays
}

/**
 * The text of soundcards/<id>.yaml: what the dump says, and a mark wherever a person has to say
 * something. A text of the dump is written as one scalar or one comment, whatever is in it.
 */
export function draft(card: DumpedCard, known: Known): string {
  const { playback, capture, bus } = card
  const rates = ratesOf(playback, capture)
  const lines = [
    '# yaml-language-server: $schema=../schemas/soundcard.json',
    line('name', nameOf(card)),
    line('bus', bus),
    ...(bus === 'i2s' ? headerLines(card, known.overlays) : []),
    line('driver', card.driver ?? fillIn('the module of its driver: lsmod shows it, with _ for -')),
    ...(card.usb === undefined ? [] : [`found_by: { usb: ['${card.usb}'] }`]),
    ...(bus === 'i2s' && card.hat !== undefined && card.hat.length <= 80
      ? [`found_by: { hat: [${quoted(card.hat)}] }`]
      : []),
    line('playback', channelsOf(card, playback, 'reach a socket')),
    line('capture', channelsOf(card, capture, 'come from a socket')),
    ...(bus === 'usb' ? ['channels: offered'] : []),
    ...ratesLines(rates),
    ...formatsLines(playback, capture),
    ...jackLines(card, known.usb, rates.rates),
    ...mixerLines(card),
    line('source', `a dump of one by downbeat-soundcard-dump (${card.system})`),
  ]
  return `${lines.join('\n')}\n`
}

const word = (value: string | number): string =>
  stringify(value, { lineWidth: 0, singleQuote: true, defaultStringType: 'PLAIN' }).trimEnd()

/** A text in a list or a map on one line, where a comma would end it. It is ASCII. */
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

const line = (key: string, value: string | number): string => `${key}: ${word(value)}`

/** Its own name for itself, unless that is no name of a file of soundcards/. */
function nameOf({ name }: DumpedCard): string {
  if (name.length >= 1 && name.length <= 80 && !name.includes('?')) return name
  return fillIn(
    `what is printed on it, at most 80 letters (it calls itself "${name.slice(0, 80)}")`,
  )
}

/** What a card on the header needs, which no driver tells. */
function headerLines(card: DumpedCard, overlays: Overlays): string[] {
  const known = card.overlays.find((one) => overlays.has(one.replace(/[,:].*/, '')))
  const safe = known !== undefined && /^[A-Za-z0-9_][A-Za-z0-9_.,:=/+@-]*$/.test(known)
  return [
    line(
      'pins',
      fillIn(
        'a list of the GPIO numbers that it takes: 18, 19, 20 to record, 21 to play, and others',
      ),
    ),
    line('alsa_id', card.alsaId),
    ...(alsaId(card.alsaName) === card.alsaId && card.alsaName.length <= 80
      ? [line('alsa_name', card.alsaName)]
      : []),
    safe
      ? `overlay: { downstream: ${quoted(known)} }`
      : line('overlay', fillIn('{ downstream: … } with the overlay of its maker')),
  ]
}

/** What it offers on USB. On the header it is the number of sockets, which only a person sees. */
function channelsOf(
  { bus }: DumpedCard,
  stream: Stream | undefined,
  what: string,
): string | number {
  if (stream === undefined)
    return fillIn(`how many channels ${what}; 0: none (the card could not be asked)`)
  return bus === 'usb' || stream.channels === 0
    ? stream.channels
    : fillIn(`how many channels ${what} (its driver has ${stream.channels})`)
}

function ratesLines({ rates, more }: { rates: number[]; more: boolean }): string[] {
  if (rates.length === 0)
    return [line('rates', fillIn('a list of the rates that it has, in Hz, such as [44100, 48000]'))]
  return [
    `rates: [${rates.join(', ')}]`,
    ...(more ? ['# the dump shows a range only', 'other_rates: true'] : []),
  ]
}

function formatsLines(playback: Stream | undefined, capture: Stream | undefined): string[] {
  const has = new Set([...(playback?.formats ?? []), ...(capture?.formats ?? [])])
  const formats = FORMATS.filter((one) => has.has(one))
  return formats.length === 0 ? [] : [`formats: [${formats.join(', ')}]`]
}

/** Its controls as comments: which of them have to be set is for a person to hear. */
function mixerLines({ bus, controls }: DumpedCard): string[] {
  if (controls.length === 0) return []
  const more = controls.length - SHOWN
  return [
    '# The controls of its mixer, with what they were set to when the dump was made. Where it is silent until some of them',
    '# are set, they belong into mixer: (CONTRIBUTING.md, "Add a sound card").',
    ...controls.slice(0, SHOWN).map((one) => `#   ${visible(told(one))}`),
    ...(more > 0 ? [`#   and ${more} more, in the dump`] : []),
    ...(bus === 'i2s'
      ? [
          line(
            'mixer',
            fillIn('what has to be set; or take this line away, if it plays and records without'),
          ),
        ]
      : []),
  ]
}

const told = ({ name, values, range, dB }: DumpedControl): string =>
  [
    `${name}: ${values}`,
    ...(range === undefined ? [] : [`of ${range.slice(0, 200)}`]),
    ...(dB === undefined ? [] : [`(${dB})`]),
  ].join(' ')
