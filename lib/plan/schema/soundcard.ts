import { z } from 'zod'
import { compareSeries } from '../../common/series.ts'
import { alsaId } from './alsa-id.ts'
import { Bus, Family, Id, Series, Thread } from './common.ts'
import { Mixer } from './mixer.ts'
import { Line, Name, Parameter, Text } from './text.ts'

const Module = z.string().regex(/^\w+$/, 'expected the name of a kernel module, with _ for -')
const Period = z.int().min(16).max(8192)

/** Names of sample formats, of those that cards for music have (linux/sound/core/pcm.c). */
const Format = z.enum(['S16_LE', 'S20_3LE', 'S24_LE', 'S24_3LE', 'S32_LE'])

const Overlay = z.strictObject({
  mainline: Id.optional().describe('one of our own in kernel/overlays/'),
  downstream: Parameter.optional().describe("one of Raspberry Pi's own, with its parameters"),
})

const OverlayOfCard = Overlay.extend({
  none: Text.optional().describe(
    'instead of mainline, why there is none for a mainline kernel, as a clause',
  ),
}).refine(({ mainline, none }) => mainline === undefined || none === undefined, {
  error: 'expected no reason beside mainline: there is one',
  path: ['none'],
})

const Rates = z.array(z.int()).min(1)

/** Kernels of one family, by their series. */
const Kernels = z
  .strictObject({
    family: Family,
    from: Series.optional().describe('the first series; left out: from the oldest on'),
    to: Series.optional().describe('the last series; left out: up to the newest'),
  })
  .refine(
    ({ from, to }) => from === undefined || to === undefined || compareSeries(from, to) <= 0,
    {
      error: 'expected a series that is not before the one of from',
      path: ['to'],
    },
  )

/** What holds for a card on some boards or with some kernels only; where it has both, with both. */
const Where = z
  .strictObject({
    board: z.array(Id).min(1).optional().describe('files of boards/; left out: all of them'),
    kernel: Kernels.optional().describe('left out: every kernel'),
    overlay: Overlay.optional().describe('takes the place of the overlay of the card, by family'),
    rates: Rates.optional().describe('takes the place of those of the card: they are fewer there'),
    modprobe: z
      .array(Line)
      .default([])
      .describe('lines of /etc/modprobe.d/alsa-base.conf, such as quirks of the driver'),
    note: Text.optional().describe(
      'a warning or a known fault: what somebody who has both should know',
    ),
    cannot: Text.optional().describe(
      'why the card does not work there, as a clause: an image with both is refused',
    ),
    thread: Thread.optional().describe('where the fault is told of'),
  })
  .refine(({ board, kernel }) => board !== undefined || kernel !== undefined, {
    error: 'expected board or kernel beside it: where it is so',
    path: [],
  })
  .refine(
    ({ thread, note, cannot }) =>
      thread === undefined || note !== undefined || cannot !== undefined,
    {
      error: 'expected a note beside it, which says what the thread is about',
      path: ['thread'],
    },
  )
  .refine(
    ({ overlay, rates, modprobe, note, cannot }) =>
      [overlay, rates, note, cannot].some((one) => one !== undefined) || modprobe.length > 0,
    'expected overlay, rates, modprobe, note or cannot: what is different there',
  )

/** soundcards/*.yaml: one sound card, or a kind of card that is treated alike. */
export const Soundcard = z
  .strictObject({
    name: Name,
    also: z
      .array(Name)
      .default([])
      .describe('other products of the same design, by what is printed on them'),
    bus: Bus.describe('none: no card at all, for MIDI only'),
    pins: z.array(z.int().min(0).max(27)).default([]).describe('GPIO numbers it takes'),
    i2s_lanes: z
      .int()
      .min(1)
      .max(4)
      .default(1)
      .describe('data lines of I2S that it needs in one direction: two channels go over each'),
    codec: z.array(Name).default([]).describe('its converters, as their makers call them'),
    alsa_id: z
      .string()
      .regex(/^\w{1,15}$/, 'expected an ALSA id: at most 15 letters, digits and _')
      .optional()
      .describe(
        'the card in /proc/asound; left out: the first card on its bus. One on USB is known by its numbers where its file has them',
      ),
    alsa_name: Name.optional().describe(
      'the name that the driver gives the card, of which ALSA makes that id; left out: it was not looked up',
    ),
    driver: z
      .union([Module, z.strictObject({ mainline: Module, downstream: Module })])
      .describe(
        'the kernel module of the card, with _ for -; by the family of the kernel, where they have different ones',
      ),
    overlay: OverlayOfCard.optional().describe(
      'the device-tree overlay, by the family of the kernel; one that is left out: there is none for that family',
    ),
    found_by: z
      .strictObject({
        hat: z
          .array(Name)
          .default([])
          .describe('what the EEPROM of a HAT calls itself: /proc/device-tree/hat/product'),
        usb: z
          .union([
            z.literal('any'),
            z.array(
              z.string().regex(/^[0-9a-f]{4}:[0-9a-f]{4}$/, 'expected vendor:product of lsusb'),
            ),
          ])
          .default([])
          .describe('devices on USB, as lsusb shows them; any: it stands for every interface'),
      })
      .default({ hat: [], usb: [] })
      .describe('how a card that was told `auto` finds it; left out: it is chosen by hand'),
    playback: z.int().min(0).describe('channels that reach a socket'),
    capture: z.int().min(0).describe('channels that come from a socket'),
    channels: z
      .enum(['fixed', 'offered'])
      .default('fixed')
      .describe(
        'fixed: JACK opens the card with just these channels, however many its driver has; offered: with all that the driver offers, and these are the most',
      ),
    rates: Rates.describe('Hz'),
    formats: z
      .array(Format)
      .default([])
      .describe('of the samples, by the names of ALSA; none: it was not looked up'),
    other_rates: z
      .boolean()
      .default(false)
      .describe(
        'whether it may have more of them, which nobody has read: such a one is warned of, not refused',
      ),
    jack: z
      .strictObject({
        period: Period.describe('frames'),
        periods: z.int().min(2).max(8),
        rate: z.int().describe('Hz'),
        inputs: z
          .int()
          .min(1)
          .optional()
          .describe('channels to record from, where all of them is too much'),
        sixteen_bit: z
          .boolean()
          .default(false)
          .describe('samples of 16 bits are tried first; otherwise the widest that the card has'),
        smallest_period: Period.describe('frames; a smaller one is refused'),
        smallest_ms: z
          .int()
          .min(1)
          .max(100)
          .optional()
          .describe(
            'milliseconds; the driver takes no shorter period at any rate: 1 for a device of USB 1.1, which gets a packet in each millisecond',
          ),
        period_step: z
          .int()
          .min(1)
          .max(1024)
          .default(1)
          .describe('frames; the driver takes only periods that are a multiple of it'),
        good_periods: z
          .tuple([Period, Period])
          .describe('frames, from and to: outside it the build warns'),
      })
      .describe('what JACK is started with unless the image says otherwise'),
    mixer: Mixer.optional().describe('left out: the card has none that has to be set'),
    notes: z.array(Text).default([]).describe('what somebody who chooses this card should know'),
    on: z
      .array(Where)
      .default([])
      .describe('what is different on some boards or with some kernels'),
    source: Text.describe('where these facts come from'),
  })
  .superRefine(({ alsa_id, alsa_name }, context) => {
    if (alsa_name !== undefined && alsa_id !== alsaId(alsa_name))
      context.addIssue({
        code: 'custom',
        path: ['alsa_id'],
        message: `expected ${alsaId(alsa_name)}, which is what ALSA makes of "${alsa_name}"`,
      })
  })
  .refine(
    ({ mixer, alsa_id, found_by: { usb } }) =>
      mixer === undefined || alsa_id !== undefined || (usb !== 'any' && usb.length > 0),
    {
      error: 'expected alsa_id or found_by.usb beside it, by which the card is known',
      path: ['mixer'],
    },
  )
  .describe('A sound card')
export type SoundcardData = z.output<typeof Soundcard>
