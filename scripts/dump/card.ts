import { UserError } from '../../lib/common/words/errors.ts'
import { dumpedControls } from './controls.ts'
import type { DumpedControl } from './controls.ts'
import { wrong } from './read.ts'
import type { Dump, Section } from './read.ts'
import { hardwareParameters, nothing, usbStreams } from './streams.ts'
import type { Stream } from './streams.ts'

/** What a dump says of a card. What it does not say is left out. */
export interface DumpedCard {
  bus: 'usb' | 'i2s'
  /** what it calls itself, with its maker */
  name: string
  /** the name that its driver gives it */
  alsaName: string
  alsaId: string
  driver?: string
  /** vendor:product */
  usb?: string
  /** with packets of one millisecond: USB 1.1 */
  fullSpeed: boolean
  /** what the EEPROM of a HAT calls it */
  hat?: string
  /** lines of config.txt */
  overlays: string[]
  playback?: Stream | undefined
  capture?: Stream | undefined
  controls: DumpedControl[]
  /** which Linux, and which board */
  system: string
  /** where the dump says some of it, such as `dump.txt:12` */
  at: (section: Section) => string
}

/** What a dump says. Throws UserError where it is of no card that downbeat can have. */
export function dumpedCard(dump: Dump): DumpedCard {
  const { name: file, lines } = dump
  const at = (section: Section): string => `${file}:${lines[section][0]?.row ?? 1}`
  const first = (section: Section): string => lines[section][0]?.text.trim() ?? ''
  const field = (section: Section, key: string): string =>
    lines[section]
      .find(({ text }) => text.startsWith(`${key}: `))
      ?.text.slice(key.length + 2)
      .trim() ?? ''

  const [, alsaId, alsaName] =
    /^\s*\d+ \[(\w{1,15})\s*\]: .*? - (.*)$/.exec(lines.card[0]?.text ?? '') ?? []
  if (alsaId === undefined || alsaName === undefined)
    throw wrong(
      file,
      lines.card[0]?.row ?? 1,
      '[card] has no line of /proc/asound/cards, such as " 1 [M4 ]: USB-Audio - M4"',
    )
  const usb = first('usb')
  if (usb !== '' && !/^[0-9a-f]{4}:[0-9a-f]{4}$/.test(usb))
    throw wrong(file, lines.usb[0]!.row, 'expected vendor:product of USB, such as 07fd:000b')
  // the node of a card on the header, and of none that is HDMI, PCI or the headphone socket
  const onHeader = /sound/i.test(first('device'))
  if (usb === '' && !onHeader)
    throw new UserError(
      `${at('device')}: ${alsaId} is neither on USB nor on the header of a Raspberry Pi (its device is "${first('device')}"): downbeat has no file for such a card; ./downbeat list soundcards shows those that there are`,
    )
  const long = lines.card[1]?.text.trim().replace(/ at usb-.*$/, '') ?? ''
  const [maker, product] = [field('names', 'manufacturer'), field('names', 'product')]
  const hat = field('hat', 'product')
  const streams = usbStreams(lines.stream)
  const side = (one: 'playback' | 'capture'): Stream | undefined =>
    joined(
      streams.playback || streams.capture ? (streams[one] ?? nothing) : undefined,
      hardwareParameters(lines[one]),
    )
  const [playback, capture] = [side('playback'), side('capture')]
  if (playback?.channels === 0 && capture?.channels === 0)
    throw new UserError(
      `${at('card')}: ${alsaId} neither plays nor records, as a device that is for MIDI alone: such a one needs no file; ./downbeat build --soundcard none is for it`,
    )
  const module = first('module')
  return {
    bus: usb === '' ? 'i2s' : 'usb',
    name: usb === '' ? hat || alsaName : both(maker, product) || long || alsaName,
    alsaName: alsaName.trim(),
    alsaId,
    ...(/^\w+$/.test(module) ? { driver: module } : {}),
    ...(usb === '' ? {} : { usb }),
    fullSpeed: field('names', 'speed') === '12' || / full speed\b/.test(lines.card[1]?.text ?? ''),
    ...(hat === '' ? {} : { hat }),
    overlays: lines.overlays.flatMap(
      ({ text }) => /^\s*dtoverlay=(.+)$/.exec(text)?.[1]?.trim() ?? [],
    ),
    playback,
    capture,
    controls: dumpedControls(lines.mixer),
    system: lines.system.map(({ text }) => text.trim()).join(', '),
    at,
  }
}

/** `MOTU M4`, of a device that may have its maker in its own name. */
const both = (maker: string, product: string): string =>
  product.toLowerCase().startsWith(maker.toLowerCase()) ? product : `${maker} ${product}`.trim()

/** What the device says goes before what the driver makes of it: of rates that is a range only. */
function joined(own: Stream | undefined, driver: Stream | undefined): Stream | undefined {
  if (own === undefined) return driver
  return driver?.shortest === undefined ? own : { ...own, shortest: driver.shortest }
}
