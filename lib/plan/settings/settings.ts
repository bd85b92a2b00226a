import { z } from 'zod'
import { rules, textOf } from '../schema/values.ts'
import type { TextRule } from '../schema/values.ts'

/**
 * The settings of one card: what downbeat.toml on its boot partition may say. This is the only
 * place that knows them. Three things are made from it: the commented file in the image, the keys
 * that the reader on the card checks (packages/tools/settings/keys.h), and every file of settings
 * that is written for a card. What its texts may be is in schema/values.ts, which the choices of an
 * image share. `.meta({ secret: true })`: the value is written over on the card once it is applied.
 */
export const Settings = z.strictObject({
  hostname: textOf('hostname')
    .optional()
    .describe('its name in the network: ssh musician@NAME')
    .meta({ example: 'downbeat' }),
  timezone: textOf('timezone')
    .optional()
    .describe('a name of the tz database')
    .meta({ example: 'Europe/Berlin' }),
  keyboard: textOf('keyboard')
    .optional()
    .describe('layout of a keyboard that is plugged into it')
    .meta({ example: 'gb' }),
  keyboard_variant: textOf('keyboard_variant')
    .optional()
    .describe('variant of that layout')
    .meta({ example: 'nodeadkeys' }),
  locale: textOf('locale')
    .optional()
    .describe('language and country of programs, such as de_DE.UTF-8, where the image has it')
    .meta({ example: 'C.UTF-8' }),
  soundcard: textOf('soundcard')
    .optional()
    .describe('the sound card: auto finds one, or a name that `./downbeat list soundcards` prints')
    .meta({ example: 'auto' }),
  read_only: z
    .boolean('expected true or false')
    .optional()
    .describe(
      'true: nothing is ever written to the card, and the plug may be pulled at any time; changes are gone with the power',
    )
    .meta({ example: false }),
  new_identity: z
    .boolean('expected true or false')
    .optional()
    .describe(
      'true: a copy of this card becomes a card of its own: host keys, machine-id, identifier and size',
    )
    .meta({ example: true }),
  autostart: textOf('autostart')
    .optional()
    .describe('a command that the user runs as soon as JACK is there')
    .meta({ example: 'downbeat-tone -t 5' }),
  user: z
    .strictObject({
      name: textOf('user_name')
        .optional()
        .describe('who logs in, and whom JACK runs as')
        .meta({ example: 'musician' }),
      ssh_keys: z
        .array(textOf('ssh_key'))
        .max(...atMost(100))
        .optional()
        .describe(
          'public keys that may log in over the network, instead of those that came with the image',
        )
        .meta({ example: ['ssh-ed25519 AAAA… you@laptop'] }),
      password_hash: textOf('password_hash')
        .optional()
        .describe('for the console; of a password: what `openssl passwd -6` prints')
        .meta({ example: '$6$…', secret: true }),
    })
    .optional(),
  ssh: z
    .strictObject({
      enabled: z
        .boolean('expected true or false')
        .optional()
        .describe('left out: on where there are keys, or passwords are taken')
        .meta({ example: true }),
      password_login: z
        .boolean('expected true or false')
        .optional()
        .describe('whether a password is enough to log in over the network')
        .meta({ example: false }),
    })
    .optional(),
  wifi: z
    .strictObject({
      ssid: textOf('ssid')
        .optional()
        .describe('name of the network')
        .meta({ example: 'My network' }),
      password: textOf('wifi_password')
        .optional()
        .describe(
          'its password (WPA2); only a hash of it is kept on the card, and it is written over here',
        )
        .meta({ example: 'the password', secret: true }),
      psk: textOf('psk')
        .optional()
        .describe('or the hash itself: what `wpa_passphrase NETWORK` prints as psk')
        .meta({ example: '0123…', secret: true }),
      hidden: z
        .boolean('expected true or false')
        .optional()
        .describe('whether it does not tell its name')
        .meta({ example: false }),
      country: textOf('country')
        .optional()
        .describe('where you are: it decides which channels are allowed')
        .meta({ example: 'DE' }),
    })
    .optional(),
  network: z
    .strictObject({
      address: textOf('network_address')
        .optional()
        .describe('a fixed address of this card, with the length of its network; dhcp: none')
        .meta({ example: '192.168.1.20/24' }),
      gateway: textOf('ip_address')
        .optional()
        .describe('the router of that network; left out: no other network is reached')
        .meta({ example: '192.168.1.1' }),
      dns: z
        .array(textOf('ip_address'))
        .max(...atMost(3)) // resolv.conf(5): no more are asked
        .optional()
        .describe('servers that know names')
        .meta({ example: ['192.168.1.1'] }),
    })
    .optional(),
  jack: z
    .strictObject({
      period: whole(16, 8192).optional().describe('frames: 16 to 8192').meta({ example: 128 }),
      periods: whole(2, 8)
        .optional()
        .describe('periods per buffer: 2, or 3 for USB cards')
        .meta({ example: 3 }),
      rate: whole(8000, 384000).optional().describe('Hz').meta({ example: 48000 }),
    })
    .optional(),
})
export type SettingsData = z.output<typeof Settings>

/** How many a list may have, and what is said of one that has more. */
function atMost(most: number): [number, string] {
  return [most, `expected at most ${most} of them`]
}

function whole(min: number, max: number): z.ZodInt {
  const expected = `expected ${wholeNumber(min, max)}`
  return z.int(expected).min(min, expected).max(max, expected)
}

function wholeNumber(min: number, max: number): string {
  return `a whole number from ${min} to ${max}`
}

/** A setting as a writer or a reader of the file needs it. `key` has dots: `wifi.ssid`. */
export interface SettingKey {
  key: string
  kind: 'text' | 'texts' | 'number' | 'yes_no'
  about: string
  example: unknown
  secret: boolean
  /** of a text, and of each text of a list */
  rule?: TextRule
  /** what is said where the value is wrong, behind "expected" */
  expected: string
  /** of a number */
  min: number
  max: number
  /** of a list: as many texts */
  most: number
}

interface Described {
  type: string
  description?: string
  properties?: Record<string, Described>
  items?: Described
  rule?: keyof typeof rules
  minimum?: number
  maximum?: number
  maxItems?: number
  example?: unknown
  secret?: boolean
}

let keys: SettingKey[] | undefined
/** Every key of the settings, in the order of the file. */
export const settingKeys = (): readonly SettingKey[] => (keys ??= keysOfSchema())

function keysOfSchema(): SettingKey[] {
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
  const { minimum: min = 0, maximum: max = 0, maxItems: most = 0 } = one
  const named = (one.items ?? one).rule
  const rule = named === undefined ? undefined : rules[named]
  const kind = kinds[one.type]!
  return {
    key,
    kind,
    about: one.description!,
    example: one.example,
    secret: one.secret === true,
    ...(rule === undefined ? {} : { rule }),
    expected: rule?.expected ?? (kind === 'number' ? wholeNumber(min, max) : 'true or false'),
    min,
    max,
    most,
  }
}
