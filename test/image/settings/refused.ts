import type { Case } from './cases.ts'

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJust'
const many = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => `${line(i)}\n`).join('')
const long = (letters: number): string => 'a'.repeat(letters)
const network = (value: string): string => `[wifi]\nssid = "home"\n${value}\n`
/** A password or a key of a network that cannot be one, and what takes its place. */
const badSecrets: [title: string, line: string, gone: string][] = [
  ['of seven letters', 'password = "1234567"', 'password = "?"      '],
  ['with umlauts', 'password = "küchentür"', 'password = "?"          '],
  ['that is a number', 'password = 12345678', 'password = "?"     '],
  ['that is a list', 'password = ["12345678"]', 'password = ["?"       ]'],
  ['of 63 digits', `psk = "${'0f'.repeat(31)}0"`, `psk = "?"${' '.repeat(62)}`],
]

/** What was given and may not be: it changes nothing, and is told. */
export const refused: Case[] = [
  ...badSecrets.map(([title, line, gone]): Case => ({
    title: `a password of a network ${title} is refused, and its network with it`,
    files: { 'downbeat.toml': network(line) },
    read: ['refused wifi.ssid', 'keep downbeat.toml'],
    wrong: [`downbeat.toml:3:\\d+ wifi.${line.split(' ')[0]}: expected .*`],
    masked: { 'downbeat.toml': network(gone) },
  })),
  {
    title: 'a refused password in custom.toml is no open network either',
    files: { 'custom.toml': '[wlan]\nssid = "home"\npassword = "1234567"\ncountry = "DE"\n' },
    read: ['wifi.country DE', 'refused wifi.ssid', 'keep custom.toml'],
    wrong: ['custom.toml:3:12 wlan.password: expected 8 to 63 characters of ASCII'],
    masked: {
      'custom.toml': '[wlan]\nssid = "home"\npassword = "?"      \ncountry = "DE"\n',
    },
  },
  {
    title: 'a word beside a password that is neither true nor false',
    files: {
      'custom.toml': '[wlan]\nssid = "home"\npassword = "geheimnis"\npassword_encrypted = "no"\n',
    },
    read: ['refused wifi.ssid', 'keep custom.toml'],
    wrong: ['custom.toml:4:22 wlan.password_encrypted: expected true or false'],
    masked: {
      'custom.toml': '[wlan]\nssid = "home"\npassword = "?"        \npassword_encrypted = "no"\n',
    },
  },
  {
    title: 'a network that was refused leaves that of another file',
    files: {
      'custom.toml': '[wlan]\nssid = "office"\npassword = "another one"\n',
      'downbeat.toml': network('password = "1234567"'),
    },
    read: ['wifi.psk [0-9a-f]{64}', 'wifi.ssid 6f6666696365', 'keep downbeat.toml'],
    wrong: ['downbeat.toml:3:12 wifi.password: .*'],
    masked: { 'downbeat.toml': network('password = "?"      ') },
  },
  {
    title: 'what was refused and written over is told again, until it is written again',
    files: { 'downbeat.toml': network('password = "?"') },
    read: ['refused wifi.ssid', 'keep downbeat.toml'],
    wrong: [
      'downbeat.toml:3:12 wifi.password: what stood here was refused and is not kept; write it again',
    ],
  },
  {
    title: 'a key with options is taken, and a bad one never takes the others with it',
    files: {
      'downbeat.toml': `[user]\nssh_keys = ['${key} a', 'from="192.168.1.*",command="echo \\"a, b\\"" ${key} b', "no key", 7]\n`,
    },
    read: [
      `user.ssh_keys ${key} a`,
      `user.ssh_keys from="192.168.1.*",command="echo \\"a, b\\"" ${key} b`,
      'keep downbeat.toml',
    ],
    wrong: ['downbeat.toml:2:\\d+ user.ssh_keys: .*', 'downbeat.toml:2:\\d+ user.ssh_keys: .*'],
  },
  {
    title: 'a name that cannot be leaves the password',
    files: { 'userconf.txt': 'An na:$6$a$b\n' },
    read: ['refused user.name', 'user.password_hash $6$a$b', 'keep userconf.txt'],
    wrong: ['userconf.txt:1:1 in front of the colon: expected a Unix user name'],
    masked: { 'userconf.txt': 'An na:******\n' },
  },
  {
    title: 'a name that begins with a line below',
    files: { 'userconf.txt': '_jam:$5$a$b\n' },
    read: ['user.name _jam', 'user.password_hash $5$a$b'],
  },
  {
    title: 'more lines than one of userconf.txt',
    files: { 'userconf.txt': 'anna:$6$a$b\nben:geheim\n' },
    read: ['user.name anna', 'user.password_hash $6$a$b', 'keep userconf.txt'],
    wrong: ['userconf.txt:2:1 expected one line: the card has one account'],
    masked: { 'userconf.txt': 'anna:******\n??????????\n' },
    nowhere: ['geheim'],
  },
  {
    title: 'keys with a dot in themselves, their secrets written over',
    files: {
      'downbeat.toml': '"wifi.ssid" = "home"\n"wifi.password" = "geheim-geheim"\n',
      'custom.toml': '"wlan.password" = "geheim-geheim"\n',
    },
    read: ['keep custom.toml', 'keep downbeat.toml'],
    wrong: [
      'custom.toml:1:1 wlan.password: write it without quotes',
      'downbeat.toml:1:1 wifi.ssid: write it without quotes',
      'downbeat.toml:2:1 wifi.password: write it without quotes',
    ],
    masked: {
      'downbeat.toml': '"wifi.ssid" = "home"\n"wifi.password" = "?"            \n',
      'custom.toml': '"wlan.password" = "?"            \n',
    },
    nowhere: ['geheim'],
  },
  {
    title: 'an odd letter in the head of a table costs its own file only',
    files: { 'downbeat.toml': 'hostname = "x"\n[#wifi]\n', 'userconf.txt': 'anna:$6$a$b\n' },
    read: ['user.name anna', 'user.password_hash $6$a$b', 'keep downbeat.toml'],
    wrong: ["downbeat.toml:2:2 .* saw '#'; nothing of this file is applied or written over"],
  },
  {
    title: 'letters that are not of ASCII and stand in no quotes',
    files: { 'downbeat.toml': 'hostname = "x"\nautostart = ü\n', 'custom.toml': 'ü\n[ü]\n' },
    read: ['keep custom.toml', 'keep downbeat.toml'],
    wrong: ['custom.toml:1:1 .*', 'downbeat.toml:2:13 .*'],
  },
  {
    title: 'a head of 40,000 tables',
    files: { 'downbeat.toml': `[${'a.'.repeat(40_000)}a]\n`, ssh: '' },
    read: ['ssh.enabled true', 'keep downbeat.toml'],
    wrong: ['downbeat.toml:1:1 too many dots in a key; .*'],
  },
  {
    title: 'lists in lists, 40,000 deep',
    files: {
      'downbeat.toml': `a = ${'['.repeat(40_000)}\n`,
      'user-data': `#cloud-config\na: ${'['.repeat(40_000)}\n`,
    },
    read: ['keep user-data', 'keep downbeat.toml'],
    wrong: ['user-data:2:\\d+ .*', 'downbeat.toml:1:\\d+ .*'],
  },
  {
    title: 'a megabyte of keys that nobody knows: twenty are told, and how many there are',
    files: { 'downbeat.toml': many(60_000, (i) => `key${i} = 1`) },
    read: ['keep downbeat.toml'],
    wrong: [
      ...Array.from(
        { length: 20 },
        (_, i) => `downbeat.toml:${i + 1}:1 key${i}: there is no such setting.*`,
      ),
      'downbeat.toml: and 59980 more',
    ],
  },
  {
    title: 'half a million values in one line, each of which may be a secret',
    files: { 'downbeat.toml': `password = [${'1,'.repeat(500_000)}1]\n` },
    read: ['keep downbeat.toml'],
    wrong: ['downbeat.toml:1:1 password: there is no such setting'],
    masked: { 'downbeat.toml': `password = [${'0,'.repeat(500_000)}0]\n` },
  },
  {
    title: 'a table with a name of half a megabyte, and one below a long name: secrets in them go',
    files: {
      'downbeat.toml': `[${long(500_000)}]\n${many(30_000, (i) => `key${i} = 1`)}psk = "geheim-geheim"\n[${long(300)}.b]\npassword = "geheim-geheim"\n`,
    },
    read: ['keep downbeat.toml'],
    wrong: [
      'downbeat.toml:1:2 a{80}...: there is no such setting',
      'downbeat.toml:30003:2 a{80}...: there is no such setting',
    ],
    masked: {
      'downbeat.toml': `[${long(500_000)}]\n${many(30_000, (i) => `key${i} = 1`)}psk = "?"            \n[${long(300)}.b]\npassword = "?"            \n`,
    },
    nowhere: ['geheim'],
  },
  {
    title: 'a megabyte of empty lines',
    files: { 'downbeat.toml': `${'\n'.repeat(1_000_000)}hostname = "x"\n` },
    read: ['hostname x'],
  },
  {
    title: 'a megabyte of %TAG, each of which is compared with all before it',
    files: {
      'user-data': `#cloud-config\n${many(60_000, (i) => `%TAG !a${i}! b`)}---\nhostname: x\n`,
    },
    read: ['keep user-data'],
    wrong: ['user-data: it has too many %TAG; nothing of this file is applied or written over'],
  },
  {
    title: 'a list of more than there may be: it is refused as a whole',
    files: {
      'downbeat.toml': `[user]\nssh_keys = [${`"${key}",`.repeat(101)}]\n[network]\naddress = "192.168.1.20/24"\ndns = [${'"9.9.9.9",'.repeat(4)}]\n`,
    },
    read: [
      'network.address 192.168.1.20/24',
      'refused network.dns',
      'refused user.ssh_keys',
      'keep downbeat.toml',
    ],
    wrong: [
      'downbeat.toml:2:12 user.ssh_keys: expected at most 100 of them',
      'downbeat.toml:5:7 network.dns: expected at most 3 of them',
    ],
  },
  {
    title: 'a variant of a keyboard that its layout does not have',
    files: {
      'user-data': '#cloud-config\nkeyboard:\n  variant: dvorak-intl\n  layout: us\n',
      'downbeat.toml': 'keyboard_variant = "dvorak-intl"\nkeyboard = "de"\n',
    },
    read: ['keyboard de', 'refused keyboard_variant', 'keep downbeat.toml'],
    wrong: [
      'downbeat.toml:1:20 keyboard_variant: expected a variant that the layout de has: T3, deadacute, .*, nodeadkeys, qwerty, \\.\\.\\.',
    ],
  },
  {
    title: 'the same in user-data; a layout with many variants, and one that has none',
    files: {
      'user-data': '#cloud-config\nkeyboard:\n  variant: nodeadkeys\n  layout: us\n',
      'downbeat.toml': 'keyboard = "za"\nkeyboard_variant = "intl"\n',
    },
    read: ['keyboard za', 'refused keyboard_variant', 'keep user-data', 'keep downbeat.toml'],
    wrong: [
      'user-data:3:12 keyboard.variant: expected a variant that the layout us has: .{80,120}, \\.\\.\\.',
      'downbeat.toml:2:20 keyboard_variant: expected none: the layout za has no variants',
    ],
  },
  {
    title: 'a gateway and servers without an address, and beside one that comes by itself',
    files: {
      'downbeat.toml': '[network]\naddress = "dhcp"\ngateway = "192.168.1.1"\ndns = ["9.9.9.9"]\n',
    },
    read: [
      'network.address dhcp',
      'refused network.dns',
      'refused network.gateway',
      'keep downbeat.toml',
    ],
    wrong: [
      'downbeat.toml:3:11 network.gateway: expected none beside address = "dhcp": it comes from there, too',
      'downbeat.toml:4:7 network.dns: expected none beside address = "dhcp": it comes from there, too',
    ],
  },
  {
    title: 'a gateway without an address, and an empty list beside none',
    files: { 'downbeat.toml': '[network]\ngateway = "192.168.1.1"\ndns = []\n' },
    read: ['network.dns ', 'refused network.gateway', 'keep downbeat.toml'],
    wrong: ['downbeat.toml:2:11 network.gateway: expected network.address beside it'],
  },
  {
    title: 'what belongs to a network, without its name',
    files: {
      'downbeat.toml': `[wifi]\npassword = "geheimgeheim"\npsk = "${'0f'.repeat(32)}"\nhidden = true\n`,
    },
    read: [],
    wrong: ['password', 'psk', 'hidden'].map(
      (name) => `wifi.${name}: expected wifi.ssid beside it`,
    ),
    masked: {
      'downbeat.toml': `[wifi]\npassword = "${'*'.repeat(12)}"\npsk = "${'*'.repeat(64)}"\nhidden = true\n`,
    },
    nowhere: ['geheim'],
  },
  {
    title: 'a file of more than a megabyte',
    files: { 'downbeat.toml': '#'.repeat(1_100_000) },
    read: ['keep downbeat.toml'],
    wrong: ['downbeat.toml: expected at most 1 MiB; nothing of it is read'],
  },
  {
    title: 'folders where files should be',
    files: {},
    folders: ['ssh', 'downbeat.toml'],
    read: ['keep ssh', 'keep downbeat.toml'],
    wrong: [
      'ssh: expected a file; it is a folder: delete it',
      'downbeat.toml: expected a file; it is a folder: delete it',
    ],
  },
  {
    title: 'controls of a terminal in values and in names',
    files: {
      'downbeat.toml':
        'autostart = "a\u009B31mred"\n"\\u001b[2Jkey\\u202e" = 1\n[wifi]\nssid = "\u202Ex"\n',
    },
    read: ['refused autostart', 'refused wifi.ssid', 'keep downbeat.toml'],
    wrong: [
      'downbeat.toml:1:13 autostart: expected one command.*',
      'downbeat.toml:2:1 \\\\u001b\\[2Jkey\\\\u202e: there is no such setting',
      'downbeat.toml:4:8 wifi.ssid: .*',
    ],
  },
  {
    title: 'a secret without quotes is not said',
    files: { 'downbeat.toml': '[wifi]\npassword = tgeheim\n' },
    read: ['keep downbeat.toml'],
    wrong: ["downbeat.toml:2:\\d+ (?!.*geheim).* expected 'true', saw '...'.*"],
  },
  {
    title: 'names that Windows has made of those of files of settings',
    files: { 'downbeat.toml.txt': 'hostname = "x"\n', 'user-data.txt': '#cloud-config\n' },
    read: [],
    wrong: [
      'user-data.txt: it is not read: its name has to be user-data',
      'downbeat.toml.txt: it is not read: its name has to be downbeat.toml',
    ],
  },
]
