import { z } from 'zod'
import { Clocks, Hostname, Id, PackageName, Sha256, SshKey, UserName } from './common.ts'

const Rate = z.int().min(8000).max(384000)

/** image.yaml and variants/*.yaml: what one image is. */
export const Image = z
  .strictObject({
    name: Id.optional().describe(
      'names the folder in out/images; otherwise made of board and sound card, or the name of the file',
    ),
    board: z
      .union([Id, z.array(Id).min(1)])
      .transform((value) => (typeof value === 'string' ? [value] : value))
      .describe('one board, or several that share the image'),
    soundcard: Id.describe(
      'one of soundcards/; auto: what the first boot finds, a HAT that says what it is before one on USB',
    ),
    profile: Id.optional().describe(
      'a group of tunings and packages; tunings: still has the last word',
    ),
    base: z
      .string()
      .min(1)
      .default('debian-trixie-arm64')
      .describe(
        'an id of bases/, with @latest behind it for the newest there is; or the path or address of an image like one of them',
      ),
    base_sha256: Sha256.optional().describe('of the image at an address'),
    base_like: Id.optional().describe(
      'the id of bases/ that an image of your own is like, where its name does not tell',
    ),
    kernel: z.strictObject({ source: Id.default('debian') }).default({ source: 'debian' }),
    hostname: Hostname.default('downbeat'),
    user: z
      .strictObject({
        name: UserName.default('musician'),
        ssh_keys: z
          .array(SshKey)
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
        period: z.int().min(16).max(8192).optional().describe('frames: a power of two'),
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
        realtime_priority: z
          .int()
          .min(1)
          .max(98)
          .optional()
          .describe('SCHED_FIFO; otherwise as priorities.yaml says'),
        port_max: z.int().min(8).max(2048).default(64),
        timeout_ms: z
          .int()
          .min(100)
          .max(60000)
          .default(2000)
          .describe('ms a client may take before it is thrown out'),
        softmode: z.boolean().default(false).describe('ignore xruns; hides faults'),
        midi: z.boolean().default(true).describe('whether MIDI ports are ports of JACK too'),
      })
      .default({ server: 'jack2', port_max: 64, timeout_ms: 2000, softmode: false, midi: true }),
    packages: z.array(PackageName).default([]).describe('further Debian packages'),
    tunings: z
      .record(Id, z.enum(['on', 'off']))
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
    root_mb: z
      .int()
      .min(300)
      .max(16000)
      .optional()
      .describe('MiB of the root file system before it grows; otherwise made to fit'),
  })
  .describe('The choices for one image')
export type ImageChoices = z.output<typeof Image>
