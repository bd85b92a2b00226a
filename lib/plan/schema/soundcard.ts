import { z } from 'zod'
import { Bus, Id } from './common.ts'

const Period = z.int().min(16).max(8192)

/** soundcards/*.yaml: one sound card, or a kind of card that is treated alike. */
export const Soundcard = z
  .strictObject({
    name: z.string(),
    bus: Bus.describe('none: no card at all, for MIDI only'),
    pins: z.array(z.int().min(0).max(27)).default([]).describe('GPIO numbers it takes'),
    alsa_id: z
      .string()
      .regex(/^\w{1,15}$/, 'expected an ALSA id: at most 15 letters, digits and _')
      .optional()
      .describe('the card in /proc/asound; left out: the first card on its bus'),
    driver: z
      .union([z.string(), z.strictObject({ mainline: z.string(), downstream: z.string() })])
      .describe(
        'the kernel module of the card, with _ for -; by the family of the kernel, where they have different ones',
      ),
    overlay: z
      .strictObject({
        mainline: Id.optional().describe('one of our own in kernel/overlays/'),
        downstream: z
          .string()
          .optional()
          .describe("one of Raspberry Pi's own, with its parameters"),
      })
      .optional()
      .describe(
        'the device-tree overlay, by the family of the kernel; one that is left out: there is none for that family',
      ),
    found_by: z
      .strictObject({
        hat: z
          .array(z.string().min(1))
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
    playback: z.int().min(0).describe('channels'),
    capture: z.int().min(0).describe('channels'),
    rates: z.array(z.int()).min(1).describe('Hz'),
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
        smallest_period: Period.describe('frames; a smaller one is refused'),
        good_periods: z
          .tuple([Period, Period])
          .describe('frames, from and to: outside it the build warns'),
      })
      .describe('what JACK is started with unless the image says otherwise'),
    notes: z
      .array(z.string())
      .default([])
      .describe('what somebody who chooses this card should know'),
    source: z.string().describe('where these facts come from'),
  })
  .describe('A sound card')
export type SoundcardData = z.output<typeof Soundcard>
