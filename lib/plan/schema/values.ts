import { z } from 'zod'
import { perhaps } from '../../common/words/nearest.ts'
import { linesOf, namesIn } from './tables.ts'
import type { TableName } from './tables.ts'
import { UNSEEN } from './text.ts'

/**
 * What a text may be: the one description from which the plan, `personalize`, `flash` and the
 * program on the card (packages/tools/settings/keys.h) check it. JavaScript and C++ both read the
 * pattern, so there is no look-around, no flag and no class such as \w or \p{…} in it.
 */
export interface TextRule {
  pattern: RegExp
  /** the most that it may have, of UTF-8 */
  bytes: number
  /** said behind "expected" where it is something else */
  expected: string
  /** only what this table has */
  among?: TableName
  /** nothing that this table has */
  not?: TableName
  /** what is often written, and what is meant by it */
  meant?: Readonly<Record<string, string>>
}

const CONTROLS = new RegExp(`[\\t${UNSEEN}]`)

/** Whether a text is one line that a file of UTF-8 can hold, and a terminal show as it is. */
const isPlain = (text: string): boolean => text.isWellFormed() && !CONTROLS.test(text)

/** What is wrong with a text, as a person is told it; undefined: nothing. */
export function whyNot(rule: TextRule, text: string): string | undefined {
  const { among, not, meant = {} } = rule
  const formed = Buffer.byteLength(text) <= rule.bytes && isPlain(text) && rule.pattern.test(text)
  if (formed && not !== undefined && namesIn(not).has(text))
    return `"${text}" is an account or a group of the system; take another name`
  if (formed && (among === undefined || namesIn(among).has(text))) return undefined
  const instead = Object.hasOwn(meant, text)
    ? ` (did you mean "${meant[text]}"?)`
    : among === undefined || text.length > rule.bytes
      ? ''
      : perhaps(text, [...namesIn(among)])
  return `expected ${rule.expected}${instead}`
}

/** So many bytes of the variants of a layout are told; some have more than thirty. */
const VARIANTS_TOLD = 120

/** What is wrong with a variant of a layout of keyboards; undefined: the layout has it. */
export function whyNotVariant(layout: string, variant: string): string | undefined {
  const own = linesOf('keyboard-variants').flatMap((line) => {
    const [name, of] = line.split(' ')
    return of === layout ? [name!] : []
  })
  if (own.includes(variant)) return undefined
  if (own.length === 0) return `expected none: the layout ${layout} has no variants`
  const all = own.join(', ')
  const told =
    all.length > VARIANTS_TOLD ? `${all.slice(0, all.lastIndexOf(', ', VARIANTS_TOLD))}, ...` : all
  return `expected a variant that the layout ${layout} has: ${told}`
}

/** The rules of the texts that more than one place checks, or that a card is told. */
export const rules = {
  // with the longest ending that a file of it gets, while it is written, it has to be a name of 255
  image_name: {
    pattern: /^[a-z0-9][a-z0-9.+-]*$/,
    bytes: 200,
    expected: 'a name of lower-case letters, digits, ".", "+" and "-", at most 200',
  },
  hostname: {
    pattern: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    bytes: 63,
    expected: 'letters, digits and "-", at most 63',
  },
  // systemd takes no more than 31; useradd more, and a capital letter, which no mail would reach
  user_name: {
    pattern: /^[a-z_][a-z0-9_-]{0,30}$/,
    bytes: 31,
    expected: 'a Unix user name',
    not: 'accounts',
  },
  // sshd(8), AUTHORIZED_KEYS FILE FORMAT: options, the kinds that OpenSSH 10 takes, the key, words
  ssh_key: {
    pattern:
      /^([A-Za-z0-9-]+(="([^"\\]|\\.)*")?(,[A-Za-z0-9-]+(="([^"\\]|\\.)*")?)* +)?((ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521))(-cert-v01@openssh\.com)?|sk-(ssh-ed25519|ecdsa-sha2-nistp256)(-cert-v01)?@openssh\.com) +[A-Za-z0-9+/]+={0,3}( .*)?$/,
    bytes: 4000,
    expected: 'a public key, such as the text of id_ed25519.pub',
  },
  timezone: {
    pattern: /^[A-Z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/,
    bytes: 64,
    expected: 'a name of the tz database, such as Europe/Berlin',
    among: 'time-zones',
  },
  keyboard: {
    pattern: /^[a-z]{2,12}$/,
    bytes: 12,
    expected: 'a layout such as de',
    among: 'keyboard-layouts',
    meant: { en: 'us', uk: 'gb', sv: 'se', da: 'dk', cs: 'cz', ja: 'jp' },
  },
  keyboard_variant: {
    pattern: /^[A-Za-z0-9_-]+$/,
    bytes: 40,
    expected: 'a variant of a layout, such as nodeadkeys',
    among: 'keyboard-variants',
  },
  locale: {
    pattern: /^[A-Za-z0-9_.@-]+$/,
    bytes: 40,
    expected: 'a locale in UTF-8, such as de_DE.UTF-8',
    among: 'locales',
  },
  soundcard: {
    pattern: /^[a-z0-9][a-z0-9.+-]*$/,
    bytes: 64,
    expected: 'auto, or a name that `./downbeat list soundcards` prints',
  },
  autostart: { pattern: /^.+$/, bytes: 1000, expected: 'one command, at most 1000 bytes' },
  // crypt(5): what Debian's libcrypt takes, but for DES, which has eight letters of a password
  password_hash: {
    pattern: /^(\$(1|2[aby]|5|6|7|y|gy|sha1)\$[A-Za-z0-9./$=,]+|\*+)$/,
    bytes: 300,
    expected: 'what `openssl passwd -6` prints',
  },
  // openssl passwd reads no more, and says so where nobody looks
  password: { pattern: /^.+$/, bytes: 256, expected: 'one line of at most 256 bytes' },
  ssid: { pattern: /^.+$/, bytes: 32, expected: 'the name of a network, at most 32 bytes' },
  wifi_password: {
    pattern: /^([ -~]{8,63}|[0-9A-Fa-f]{64}|\*+)$/,
    bytes: 64,
    expected: '8 to 63 characters of ASCII',
  },
  psk: {
    pattern: /^([0-9A-Fa-f]{64}|\*+)$/,
    bytes: 64,
    expected: '64 digits of 0-9 and a-f',
  },
  // of IPv4: a network that has a name for everything has no need of fixed addresses
  network_address: {
    pattern:
      /^(dhcp|((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\/([89]|[12][0-9]|30))$/,
    bytes: 18,
    expected: 'dhcp, or an IPv4 address with the length of its network, such as 192.168.1.20/24',
  },
  ip_address: {
    pattern:
      /^((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])$/,
    bytes: 15,
    expected: 'an IPv4 address, such as 192.168.1.1',
  },
  // what people write, and what the European Union writes
  country: {
    pattern: /^[A-Z]{2}$/,
    bytes: 2,
    expected: 'a country that has rules for radios, as two capital letters such as DE',
    among: 'countries',
    meant: { UK: 'GB', EL: 'GR' },
  },
} as const satisfies Record<string, TextRule>

/** The schema of a text that has one of these rules; its meta data name the rule. */
export const textOf = (name: keyof typeof rules): z.ZodString =>
  z
    .string()
    .superRefine((text, context) => {
      const message = whyNot(rules[name], text)
      if (message !== undefined) context.addIssue({ code: 'custom', message })
    })
    .meta({ pattern: rules[name].pattern.source, rule: name })
