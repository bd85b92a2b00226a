import { z } from 'zod'
import { Clocks, Id, IdIn, listShows, PackageName, Series, Sha256 } from './common.ts'
import { ControlName, Level } from './mixer.ts'
import { Line, Name } from './text.ts'
import { textOf } from './values.ts'

const Rate = z.int().min(8000).max(384000)

/** image.yaml and variants/*.yaml: what one image is. */
export const Image = z
  .strictObject({
    name: textOf('image_name')
      .optional()
      .describe(
        'names the folder in out/images; otherwise made of board and sound card, or the name of the file',
      ),
    board: z
      .union([
        IdIn('boards'),
        z
          .array(IdIn('boards'))
          .min(1, `expected at least one board (${listShows('boards')})`)
          .max(64),
      ])
      .transform((value) => (typeof value === 'string' ? [value] : value))
      .refine(
        (all) => new Set(all).size === all.length,
        'a board is in the list twice: name it once',
      )
      .describe('one board, or several that share the image'),
    soundcard: Name.describe(
      'one of soundcards/ by its id; auto: what the first boot finds, a HAT that says what it is before one on USB',
    ),
    soundcard_input: Id.optional().describe(
      'what the sound card records from: one of mixer.inputs of its file; otherwise the first of them',
    ),
    mixer: z
      .record(ControlName, Level)
      .refine((all) => Object.keys(all).length <= 200, 'expected at most 200 controls')
      .default({})
      .describe('levels of your own for controls that the file of the sound card sets'),
    profile: IdIn('profiles')
      .optional()
      .describe('a group of tunings and packages; tunings: still has the last word'),
    base: Line.min(1, `expected a base (${listShows('bases')}), or the path or address of an image`)
      .default('debian-trixie-arm64')
      .describe(
        'an id of bases/, with @latest behind it for the newest there is; or the path or address of an image like one of them',
      ),
    base_sha256: Sha256.optional().describe('of the image at an address'),
    base_like: IdIn('bases')
      .optional()
      .describe('the id of bases/ that an image of your own is like, where its name does not tell'),
    base_max_gib: z
      .int()
      .min(1)
      .max(256)
      .default(16)
      .describe(
        'GiB that the image of a base may unpack to: a damaged or hostile one would fill the disk',
      ),
    kernel: z
      .strictObject({
        source: IdIn('kernel')
          .optional()
          .describe(
            'one of kernel/; otherwise the best one that serves the boards, the sound card and the base',
          ),
        series: Series.optional().describe(
          'of Linux, such as 6.12; otherwise the newest one that the source has',
        ),
      })
      .default({}),
    hostname: textOf('hostname').default('downbeat'),
    user: z
      .strictObject({
        name: textOf('user_name').default('musician'),
        ssh_keys: z
          .array(textOf('ssh_key'))
          .max(200)
          .default([])
          .describe('public keys; without one nobody can log in over SSH'),
      })
      .default({ name: 'musician', ssh_keys: [] }),
    jack: z
      .strictObject({
        server: z
          .string('expected one server, such as jack1: an image has one')
          .default('jack2')
          .describe(
            'jack2 or jack1: the one that is started; the packages of the other lie beside the image',
          ),
        period: z.int().min(16).max(8192).optional().describe('frames'),
        periods: z.int().min(2).max(8).optional(),
        rate: Rate.optional().describe('Hz'),
        direction: z
          .enum(['duplex', 'playback', 'capture'])
          .optional()
          .describe('otherwise all that the card can do'),
        inputs: z
          .int()
          .min(1)
          .optional()
          .describe('channels to record from; otherwise all that the card has'),
        outputs: z
          .int()
          .min(1)
          .optional()
          .describe('channels to play to; otherwise all that the card has'),
        synchronous: z
          .boolean()
          .optional()
          .describe(
            'jack2 waits for the programs in each period, and what they play is heard a period earlier; jack1 always does',
          ),
        second_card: Id.optional().describe(
          'one of soundcards/ that is on USB: plugged in beside the first, it is ports of JACK too, resampled to the clock of the first; otherwise none',
        ),
        realtime_priority: z
          .int()
          .min(1)
          .max(98)
          .optional()
          .describe('SCHED_FIFO; otherwise as priorities.yaml says'),
        port_max: z
          .int()
          .min(8)
          .max(2048)
          .optional()
          .describe('otherwise 64, or what the channels of the card take and 32'),
        timeout_ms: z
          .int()
          .min(100)
          .max(60000)
          .default(2000)
          .describe('ms a client may take before it is thrown out'),
        softmode: z.boolean().default(false).describe('ignore xruns; hides faults'),
        midi: z.boolean().default(true).describe('whether MIDI ports are ports of JACK too'),
      })
      .default({ server: 'jack2', timeout_ms: 2000, softmode: false, midi: true }),
    packages: z.array(PackageName).max(1000).default([]).describe('further Debian packages'),
    tunings: z
      .record(Id, z.enum(['on', 'off']))
      .refine((all) => Object.keys(all).length <= 200, 'expected at most 200 tunings')
      .default({})
      .describe('tunings switched on or off'),
    overclock: z
      .union([Id, Clocks.required({ arm_freq: true })])
      .default('none')
      .describe('a preset that the board has, or settings of your own'),
    root: z
      .enum(['sd', 'usb'])
      .default('sd')
      .describe(
        'usb: the SD card keeps the firmware, the root file system is the one on a USB drive (flash both)',
      ),
    accept: z
      .array(z.enum(['sd-corruption', 'warranty']))
      .default([])
      .describe('risks of overclocking that you take'),
    config_txt: z
      .array(
        Line.min(1)
          .max(98, 'expected at most 98 characters: the firmware reads no further')
          .regex(/^\S/, 'expected a line that does not begin with a space'),
      )
      .max(200)
      .default([])
      .describe(
        'lines of your own for config.txt, such as dtparam=spi=on; [pi4] begins lines for one board, as the firmware has it',
      ),
    cmdline: z
      .array(Line.regex(/^[^\s"]+$/, 'expected one parameter without spaces and quotes'))
      .max(100)
      .default([])
      .describe('parameters of your own for the kernel, such as usbcore.autosuspend=-1'),
    root_mb: z
      .int()
      .min(300)
      .max(16000)
      .optional()
      .describe('MiB of the root file system before it grows; otherwise made to fit'),
  })
  .describe('The choices for one image')
export type ImageChoices = z.output<typeof Image>
