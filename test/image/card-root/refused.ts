import { chosen } from '../first-boot/cards.ts'
import type { Card } from './card.ts'
import {
  cmdline,
  country,
  key2,
  keyboard,
  keys,
  named,
  password,
  renamed,
  ssh,
  starts_ssh,
  toml,
  wifi,
} from './changes.ts'
import { program, script, words } from './imager.ts'

const home = (...lines: string[]): string[] => ['[wifi]', 'ssid = "home"', ...lines]
const regdom = cmdline(/^-.*\n\+root=\S+-02 (?!.*systemd).*[^ ] cfg80211\.ieee80211_regdom=DE +\n$/)
const joined = {
  put: toml(...home(`psk = "${'0f'.repeat(32)}"`, 'country = "DE"')),
  after: { files: { ...wifi('home', '0f'.repeat(32)), ...country } },
}
const withOptions = `from="192.168.1.*",no-pty ${key2}`

/** Cards that are told something that cannot be: it changes nothing, and is told. */
export const refused: Card[] = [
  {
    title: 'that is told a password that cannot be stays in its network',
    starts: [
      joined,
      {
        put: toml(...home('password = "1234567"')),
        after: {
          files: { ...wifi('home', '0f'.repeat(32)), ...country },
          problems: ['downbeat.toml:3:12 wifi.password: expected 8 to 63 characters of ASCII'],
          nowhere: ['1234567"'],
        },
      },
      {
        put: { 'custom.toml': '[wlan]\nssid = "home"\npassword = "küche"\ncountry = "DE"\n' },
        after: {
          files: {
            ...wifi('home', '0f'.repeat(32)),
            ...country,
            '/boot/firmware/custom.toml':
              '[wlan]\nssid = "home"\npassword = "?"     \ncountry = "DE"\n',
          },
          problems: [
            'custom.toml:3:12 wlan.password: expected 8 to 63 characters of ASCII',
            'downbeat.toml:3:12 wifi.password: what stood here was refused and is not kept; write it again',
          ],
          again: true,
          nowhere: ['küche'],
        },
      },
    ],
  },
  {
    title: 'whose network loses its country only where it is told another one',
    starts: [
      joined,
      {
        put: toml(...home(`psk = "${'0f'.repeat(32)}"`, 'country = "Germany"')),
        after: {
          files: { ...wifi('home', '0f'.repeat(32)), ...country },
          problems: [/^downbeat\.toml:4:11 wifi\.country: /],
        },
      },
    ],
  },
  {
    title: 'that is told in a wrong way that SSH is to be off keeps it as it is',
    starts: [
      {
        put: toml('[user]', `ssh_keys = ['${chosen.key}']`, '[ssh]', 'enabled = "false"'),
        after: {
          files: keys('musician', chosen.key),
          problems: ['downbeat.toml:4:11 ssh.enabled: expected true or false'],
          asks: ['--no-block try-restart ssh.service'],
        },
      },
    ],
  },
  {
    title: 'whose only key is refused takes no password over the network instead',
    starts: [
      {
        put: toml(
          '[user]',
          "ssh_keys = ['no key']",
          `password_hash = '${chosen.hash}'`,
          '[ssh]',
          'enabled = true',
        ),
        after: {
          files: { ...password('musician'), ...ssh },
          problems: [/^downbeat\.toml:2:13 user\.ssh_keys: /],
          asks: starts_ssh,
        },
      },
    ],
  },
  {
    title: 'with a megabyte of keys that nobody knows says so on a screen',
    starts: [
      {
        put: toml(...Array.from({ length: 60_000 }, (_, i) => `key${i} = 1`)),
        after: {
          problems: [
            ...Array.from({ length: 20 }, () => /there is no such setting/),
            'downbeat.toml: and 59980 more',
          ],
        },
      },
    ],
  },
  {
    title:
      'with an odd letter in a file, controls of a terminal in another, and a folder named ssh',
    starts: [
      {
        put: {
          'custom.toml': '[system]\nhostname = "studio"\n[#x]\n',
          'rpi-preseed.toml': '[system]\nhostname = "studio"\n"\\u001b[2J\\u009b\\u202e" = 1\n',
          'ssh/x': '',
          ...toml('keyboard = "de"'),
        },
        after: {
          files: {
            ...named('studio'),
            ...keyboard,
            '/boot/firmware/custom.toml': /./,
            '/boot/firmware/rpi-preseed.toml': /./,
            '/boot/firmware/ssh/x': '',
          },
          hostname: 'studio',
          problems: [
            'rpi-preseed.toml:3:1 system.\\u001b[2J\\u009b\\u202e: there is no such setting',
            /^custom\.toml:3:2 .*nothing of this file is applied or written over$/,
            'ssh: expected a file; it is a folder: delete it',
          ],
          again: true,
        },
      },
    ],
  },
  {
    title: 'with a firstrun.sh that cmdline.txt does not name says that it is not run',
    starts: [
      {
        put: script('reboot'),
        after: {
          files: { '/boot/firmware/firstrun.sh': /./ },
          problems: [/^firstrun\.sh: it is not run: cmdline\.txt does not name it\./],
          again: true,
        },
      },
    ],
  },
  {
    title: 'whose firstrun.sh has keys with options, and a bad one, takes the others and says so',
    starts: [
      {
        put: script(
          `${program} enable_ssh -k '${chosen.key}' '${withOptions}' 'no key'`,
          `${program} set_wlan 'home' 'kurz zu' 'DE'`,
          `${program} set_timezone 'nowhere'`,
          `${program} do_something`,
          `/usr/lib/userconf-pi/userconf 'Jam Band' '${chosen.hash}'`,
          'raspi-config nonint do_boot_behaviour B1',
          'exit 0',
        ),
        append: words,
      },
      {
        after: {
          files: {
            ...keys('musician', chosen.key, withOptions),
            ...password('musician'),
            ...ssh,
            ...country,
            ...regdom,
          },
          problems: [
            'firstrun.sh: user.ssh_keys: expected a public key, such as the text of id_ed25519.pub',
            'firstrun.sh: wifi.password: expected 8 to 63 characters of ASCII',
            /^firstrun\.sh: timezone: expected /,
            'firstrun.sh: imager_custom: this system cannot do what it asks for',
            'firstrun.sh: user.name: expected a Unix user name',
            'firstrun.sh:8: raspi-config: this system has none; downbeat.toml can say the same',
          ],
          nowhere: ['kurz zu'],
        },
      },
    ],
  },
  {
    title: 'whose firstrun.sh has a bad key alone takes no password over the network instead',
    starts: [
      {
        put: script(
          `/usr/lib/userconf-pi/userconf '_jam' '${chosen.hash}'`,
          `${program} enable_ssh 'no key'`,
          'exit 0',
        ),
        append: words,
      },
      {
        after: {
          files: { ...renamed('_jam'), ...password('_jam'), ...ssh, ...regdom },
          problems: [/^firstrun\.sh: user\.ssh_keys: /],
        },
      },
    ],
  },
]
