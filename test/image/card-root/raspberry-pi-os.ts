import { chosen } from '../first-boot/cards.ts'
import type { Card } from './card.ts'
import {
  anna,
  byPassword,
  country,
  keyboard,
  keys,
  named,
  password,
  plain,
  psk,
  ssh,
  starts_ssh,
  tokyo,
  toml,
  wifi,
} from './changes.ts'

/** Cards with the files of Raspberry Pi OS. */
export const ofRaspberryPiOS: Card[] = [
  {
    title: 'with custom.toml and a plain password has it all, and the file is gone',
    starts: [
      {
        put: {
          'custom.toml': `config_version = 1
[system]
hostname = "${chosen.hostname}"
[user]
name = "anna"
password = "${plain}"
password_encrypted = false
[ssh]
enabled = true
password_authentication = true
[wlan]
ssid = "home"
password = "${psk}"
password_encrypted = true
hidden = false
country = "DE"
[locale]
keymap = "de"
timezone = "${chosen.timezone}"
`,
        },
        after: {
          files: {
            ...named(chosen.hostname),
            ...tokyo,
            ...keyboard,
            ...anna,
            ...password('anna', '\\$y\\$[^:]+'),
            ...ssh,
            ...byPassword,
            ...wifi('home', psk),
            ...country,
          },
          asks: ['daemon-reload', ...starts_ssh],
          password_login: 'yes',
          hostname: chosen.hostname,
          nowhere: [plain, `"${psk}"`],
        },
      },
    ],
  },
  {
    title: 'with custom.toml, a hash and keys takes no password',
    starts: [
      {
        put: {
          'custom.toml': `[user]
name = "musician"
password = '${chosen.hash}'
password_encrypted = true
[ssh]
enabled = true
password_authentication = false
authorized_keys = [ "${chosen.key}" ]
`,
        },
        after: {
          files: {
            ...password('musician'),
            ...keys('musician', chosen.key),
            ...ssh,
            '/var/lib/downbeat/user': 'musician\n',
          },
          asks: starts_ssh,
          nowhere: [`'${chosen.hash}'`],
        },
      },
    ],
  },
  {
    title: 'with rpi-preseed.toml has what it says, and is told what cannot be',
    starts: [
      {
        put: {
          'rpi-preseed.toml':
            '[system]\nhostname = "studio"\n[user]\ngroups = ["docker"]\n[locale]\nkeymap = "de"\n',
        },
        after: {
          files: { ...named('studio'), ...keyboard, '/boot/firmware/rpi-preseed.toml': /./ },
          again: true,
          problems: [
            'rpi-preseed.toml:4:10 user.groups: the account stays in the groups of the image',
          ],
          hostname: 'studio',
        },
      },
    ],
  },
  {
    title: 'with userconf.txt and ssh takes the password over the network, and both are gone',
    starts: [
      {
        put: { 'userconf.txt': `anna:${chosen.hash}\r\n`, ssh: '' },
        after: {
          files: { ...anna, ...password('anna'), ...ssh, ...byPassword },
          asks: ['daemon-reload', ...starts_ssh],
          password_login: 'yes',
          nowhere: [`anna:${chosen.hash}\r`],
        },
      },
    ],
  },
  {
    title: 'with userconf and ssh.txt, and keys of its own, takes no password',
    starts: [
      {
        put: {
          userconf: `musician:${chosen.hash}\n`,
          'ssh.txt': '\n',
          ...toml(`user.ssh_keys = ["${chosen.key}"]`),
        },
        after: {
          files: {
            ...password('musician'),
            ...keys('musician', chosen.key),
            ...ssh,
            '/var/lib/downbeat/user': 'musician\n',
          },
          asks: starts_ssh,
        },
      },
    ],
  },
  {
    title: 'with a file named ssh alone has SSH',
    starts: [{ put: { ssh: '' }, after: { files: ssh, asks: starts_ssh } }],
  },
  {
    title: 'whose userconf.txt has no hash keeps it until it is mended',
    starts: [
      {
        put: { 'userconf.txt': 'musician:secret\n' },
        after: {
          files: {
            '/boot/firmware/userconf.txt': 'musician:?     \n',
            '/var/lib/downbeat/user': 'musician\n',
          },
          nowhere: ['secret'],
          problems: [
            'userconf.txt:1:10 behind the colon: expected what `openssl passwd -6` prints',
          ],
          again: true,
        },
      },
      {
        put: { 'userconf.txt': `musician:${chosen.hash}\n` },
        after: { files: { ...password('musician'), '/var/lib/downbeat/user': 'musician\n' } },
      },
    ],
  },
  {
    title: 'with a file of each form does what the last one says',
    starts: [
      {
        put: {
          'rpi-preseed.toml': '[system]\nhostname = "preseed"\n[locale]\nkeymap = "de"\n',
          'custom.toml': `[system]\nhostname = "custom"\n[wlan]\nssid = "home"\npassword = "${plain}"\ncountry = "DE"\n`,
          'userconf.txt': `anna:${chosen.hash}\n`,
          ...toml('hostname = "ours"', '[wifi]', 'ssid = "another"', `psk = "${psk}"`),
        },
        after: {
          files: {
            ...named('ours'),
            ...keyboard,
            ...anna,
            ...password('anna'),
            ...wifi('another', psk),
            ...country,
          },
          asks: ['daemon-reload'],
          hostname: 'ours',
          nowhere: [plain],
        },
      },
    ],
  },
]
