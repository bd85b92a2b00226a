import { z } from 'zod'
import { Hostname, UserName } from '../schema/common.ts'

/**
 * The settings of one card: what downbeat.toml on its boot partition may say. This is the only
 * place that knows them. Three things are made from it: the commented file in the image, the keys
 * that the reader on the card checks (packages/tools/settings/keys.h), and every file of settings
 * that is written for a card. JavaScript and C++ both read the patterns, so there is no
 * look-behind, no flag and no \p{…}. `.meta({ secret: true })`: the value is written over on the
 * card once it is applied.
 */
export const Settings = z.strictObject({
  hostname: Hostname.optional()
    .describe('its name in the network: ssh musician@NAME')
    .meta({ example: 'downbeat' }),
  timezone: text(/^[A-Z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/, 64, 'a name such as Europe/Berlin')
    .describe('a name of the tz database')
    .meta({ example: 'Europe/Berlin' }),
  keyboard: text(/^[a-z]{2,12}$/, 12, 'a layout such as de')
    .describe('layout of a keyboard that is plugged into it')
    .meta({ example: 'gb' }),
  soundcard: text(
    /^[a-z0-9][a-z0-9.+-]*$/,
    64,
    'auto, or a name that `./downbeat list soundcards` prints',
  )
    .describe('the sound card: auto finds one, or a name that `./downbeat list soundcards` prints')
    .meta({ example: 'auto' }),
  read_only: z
    .boolean()
    .optional()
    .describe(
      'true: nothing is ever written to the card, and the plug may be pulled at any time; changes are gone with the power',
    )
    .meta({ example: false }),
  autostart: text(/^[^\n]+$/, 1000, 'one command')
    .describe('a command that the user runs as soon as JACK is there')
    .meta({ example: 'downbeat-tone -t 5' }),
  user: z
    .strictObject({
      name: UserName.optional()
        .describe('who logs in, and whom JACK runs as')
        .meta({ example: 'musician' }),
      ssh_keys: z
        .array(
          z
            .string()
            .max(4000)
            .regex(
              /^(ssh-|ecdsa-|sk-)[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,3}( [^\n]*)?$/,
              'expected a public key, such as the text of id_ed25519.pub',
            )
            .describe('a public key'),
        )
        .optional()
        .describe(
          'public keys that may log in over the network, instead of those that came with the image',
        )
        .meta({ example: ['ssh-ed25519 AAAA… you@laptop'] }),
      password_hash: text(
        /^(\$[a-z0-9]{1,6}\$[A-Za-z0-9./$=,]+|\*+)$/,
        300,
        'what `openssl passwd -6` prints',
      )
        .describe('for the console; of a password: what `openssl passwd -6` prints')
        .meta({ example: '$6$…', secret: true }),
    })
    .optional(),
  ssh: z
    .strictObject({
      enabled: z
        .boolean()
        .optional()
        .describe('left out: on where there are keys, or passwords are taken')
        .meta({ example: true }),
      password_login: z
        .boolean()
        .optional()
        .describe('whether a password is enough to log in over the network')
        .meta({ example: false }),
    })
    .optional(),
  wifi: z
    .strictObject({
      ssid: text(/^[^\n]+$/, 32, 'the name of a network, at most 32 bytes')
        .describe('name of the network')
        .meta({ example: 'My network' }),
      password: text(/^([ -~]{8,63}|[0-9A-Fa-f]{64}|\*+)$/, 64, '8 to 63 characters of ASCII')
        .describe(
          'its password (WPA2); only a hash of it is kept on the card, and it is written over here',
        )
        .meta({ example: 'the password', secret: true }),
      psk: text(/^([0-9A-Fa-f]{64}|\*+)$/, 64, '64 digits of 0-9 and a-f')
        .describe('or the hash itself: what `wpa_passphrase NETWORK` prints as psk')
        .meta({ example: '0123…', secret: true }),
      hidden: z
        .boolean()
        .optional()
        .describe('whether it does not tell its name')
        .meta({ example: false }),
      country: text(/^[A-Z]{2}$/, 2, 'two capital letters such as DE')
        .describe('where you are: it decides which channels are allowed')
        .meta({ example: 'DE' }),
    })
    .optional(),
  jack: z
    .strictObject({
      period: z
        .int()
        .min(16)
        .max(8192)
        .optional()
        .describe('frames, a power of two: 16 to 8192')
        .meta({ example: 128, power_of_two: true }),
      periods: z
        .int()
        .min(2)
        .max(8)
        .optional()
        .describe('periods per buffer: 2, or 3 for USB cards')
        .meta({ example: 3 }),
      rate: z.int().min(8000).max(384000).optional().describe('Hz').meta({ example: 48000 }),
    })
    .optional(),
})
export type SettingsData = z.output<typeof Settings>

function text(pattern: RegExp, max: number, expected: string): z.ZodOptional<z.ZodString> {
  return z.string().max(max).regex(pattern, `expected ${expected}`).optional()
}

/** A setting as a writer or a reader of the file needs it. `key` has dots: `wifi.ssid`. */
export interface SettingKey {
  key: string
  kind: 'text' | 'texts' | 'number' | 'yes_no'
  about: string
  example: unknown
  secret: boolean
  pattern: string
  /** what is said where the value is wrong, behind "expected" */
  expected: string
  min: number
  max: number
  power_of_two: boolean
}

interface Described {
  type: string
  description?: string
  properties?: Record<string, Described>
  items?: Described
  pattern?: string
  maxLength?: number
  minimum?: number
  maximum?: number
  example?: unknown
  secret?: boolean
  power_of_two?: boolean
}

/** Every key of the settings, in the order of the file. */
export function settingKeys(): SettingKey[] {
  const walk = (prefix: string, { properties = {} }: Described): SettingKey[] =>
    Object.entries(properties).flatMap(([name, one]) =>
      one.type === 'object' ? walk(`${name}.`, one) : [settingKey(`${prefix}${name}`, one)],
    )
  return walk('', z.toJSONSchema(Settings) as unknown as Described)
}

const kinds: Record<string, SettingKey['kind']> = {
  string: 'text',
  array: 'texts',
  boolean: 'yes_no',
  integer: 'number',
}

function settingKey(key: string, one: Described): SettingKey {
  const text = one.items ?? one
  return {
    key,
    kind: kinds[one.type]!,
    about: one.description!,
    example: one.example,
    secret: one.secret === true,
    pattern: text.pattern ?? '',
    expected: expectedOf(key, one),
    min: one.minimum ?? 0,
    max: one.maximum ?? text.maxLength ?? 255,
    power_of_two: one.power_of_two === true,
  }
}

/** The words of the schema's own message. */
function expectedOf(key: string, { type, minimum, maximum, power_of_two }: Described): string {
  if (type === 'boolean') return 'true or false'
  if (type === 'integer')
    return `a whole number from ${minimum} to ${maximum}${power_of_two === true ? ', a power of two' : ''}`
  const wrong = key
    .split('.')
    .reduceRight<unknown>((value, part) => ({ [part]: value }), type === 'array' ? ['\n'] : '\n')
  return Settings.safeParse(wrong).error!.issues[0]!.message.replace(/^expected /, '')
}
