import { others } from './others.ts'
import { refused } from './refused.ts'

/** Files on a boot partition, and what downbeat-settings has to say about them. */
export interface Case {
  title: string
  files: Record<string, string>
  /** names of files that are folders there */
  folders?: string[]
  /** lines "key value", in the order of the keys; then those of files that are kept */
  read: string[]
  /** lines on standard error */
  wrong?: string[]
  /** by name, the files that are another after their secrets were written over */
  masked?: Record<string, string>
  /** secrets that stand in no file any more then, and are said nowhere */
  nowhere?: string[]
}

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJust'
const long = 'a'.repeat(100_000)
const stars = (count: number): string => '*'.repeat(count)

const everything = [
  '\uFEFFhostname = "studio"',
  'timezone = "America/Argentina/Buenos_Aires"',
  'keyboard = "de"',
  'autostart = "jack_lsp | sort >\'/tmp/a b\'"',
  '[user]',
  'name = "anna"',
  `ssh_keys = ["${key} anna@laptop", '${key}2']`,
  "password_hash = '$6$salt$hash./'",
  '[ssh]',
  'enabled = true',
  'password_login = false',
  '[wifi]',
  'ssid = "IEEE"',
  'password = "password"',
  'hidden = true',
  'country = "DE"',
  '[network]',
  'address = "192.168.1.20/24"',
  'gateway = "192.168.1.1"',
  'dns = ["192.168.1.1", "9.9.9.9"]',
  '[jack]',
  'period = 64',
  'periods = 3',
  'rate = 96000',
  '',
].join('\r\n')

export const cases: Case[] = [
  { title: 'nothing', files: {}, read: [] },
  { title: 'an empty file', files: { 'downbeat.toml': '' }, read: [] },
  {
    title: 'comments only',
    files: { 'downbeat.toml': '# hostname = "x"\r\n[wifi]\r\n#ssid = "x"\r\n' },
    read: [],
  },
  {
    title: 'every key, on Windows, with a byte order mark',
    files: {
      'downbeat.toml': everything,
    },
    read: [
      "autostart jack_lsp | sort >'/tmp/a b'",
      'hostname studio',
      'jack.period 64',
      'jack.periods 3',
      'jack.rate 96000',
      'keyboard de',
      'network.address 192.168.1.20/24',
      'network.dns 192.168.1.1',
      'network.dns 9.9.9.9',
      'network.gateway 192.168.1.1',
      'ssh.enabled true',
      'ssh.password_login false',
      'timezone America/Argentina/Buenos_Aires',
      'user.name anna',
      'user.password_hash $6$salt$hash./',
      `user.ssh_keys ${key} anna@laptop`,
      `user.ssh_keys ${key}2`,
      'wifi.country DE',
      'wifi.hidden true',
      // the example of IEEE 802.11, J.4
      'wifi.psk f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e',
      'wifi.ssid 49454545',
    ],
    masked: {
      'downbeat.toml': everything
        .replace('$6$salt$hash./', stars(14))
        .replace('"password"', `"${stars(8)}"`),
    },
  },
  {
    title: 'mistakes of the syntax',
    files: { 'downbeat.toml': 'hostname = "x"\n\n  [wifi\nssid = 3\n' },
    read: ['keep downbeat.toml'],
    wrong: ['downbeat.toml:3:8 .*'],
  },
  {
    title: 'a text without an end, its secret not shown',
    files: { 'downbeat.toml': '[wifi]\r\npassword = "geheim\r\n' },
    read: ['keep downbeat.toml'],
    wrong: ['downbeat.toml:2:\\d+ (?!.*geheim).*'],
  },
  {
    title: 'wrong values, each by itself, and no network without its password',
    files: {
      'downbeat.toml':
        'hostname = "Tom\'s Pi"\nkeyboard = "de"\n[user]\nname = "root;reboot"\nssh_keys = ["ssh-rsa", 3]\n[wifi]\nssid = "x"\npassword = "short"\n[jack]\nperiod = 10\nrate = "48000"\nperiods = 9\n',
    },
    read: [
      'refused hostname',
      'refused jack.period',
      'refused jack.periods',
      'refused jack.rate',
      'keyboard de',
      'refused user.name',
      'refused user.ssh_keys',
      'refused wifi.ssid',
      'keep downbeat.toml',
    ],
    wrong: [
      'downbeat.toml:1:12 hostname: expected letters, digits and "-", at most 63',
      'downbeat.toml:4:8 user.name: expected a Unix user name',
      'downbeat.toml:5:13 user.ssh_keys: expected a public key, such as the text of id_ed25519.pub',
      'downbeat.toml:5:24 user.ssh_keys: expected a public key, such as the text of id_ed25519.pub',
      'downbeat.toml:8:12 wifi.password: expected 8 to 63 characters of ASCII',
      'downbeat.toml:10:10 jack.period: expected a whole number from 16 to 8192',
      'downbeat.toml:11:8 jack.rate: expected a whole number from 8000 to 384000',
      'downbeat.toml:12:11 jack.periods: expected a whole number from 2 to 8',
    ],
    masked: {
      'downbeat.toml':
        'hostname = "Tom\'s Pi"\nkeyboard = "de"\n[user]\nname = "root;reboot"\nssh_keys = ["ssh-rsa", 3]\n[wifi]\nssid = "x"\npassword = "?"    \n[jack]\nperiod = 10\nrate = "48000"\nperiods = 9\n',
    },
  },
  {
    title: 'unknown keys, and the nearest that there is',
    files: {
      'downbeat.toml': 'hostnam = "x"\n[wlan]\nssid = "x"\n[wifi]\npasword = "secret secret"\n',
    },
    read: ['keep downbeat.toml'],
    wrong: [
      'downbeat.toml:1:1 hostnam: there is no such setting \\(did you mean "hostname"\\?\\)',
      'downbeat.toml:3:1 wlan.ssid: there is no such setting.*',
      'downbeat.toml:5:1 wifi.pasword: there is no such setting \\(did you mean "wifi.password"\\?\\)',
    ],
    masked: {
      'downbeat.toml': 'hostnam = "x"\n[wlan]\nssid = "x"\n[wifi]\npasword = "?"            \n',
    },
  },
  {
    title: 'names of networks that would do harm in a shell or a file',
    files: { 'downbeat.toml': '[wifi]\nssid = "$(reboot)`id`\'\\"; ü"\n' },
    read: [`wifi.ssid ${Buffer.from('$(reboot)`id`\'"; ü').toString('hex')}`],
  },
  {
    title: 'line ends, tabs and other control characters in values',
    files: {
      'downbeat.toml':
        'autostart = "a\\nb"\nhostname = "a\\n"\n[wifi]\nssid = "a\\u0000b"\n[user]\nssh_keys = ["' +
        key +
        ' a\\tb"]\n',
    },
    read: [
      'refused autostart',
      'refused hostname',
      'refused user.ssh_keys',
      'refused wifi.ssid',
      'keep downbeat.toml',
    ],
    wrong: [
      '.*:1:13 autostart.*',
      '.*:2:12 hostname.*',
      '.*:4:8 wifi.ssid.*',
      '.*:6:13 user.ssh_keys.*',
    ],
  },
  {
    title: 'values as long as nobody writes them',
    files: {
      'downbeat.toml': `hostname = "${long}"\nautostart = "${long}"\n[user]\nssh_keys = ["ssh-rsa ${long}"]\n${long} = 1\n`,
    },
    read: ['refused autostart', 'refused hostname', 'refused user.ssh_keys', 'keep downbeat.toml'],
    wrong: [
      '.*:1:12 hostname.*',
      '.*:2:13 autostart.*',
      '.*:4:13 user.ssh_keys.*',
      '.{0,40}:5:1 user.a{75}...: there is no such setting',
    ],
  },
  {
    title: 'a name of a network of 32 bytes, and one of 33',
    files: {
      'downbeat.toml': `[wifi]\nssid = "${'ü'.repeat(16)}"\n`,
      'custom.toml': `[wlan]\nssid = "${'ü'.repeat(16)}x"\n`,
    },
    read: [`wifi.ssid ${'c3bc'.repeat(16)}`, 'keep custom.toml'],
    wrong: ['custom.toml:2:8 wlan.ssid: expected the name of a network, at most 32 bytes'],
  },
  {
    title: 'secrets of every kind of quotes are written over, and mean "as it is"',
    files: {
      'downbeat.toml': `[wifi]\r\nssid = "ü" # ü\r\npassword = "ge\\"he\\\\im'1" # ü\r\n[user]\npassword_hash = '''$6$a$b'''\n`,
    },
    read: ['user.password_hash $6$a$b', 'wifi.psk [0-9a-f]{64}', 'wifi.ssid c3bc'],
    masked: {
      'downbeat.toml': `[wifi]\r\nssid = "ü" # ü\r\npassword = "${stars(12)}" # ü\r\n[user]\npassword_hash = '''${stars(6)}'''\n`,
    },
  },
  {
    title: 'stars keep what is there',
    files: {
      'downbeat.toml': 'wifi = { ssid = "x", password = "***" }\nuser = { password_hash = "*" }\n',
    },
    read: ['user.password_hash *', 'wifi.psk *', 'wifi.ssid 78'],
  },
  {
    title: 'what another file says anew, stars do not undo',
    files: {
      'userconf.txt': 'anna:$6$new$hash\n',
      'custom.toml': '[wlan]\nssid = "x"\npassword = "another one"\n',
      'downbeat.toml': '[user]\npassword_hash = "***"\n[wifi]\npassword = "***"\n',
    },
    read: [
      'user.name anna',
      'user.password_hash $6$new$hash',
      'wifi.psk [0-9a-f]{64}',
      'wifi.ssid 78',
    ],
  },
  {
    title: 'a new key beside the stars of an old password',
    files: {
      'downbeat.toml': `[wifi]\nssid = "x"\npassword = "***"\npsk = "${'0f'.repeat(32)}"\n`,
    },
    read: [`wifi.psk ${'0f'.repeat(32)}`, 'wifi.ssid 78'],
    masked: { 'downbeat.toml': `[wifi]\nssid = "x"\npassword = "***"\npsk = "${stars(64)}"\n` },
  },
  {
    title: 'a password for another network than the one that has the last word',
    files: {
      'custom.toml': '[wlan]\nssid = "office"\npassword = "another one"\n',
      'downbeat.toml': '[wifi]\nssid = "x"\npassword = "***"\n',
    },
    read: ['wifi.psk *', 'wifi.ssid 78'],
  },
  {
    title: 'a key beside a password, in one file and in two',
    files: {
      'custom.toml': `[wlan]\nssid = "x"\npassword = "${'f0'.repeat(32)}"\npassword_encrypted = true\n`,
      'downbeat.toml': `[wifi]\nssid = "x"\npassword = "an old one"\npsk = "${'0f'.repeat(32)}"\n`,
    },
    read: [`wifi.psk ${'0f'.repeat(32)}`, 'wifi.ssid 78'],
    masked: {
      'downbeat.toml': `[wifi]\nssid = "x"\npassword = "${stars(10)}"\npsk = "${stars(64)}"\n`,
    },
  },
  {
    title: 'a password without a network',
    files: { 'downbeat.toml': 'wifi.password = "password"\n' },
    read: [],
    wrong: ['wifi.password: expected wifi.ssid beside it'],
    masked: { 'downbeat.toml': `wifi.password = "${stars(8)}"\n` },
  },
  {
    title: 'custom.toml of Raspberry Pi OS',
    files: {
      'custom.toml': `config_version = 1\n[system]\nhostname = "c"\n[user]\nname = "b"\npassword = "geheim ü"\npassword_encrypted = false\n[ssh]\nenabled = true\npassword_authentication = false\nauthorized_keys = [ "${key}" ]\nssh_import_id = "gh:x"\n[wlan]\nssid = "n"\npassword = "${'0f'.repeat(32)}"\npassword_encrypted = true\nhidden = false\ncountry = "GB"\n[locale]\nkeymap = "gb"\ntimezone = "Europe/London"\n`,
    },
    read: [
      'hostname c',
      'keyboard gb',
      'ssh.enabled true',
      'ssh.password_login false',
      'timezone Europe/London',
      'user.name b',
      'user.password geheim ü',
      `user.ssh_keys ${key}`,
      'wifi.country GB',
      'wifi.hidden false',
      `wifi.psk ${'0f'.repeat(32)}`,
      'wifi.ssid 6e',
      'keep custom.toml',
    ],
    wrong: ['custom.toml:12:1 ssh.ssh_import_id: there is no such setting'],
    masked: {
      'custom.toml': `config_version = 1\n[system]\nhostname = "c"\n[user]\nname = "b"\npassword = "${stars(9)}"\npassword_encrypted = false\n[ssh]\nenabled = true\npassword_authentication = false\nauthorized_keys = [ "${key}" ]\nssh_import_id = "gh:x"\n[wlan]\nssid = "n"\npassword = "${stars(64)}"\npassword_encrypted = true\nhidden = false\ncountry = "GB"\n[locale]\nkeymap = "gb"\ntimezone = "Europe/London"\n`,
    },
  },
  {
    title: 'rpi-preseed.toml, and the others after it; ours has the last word',
    files: {
      'rpi-preseed.toml':
        'config_version = "1.1"\n[system]\nhostname = "preseed"\n[user]\nname = "p"\ngroups = ["docker"]\n[locale]\nkeymap = "gb"\n',
      'custom.toml': '[system]\nhostname = "custom"\n',
      'userconf.txt': 'conf:$5$a$b\r\n',
      'ssh.txt': '',
      'downbeat.toml': 'hostname = "ours"\n',
    },
    read: [
      'hostname ours',
      'keyboard gb',
      'ssh.enabled true',
      'user.name conf',
      'user.password_hash $5$a$b',
      'keep rpi-preseed.toml',
    ],
    wrong: ['rpi-preseed.toml:6:10 user.groups: the account stays in the groups of the image'],
  },
  {
    title: 'rpi-preseed.toml of a newer Imager, for a network whose name is no text',
    files: {
      'rpi-preseed.toml': `config_version = "1.0"\n\n[user]\nname = "anna"\npassword = "$y$j9T$salt$hash"\npassword_encrypted = true\ngroups = ["sudo"]\npasswordless_sudo = true\n\n[wlan]\nssid_hex = "6ee9"\npassword = "${'0f'.repeat(32)}"\npassword_encrypted = true\nhidden = false\n`,
    },
    read: [
      'user.name anna',
      'user.password_hash $y$j9T$salt$hash',
      'wifi.hidden false',
      `wifi.psk ${'0f'.repeat(32)}`,
      'wifi.ssid 6ee9',
    ],
  },
  {
    title: 'a wish for sudo with a password, which this system has not',
    files: { 'custom.toml': '[user]\nname = "b"\npasswordless_sudo = false\n' },
    read: ['user.name b', 'keep custom.toml'],
    wrong: ['custom.toml:3:21 user.passwordless_sudo: sudo asks for no password on this system'],
  },
  {
    title: 'userconf.txt without a hash',
    files: { 'userconf.txt': 'anna:secret\n' },
    read: ['user.name anna', 'refused user.password_hash', 'keep userconf.txt'],
    wrong: ['userconf.txt:1:6 behind the colon: expected what `openssl passwd -6` prints'],
    masked: { 'userconf.txt': 'anna:?     \n' },
  },
  {
    title: 'a file that was wiped but not removed yet',
    files: { 'custom.toml': '\0'.repeat(400) },
    read: [],
  },
  {
    title: 'bytes that are no text',
    files: { 'downbeat.toml': 'hostname = "\u0001"\n' },
    read: ['keep downbeat.toml'],
    wrong: ['downbeat.toml:1:\\d+ .*'],
  },
  ...refused,
  ...others,
]
