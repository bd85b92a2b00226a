import { namesIn } from '../../../lib/plan/schema/tables.ts'
import type { TableName } from '../../../lib/plan/schema/tables.ts'
import { mismatches } from '../../../lib/plan/settings/beside.ts'
import { Settings, settingKeys } from '../../../lib/plan/settings/settings.ts'
import type { SettingKey } from '../../../lib/plan/settings/settings.ts'
import { settingLine } from '../../../lib/plan/settings/text.ts'

/** A value that a setting is given, and whether this side takes it. */
export interface Tried {
  key: string
  value: unknown
  taken: boolean
}

/** A downbeat.toml: the values in it, and the line of each. */
export interface Document {
  text: string
  tried: { line: number; one: Tried }[]
}

/** Numbers from 0 to 1, always the same of one seed (mulberry32). */
function numbersOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

type Random = () => number
const below = (random: Random, most: number): number => Math.floor(random() * most)
const oneOf = <T>(random: Random, list: readonly T[]): T => list[below(random, list.length)]!

const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIJust'
/** Texts that a setting may have, and others that are like them. */
const seeds: Record<string, readonly string[]> = {
  hostname: ['downbeat', 'a', 'x'.repeat(63), 'studio-2', '0'],
  autostart: ['downbeat-tone -t 5', 'x'.repeat(1000), 'ü'.repeat(500)],
  soundcard: ['auto', 'usb', 'a.b+c-d'],
  'user.name': ['musician', '_jam', 'x'.repeat(31)],
  'user.ssh_keys': [
    `ssh-ed25519 ${key} anna@laptop`,
    `ssh-rsa ${'A'.repeat(3900)}==`,
    `from="192.168.1.*",command="say \\"hi\\"" ecdsa-sha2-nistp256 ${key}`,
    `restrict sk-ssh-ed25519@openssh.com ${key}`,
    `ssh-rsa-cert-v01@openssh.com ${key} ü`,
    `ssh-dss ${key}`,
  ],
  'user.password_hash': ['$6$salt$hash./', '$y$j9T$salt$hash', '$2b$05$abc', '***', '*'],
  'wifi.ssid': ['home', 'ü'.repeat(16), 'x'.repeat(32), '🎸🎸', ' '],
  'wifi.password': ['a password', '*'.repeat(9), 'x'.repeat(63), '0f'.repeat(32), '12345678'],
  'wifi.psk': ['0f'.repeat(32), 'AB'.repeat(32), '***'],
  'network.address': ['dhcp', '192.168.1.20/24', '10.0.0.1/8', '255.255.255.255/30'],
  'network.gateway': ['192.168.1.1', '0.0.0.0', '10.0.0.254'],
  'network.dns': ['9.9.9.9', '192.168.1.1', '255.249.199.99'],
}

// What texts are made worse with: ends of bytes, of lines and of patterns, and other forms of UTF-8
const odd = [
  ...Array.from(
    '\0\t\n\r\u001b\u007f\u0080\u009b\u00a0\u2027\u2028\u202e\u2066\ufeff\ufffd"\'\\$`*-_.+@/=,:# aZ09äß中🎸',
  ),
  '\ud800',
  '\udc00',
]

function textFor(random: Random, { key: name, rule }: SettingKey): string {
  const table: TableName | undefined = rule?.among ?? rule?.not
  const names = table === undefined ? [] : [...namesIn(table)]
  const lists = [seeds[name] ?? [], names].filter((list) => list.length > 0)
  if (lists.length === 0) throw new Error(`${name} has no texts to begin with: give it some above`)
  const letters = Array.from(oneOf(random, oneOf(random, lists)))
  for (let edits = below(random, 4); edits > 0; edits--) {
    const at = below(random, letters.length + 1)
    const change = below(random, 6)
    if (change === 0) letters.splice(at, 1)
    else if (change === 1) letters.splice(at, 0, oneOf(random, odd))
    else if (change === 2) letters.splice(at, 1, oneOf(random, odd))
    else if (change === 3) letters.push(...letters.slice(at))
    else if (change === 4) letters.length = at
    else letters.splice(at, 1, letters[at]?.toUpperCase() ?? '')
  }
  return letters.join('').slice(0, 5000)
}

function valueFor(random: Random, setting: SettingKey): unknown {
  const number = (): number =>
    oneOf(random, [
      setting.min + below(random, 3) - 1,
      setting.max + below(random, 3) - 1,
      2 ** below(random, 20) - below(random, 2),
      below(random, setting.max + 2),
      -below(random, 100),
      random() * 100,
    ])
  // now and then another kind of value than the one that it is
  const kind = oneOf(random, [
    ...Array<SettingKey['kind']>(12).fill(setting.kind),
    'text',
    'texts',
    'number',
    'yes_no',
  ] as const)
  if (kind === 'number') return number()
  if (kind === 'yes_no') return random() < 0.5
  if (setting.rule === undefined) return oneOf(random, ['true', '64', ''])
  if (kind === 'text') return textFor(random, setting)
  return Array.from({ length: below(random, 3) }, () => textFor(random, setting))
}

/** What `personalize` and `flash` say to a value. */
function taken(name: string, value: unknown): boolean {
  const given = name.split('.').reduceRight<unknown>((inner, part) => ({ [part]: inner }), value)
  return Settings.safeParse(given).success
}

/** What the other keys of a table need beside them. */
const needed: readonly Tried[] = [
  { key: 'wifi.ssid', value: 'x', taken: true },
  { key: 'network.address', value: '192.168.1.20/24', taken: true },
]
const tableOf = (one: Tried): string => one.key.split('.').slice(0, -1).join('.')

/** The values of a file, with what they need beside them, and whether each is taken there. */
function besideEachOther(file: readonly Tried[]): Tried[] {
  const more = needed.filter(
    (one) =>
      file.some((other) => tableOf(other) === tableOf(one)) &&
      !file.some((other) => other.key === one.key),
  )
  const values: Record<string, unknown> = {}
  for (const one of [...more, ...file]) {
    const table = tableOf(one)
    const into = table === '' ? values : ((values[table] ??= {}) as Record<string, unknown>)
    into[one.key.slice(table.length).replace('.', '')] = one.value
  }
  const wrong = new Set(mismatches(values).map(({ key: name }) => name))
  return [...more, ...file].map(({ key: name, value, taken: alone }) => ({
    key: name,
    value,
    taken: alone && !wrong.has(name),
  }))
}

/** Few enough for one file, that the card tells all that is wrong with it. */
const VALUES_OF_A_FILE = 6

/** So many values for the settings, in files as `personalize` and `flash` write them. */
export function documentsOf(seed: number, values: number): Document[] {
  const random = numbersOf(seed)
  const keys = settingKeys()
  const waiting: Tried[] = Array.from({ length: values }, (_, i) => {
    const setting = keys[i % keys.length]!
    const value = valueFor(random, setting)
    return { key: setting.key, value, taken: taken(setting.key, value) }
  })
  const files: Tried[][] = []
  let open: Tried[] = []
  for (const one of waiting) {
    // a text that is no Unicode makes the whole file unreadable
    if (!JSON.stringify(one.value).isWellFormed() || /\\ud[89a-f]/.test(JSON.stringify(one.value)))
      files.push([one])
    else if (open.push(one) === VALUES_OF_A_FILE) [open, files[files.length]] = [[], open]
  }
  return [...files, open].filter((file) => file.length > 0).map(documentOf)
}

function documentOf(values: readonly Tried[]): Document {
  const lines: string[] = []
  const tried: Document['tried'] = []
  const file = besideEachOther(values)
  for (const table of [...new Set(file.map(tableOf))].sort()) {
    if (table !== '') lines.push(`[${table}]`)
    for (const one of file.filter((other) => tableOf(other) === table)) {
      lines.push(settingLine(one.key, one.value))
      if (values.some(({ key: name }) => name === one.key)) tried.push({ line: lines.length, one })
    }
  }
  return { text: `${lines.join('\n')}\n`, tried }
}

/** Values that people have really written, and whether they may: each is a file of its own. */
export const situations: readonly Tried[] = [
  ['timezone', 'US/Eastern', true],
  ['timezone', 'Asia/Calcutta', true],
  ['timezone', 'Europe/Berln', false],
  ['timezone', 'posix/Europe/Berlin', false],
  ['wifi.country', 'GB', true],
  ['wifi.country', 'UK', false],
  ['wifi.country', 'de', false],
  ['keyboard', 'gb', true],
  ['keyboard', 'en', false],
  ['user.name', '_jam', true],
  ['user.name', 'pi', true],
  ['user.name', 'audio', false],
  ['user.name', 'root', false],
  ['user.name', 'sshd', false],
  ['user.name', 'Anna', false],
  ['wifi.ssid', 'ü'.repeat(16), true],
  ['wifi.ssid', 'ü'.repeat(17), false],
  ['wifi.ssid', 'a\u0007b', false],
  ['wifi.password', '1234567', false],
  ['wifi.password', 'pässword', false],
  ['wifi.psk', '0'.repeat(63), false],
  ['autostart', 'guitarix \u001b[2J', false],
  ['autostart', 'guitarix \u0085', false],
  ['autostart', 'ü'.repeat(501), false],
  ['user.ssh_keys', [`ssh-ed25519 ${key} anna\u009b`], false],
  ['user.ssh_keys', [`from="192.168.1.*" ssh-ed25519 ${key}`, `ssh-ed25519 ${key}`], true],
  ['user.ssh_keys', [`ssh-ed25519 ${key}`, 'ssh-dss AAAA'], false],
  ['network.address', '192.168.1.20/24', true],
  ['network.address', 'dhcp', true],
  ['network.address', '192.168.1.20', false],
  ['network.address', '192.168.1.256/24', false],
  ['network.address', '192.168.01.20/24', false],
  ['network.address', '10.0.0.1/31', false],
  ['network.gateway', 'fe80::1', false],
  ['network.dns', ['9.9.9.9', '1.1.1.1'], true],
  ['network.dns', ['9.9.9.9', 'dns.example.org'], false],
  ['network.dns', ['9.9.9.9', '1.1.1.1', '8.8.8.8', '8.8.4.4'], false],
  ['jack.period', 15, false],
  ['jack.period', 100, true],
].map(([name, value, may]) => ({ key: name as string, value, taken: may as boolean }))

/** The same of them as files. */
export const situationDocuments = (): Document[] => situations.map((one) => documentOf([one]))

/** What this side says to a value, by itself. */
export const judged = ({ key: name, value }: Tried): boolean => taken(name, value)
