import { chosen } from '../first-boot/cards.ts'
import { networkConfig, userData } from '../settings/others.ts'
import type { Card } from './card.ts'
import {
  anna,
  country,
  hidden,
  keys,
  named,
  password,
  plain,
  psk,
  ssh,
  starts_ssh,
  toml,
  wifi,
} from './changes.ts'

const london = {
  '/etc/localtime': '/usr/share/zoneinfo/Europe/London',
  '/etc/timezone': 'Europe/London\n',
}
const dvorak = { '/etc/default/keyboard': /^XKBLAYOUT="gb"\nXKBVARIANT="dvorak"$/m }
const britain = {
  '/etc/modprobe.d/downbeat-wifi-country.conf': 'options cfg80211 ieee80211_regdom=GB\n',
}

/** Cards with files that are made for other systems. */
export const fromOthers: Card[] = [
  {
    title: 'with what Imager writes for cloud-init has it all, and is told what it has not',
    starts: [
      {
        put: {
          'user-data': userData.replace('locale: en_GB.UTF-8\n', ''),
          'network-config': networkConfig,
          'meta-data': 'instance-id: rpi-imager-1764470000000\n',
        },
        after: {
          files: {
            ...named('studio'),
            ...london,
            ...dvorak,
            ...anna,
            ...password('anna', '\\$y\\$j9T\\$salt\\$hash'),
            ...keys('anna', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJust anna@laptop'),
            ...ssh,
            ...wifi('Küche', psk, hidden),
            ...britain,
          },
          asks: ['daemon-reload', ...starts_ssh],
          hostname: 'studio',
          nowhere: ['$y$j9T$salt$hash"', `"${psk}"`],
        },
      },
    ],
  },
  {
    title: 'with user-data of which something is refused keeps it without its secrets',
    starts: [
      {
        put: {
          'user-data': `#cloud-config\nhostname: studio\npackages: [vim]\npassword: ${plain}\n`,
        },
        after: {
          files: {
            ...named('studio'),
            ...password('musician', '\\$y\\$[^:]+'),
            '/boot/firmware/user-data':
              '#cloud-config\nhostname: studio\npackages: [vim]\npassword: "*"           \n',
          },
          problems: ['user-data:3:1 packages: this system does not read it'],
          hostname: 'studio',
          again: true,
          nowhere: [plain],
        },
      },
    ],
  },
  {
    title: 'with wpa_supplicant.conf and ssh joins the network, and has SSH',
    starts: [
      {
        put: {
          'wpa_supplicant.conf':
            'country=DE\nctrl_interface=DIR=/var/run/wpa_supplicant GROUP=netdev\nupdate_config=1\n\nnetwork={\n\tssid="home"\n\tpsk=' +
            `${psk}\n}\n`,
          ssh: '',
        },
        after: {
          files: { ...wifi('home', psk), ...country, ...ssh },
          asks: starts_ssh,
        },
      },
    ],
  },
  {
    title:
      'that is told a language has it where the image has it, and else is told which there are',
    starts: [
      { put: toml('locale = "C"'), after: {} },
      {
        put: toml('locale = "de_DE.UTF-8"', 'keyboard_variant = "intl"'),
        after: {
          files: { '/etc/default/keyboard': /^XKBLAYOUT="us"\nXKBVARIANT="intl"$/m },
          problems: [/^locale: this image has no de_DE\.UTF-8; it has: .*C\.utf8/],
        },
      },
      {
        put: toml('keyboard_variant = "nodeadkeys"'),
        after: {
          files: { '/etc/default/keyboard': /^XKBLAYOUT="us"\nXKBVARIANT="intl"$/m },
          problems: [/^keyboard_variant: expected a variant that the layout us has: /],
        },
      },
    ],
  },
  {
    title: 'with a file whose name Windows has made longer says what it has to be',
    starts: [
      {
        put: { 'userconf.txt': `musician:${chosen.hash}\n`, 'downbeat.toml.txt': '# x\n' },
        after: {
          files: {
            ...password('musician'),
            '/var/lib/downbeat/user': 'musician\n',
            '/boot/firmware/downbeat.toml.txt': /./,
          },
          problems: ['downbeat.toml.txt: it is not read: its name has to be downbeat.toml'],
          again: true,
        },
      },
    ],
  },
]
