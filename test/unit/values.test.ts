import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { namesIn } from '../../lib/plan/schema/tables.ts'
import { rules, whyNot } from '../../lib/plan/schema/values.ts'
import { editSettings, settingOf, settingsOf } from '../../lib/plan/settings/edit.ts'
import type { SettingsData } from '../../lib/plan/settings/settings.ts'
import { planOf, refusal, refusalOf } from './fixtures.ts'

const choices = (more: string): Record<string, string> => ({
  'image.yaml': `board: pi3b\nsoundcard: usb\n${more}\n`,
})
const told = (...typed: string[]): string =>
  refusal(() => settingsOf(typed.map((one) => settingOf(one, '--set-on-card'))))

describe('the name of a user', () => {
  test.each(['root', 'audio', 'sshd', 'nobody', 'systemd-network', '_ssh', 'messagebus', 'gpio'])(
    '%s is an account or a group of the system: the plan refuses it, and so does a card',
    (name) => {
      const why = `"${name}" is an account or a group of the system; take another name`
      expect(refusalOf(choices(`user: { name: ${name} }`))).toBe(
        `image.yaml:3:15 user.name: ${why}`,
      )
      expect(told(`user.name=${name}`)).toBe(`--set-on-card user.name=${name}: ${why}`)
    },
  )

  test.each(['_jam', 'a', 'music-ian_2', 'x'.repeat(31), 'pi', 'rooty'])(
    'may be %s, as useradd and systemd take it',
    (name) => {
      expect(planOf(choices(`user: { name: '${name}' }`)).image.user.name).toBe(name)
      expect(settingsOf([settingOf(`user.name=${name}`, '')])).toEqual({ user: { name } })
    },
  )

  test.each(['x'.repeat(32), '-x', '1a', 'Anna', 'a b', 'ä', 'a:b', ''])('is not "%s"', (name) => {
    expect(whyNot(rules.user_name, name)).toBe('expected a Unix user name')
  })
})

describe('what there is on a card decides:', () => {
  test('a time zone may have its name of before', () => {
    expect(settingsOf([settingOf('timezone=US/Eastern', '')])).toEqual({ timezone: 'US/Eastern' })
  })

  test.each([
    ['timezone=Europe/Berln', 'Europe/Berlin'],
    ['timezone=europe/berlin', 'Europe/Berlin'],
    ['wifi.country=UK', 'GB'],
    ['wifi.country=EL', 'GR'],
    ['keyboard=uk', 'gb'],
    ['keyboard=en', 'us'],
  ])('%s is refused, and %s proposed', (typed, meant) => {
    expect(told(typed)).toMatch(`(did you mean "${meant}"?)`)
  })

  test.each(['timezone=posix/UTC', 'timezone=Factory', 'wifi.country=ZZ', 'wifi.country=00'])(
    'there is no %s',
    (typed) => expect(told(typed)).toMatch(/: expected /),
  )

  test.each([
    'accounts',
    'countries',
    'keyboard-layouts',
    'keyboard-variants',
    'locales',
    'time-zones',
  ] as const)('the table of %s has no line twice, and names its source', (name) => {
    const lines = readFileSync(`tables/${name}.txt`, 'utf8').trimEnd().split('\n')
    expect(lines[0]).toMatch(/^# .*\.$|^# .*,/)
    expect(new Set(lines).size).toBe(lines.length)
    expect(namesIn(name).size).toBeGreaterThan(50)
  })
})

describe('what stands beside it decides, too:', () => {
  const typed = (...words: string[]): string => words.map((one) => `--set-on-card ${one}`).join()

  test('a layout of keyboards has some variants, and not those of others', () => {
    expect(
      settingsOf([settingOf('keyboard=us', ''), settingOf('keyboard_variant=intl', '')]),
    ).toEqual({ keyboard: 'us', keyboard_variant: 'intl' })
    expect(told('keyboard=de', 'keyboard_variant=intl')).toMatch(
      /^--set-on-card keyboard_variant=intl: expected a variant that the layout de has: T3, .*, dvorak, .*\.\.\.$/,
    )
    expect(told('keyboard=za', 'keyboard_variant=intl')).toBe(
      `${typed('keyboard_variant=intl')}: expected none: the layout za has no variants`,
    )
  })

  test('an address that comes by itself brings the gateway and the servers with it', () => {
    const why = 'expected none beside address = "dhcp": it comes from there, too'
    expect(told('network.gateway=10.0.0.1', 'network.address=dhcp', 'network.dns=9.9.9.9')).toBe(
      ['network.gateway=10.0.0.1', 'network.dns=9.9.9.9']
        .map((one) => `${typed(one)}: ${why}`)
        .join('\n'),
    )
  })

  test('in a file, with what the file says', () => {
    const edit = (text: string, values: SettingsData): string =>
      refusal(() => editSettings(text, values, 'x'))
    const variant = { keyboard_variant: 'intl' }
    expect(editSettings('keyboard = "us"\n', variant, 'x')).toContain('keyboard_variant = "intl"')
    expect(edit('keyboard = "de"\n', variant)).toMatch(/^x: keyboard_variant: expected a variant/)
    expect(edit('', { network: { gateway: '10.0.0.1' } })).toBe(
      'x: network.gateway: expected network.address beside it',
    )
    expect(edit('[network]\ngateway = "10.0.0.1"\n', { network: { address: 'dhcp' } })).toMatch(
      /^x: network\.gateway: expected none/,
    )
    // what was wrong before stays, and is told on the card
    const wrong = '[network]\ngateway = "10.0.0.1"\n'
    expect(editSettings(wrong, { hostname: 'b' }, 'x')).toContain(wrong)
  })
})

describe('a length is one of bytes:', () => {
  test.each([
    [rules.ssid, 'ü'.repeat(16), 'x'],
    [rules.ssid, '🎸'.repeat(8), 'x'],
    [rules.password, 'ü'.repeat(128), 'x'],
    [rules.autostart, 'é'.repeat(500), 'x'],
    [rules.image_name, 'a'.repeat(200), 'a'],
  ] as const)('of $expected', (rule, most, more) => {
    expect(whyNot(rule, most)).toBeUndefined()
    expect(whyNot(rule, most + more)).toBe(`expected ${rule.expected}`)
  })
})

describe('controls, ends of lines and what turns the direction of text', () => {
  const lines = {
    autostart: 'jack_lsp',
    ssid: 'home',
    password: 'secret',
    ssh_key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJust anna',
  } as const
  test.each(Object.entries(lines))('are in no value: %s', (name, good) => {
    const rule = rules[name as keyof typeof lines]
    expect(whyNot(rule, good)).toBeUndefined()
    for (const bad of [
      '\0',
      '\n',
      '\r',
      '\t',
      '\x1b[2J',
      '\x7f',
      '\x9b',
      '\u2028',
      '\u202e',
      '\ud800',
    ])
      expect(whyNot(rule, good + bad), JSON.stringify(bad)).toBe(`expected ${rule.expected}`)
  })

  test('are no accents, and no signs of other scripts', () => {
    for (const word of ['Küche', '東京', 'שלום', 'café ☕', 'नमस्ते'])
      expect(whyNot(rules.ssid, word)).toBeUndefined()
  })
})

describe('a public key', () => {
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJust'
  test.each([
    key,
    `${key} anna@laptop, the old one`,
    `from="192.168.1.*" ${key}`,
    `restrict,port-forwarding,command="say \\"hi, you\\"" ${key} anna`,
    key.replace('ssh-ed25519', 'sk-ssh-ed25519@openssh.com'),
    key.replace('ssh-ed25519', 'ecdsa-sha2-nistp384'),
    `cert-authority ${key.replace('ssh-ed25519', 'ssh-rsa-cert-v01@openssh.com')}`,
  ])('may be %s, in an image and on a card', (line) => {
    expect(whyNot(rules.ssh_key, line)).toBeUndefined()
    const more = `user: { ssh_keys: [${JSON.stringify(line)}] }`
    expect(planOf(choices(more)).image.user.ssh_keys).toEqual([line])
  })

  test.each([
    'ssh-ed25519',
    key.replace('ssh-ed25519', 'ssh-dss'), // OpenSSH 10 has none any more
    key.replace('ssh-ed25519', 'ssh-ed2551'),
    `from=192.168.1.1 ${key}`,
    `from="192.168.1.1 ${key}`,
    key.replace(' AAAA', ' ä'),
    `-----BEGIN OPENSSH PRIVATE KEY-----`,
  ])('is not %s', (line) => {
    expect(whyNot(rules.ssh_key, line)).toBe(`expected ${rules.ssh_key.expected}`)
    expect(refusalOf(choices(`user: { ssh_keys: [${JSON.stringify(line)}] }`))).toMatch(
      /^image\.yaml:3:\d+ user\.ssh_keys\.0: expected a public key/,
    )
  })
})

test('the hash of a password is of a kind that libcrypt knows', () => {
  for (const good of ['$6$salt$hash./', '$y$j9T$a$b', '$2b$12$abc', '$5$rounds=1000$a$b', '***'])
    expect(whyNot(rules.password_hash, good), good).toBeUndefined()
  for (const bad of ['hunter2', '$x$a$b', '$6$', '$6$a b', '$6$ä$b', '', '$8$a$b'])
    expect(whyNot(rules.password_hash, bad), bad).toBeDefined()
})

describe('the name of an image', () => {
  test('has at most 200 letters, so that every file made of it can be written', () => {
    expect(refusalOf(choices(`name: ${'a'.repeat(201)}`))).toBe(
      'image.yaml:3:7 name: expected a name of lower-case letters, digits, ".", "+" and "-", at most 200',
    )
    expect(planOf(choices(`name: ${'a'.repeat(200)}`)).name).toHaveLength(200)
  })
})

describe('the name of a package', () => {
  test.each(['nano', 'g++', 'libstdc++6', 'memtest86+', '0ad', 'libsigc++-2.0-dev', 'python3.13'])(
    'may be %s',
    (name) => {
      expect(planOf(choices(`packages: ['${name}']\ntunings: { no-python: off }`)).name).toBe(
        'pi3b-usb',
      )
    },
  )

  // of openssh-server- apt would make "take it away", of the others patterns
  test.each([
    'nano-',
    'openssh-server-',
    'a.+',
    'n.+o',
    'nano/sid',
    'nano=1',
    'nano:armhf',
    '^nano$',
    '?all',
    '~nnano',
    'n*',
    '-y',
    './x.deb',
    'a',
  ])('is not %s, which means something to apt', (name) => {
    expect(refusalOf(choices(`packages: ['${name}']`))).toMatch(
      /^image\.yaml:3:12 packages\.0: expected the name of a Debian package, such as nano$/,
    )
  })
})

test('all that is wrong with the settings of a card is said at once', () => {
  expect(
    told('hostname=Tom', 'jack.period=10', 'wifi.country=UK', 'jack.rate=1', 'read_only=yes'),
  ).toBe(
    [
      '--set-on-card hostname=Tom: expected letters, digits and "-", at most 63',
      '--set-on-card read_only=yes: expected true or false',
      '--set-on-card wifi.country=UK: expected a country that has rules for radios, as two capital letters such as DE (did you mean "GB"?)',
      '--set-on-card jack.period=10: expected a whole number from 16 to 8192',
      '--set-on-card jack.rate=1: expected a whole number from 8000 to 384000',
    ].join('\n'),
  )
})
