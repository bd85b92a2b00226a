import * as fc from 'fast-check'
import { parse } from 'yaml'
import { UserError } from '../../lib/common/words/errors.ts'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { Soundcard } from '../../lib/plan/schema/soundcard.ts'
import { soundcardOf } from '../dump/add.ts'
import { odd, torn } from '../fuzzing/odd.ts'
import { ofProperty } from '../fuzzing/target.ts'
import { root } from '../session/session.ts'

const word = fc.oneof(odd, fc.string({ maxLength: 90 }), fc.constantFrom('*a', '!!x', 'a: b', "'"))
/** A line of ASCII, as the program makes of whatever a device says. */
const ascii = word.map((text) => text.replaceAll(/[^ -~]/g, '?'))

const lines = (...own: fc.Arbitrary<string>[]): fc.Arbitrary<string[]> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.tuple(...own) },
    { weight: 1, arbitrary: fc.array(ascii, { maxLength: 3 }) },
  )
const fixed = (...texts: string[]): fc.Arbitrary<string> => fc.constantFrom(...texts)
const numbers = fc.oneof(fc.integer({ min: 1, max: 64 }), fc.nat({ max: 400_000 }))

const parameters = lines(
  fc.integer({ min: 1, max: 300 }).map((channels) => `CHANNELS: [1 ${channels}]`),
  numbers.map((rate) => `RATE: (${rate} 192000]`),
  numbers.map((frames) => `PERIOD_SIZE: [${frames} 65536]`),
)

/** A dump of a card that gives itself any name, and says any number of itself. */
const dump = fc
  .record({
    system: lines(ascii),
    card: lines(ascii.map((name) => ` 1 [Card           ]: Driver - ${name}`)),
    module: lines(fixed('snd_usb_audio', 'snd_soc_x')),
    device: lines(fixed('soc:sound', 'soc:sound', 'soc:sound', '0000:00:1f.3')),
    usb: fc.oneof(fc.constant<string[]>([]), lines(fixed('fff0:0001', 'fff0:0002'))),
    names: lines(
      ascii.map((text) => `manufacturer: ${text}`),
      ascii.map((text) => `product: ${text}`),
    ),
    hat: lines(ascii.map((text) => `product: ${text}`)),
    overlays: lines(ascii.map((text) => `dtoverlay=${text}`)),
    compatible: lines(),
    stream: lines(
      fixed('Playback:', 'Capture:'),
      fixed('    Format: S32_LE', '    Format: SPECIAL DSD_U32_BE'),
      fc.integer({ min: 1, max: 300 }).map((channels) => `    Channels: ${channels}`),
      numbers.map((rate) => `    Rates: ${rate}, 48000`),
    ),
    playback: parameters,
    capture: fc.oneof(fc.constant<string[]>([]), parameters),
    mixer: lines(
      ascii.map((name) => `numid=1,iface=MIXER,name='${name}'`),
      fc.constant('  ; type=BOOLEAN,access=rw------,values=1'),
      ascii.map((value) => `  : values=${value}`),
    ),
  })
  .map((sections) =>
    [
      'downbeat-soundcard-dump 1',
      ...Object.entries(sections).map(([name, its]) =>
        [`[${name}: ${its.length} lines]`].concat(its.map((line) => `| ${line}`)).join('\n'),
      ),
      '[end]',
      '',
    ].join('\n'),
  )

const catalogue = openCatalogue(root)

export const target = ofProperty<string>({
  about: 'a dump of a sound card: a file of soundcards/, or what is wrong with it',
  inputs: fc.oneof({ weight: 3, arbitrary: dump }, torn(dump)),
  holds(text) {
    try {
      const made = soundcardOf(catalogue, text, 'dump.txt')
      // a file without marks was checked by its schema; whichever it is, nothing else is in it
      const keys = Object.keys(parse(made.text) as object)
      const foreign = keys.filter((key) => !Object.hasOwn(Soundcard.shape, key))
      if (foreign.length > 0) throw new Error(`it has keys of the dump: ${foreign.join(', ')}`)
    } catch (error) {
      // a mistake in the file itself would be one of downbeat
      if (!(error instanceof UserError) || error.message.startsWith('soundcards/')) throw error
    }
  },
  text: (text) => text,
})
