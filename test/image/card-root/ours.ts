import { chosen, own } from '../first-boot/cards.ts'
import type { Card } from './card.ts'
import {
  anna,
  autostart,
  byPassword,
  cmdline,
  country,
  hidden,
  jack,
  key2,
  keyboard,
  keys,
  named,
  network,
  noNotice,
  password,
  psk,
  readOnly,
  renamed,
  soundcard,
  ssh,
  starts_again,
  starts_ssh,
  stops_ssh,
  tokyo,
  toml,
  wifi,
} from './changes.ts'

const everything = {
  ...named(chosen.hostname),
  ...tokyo,
  ...keyboard,
  ...autostart,
  ...anna,
  ...password('anna'),
  ...keys('anna', chosen.key),
  ...ssh,
  ...wifi(chosen.ssid, chosen.psk, hidden),
  ...country,
  ...jack('-p256 -n3 -r44100'),
}
export const secretsOfOwn = [chosen.passphrase, JSON.stringify(chosen.passphrase).slice(1, -1)]

const fixed =
  '+# network, of the settings of this card\n+static ip_address=192.168.1.20/24\n+static domain_name_servers=9.9.9.9\n'

export const accountRenamed = 'that is told who uses it has the account renamed, and again'
export const everythingTold = 'that is told everything on Windows has it all, and less later'
/** Cards with a downbeat.toml. */
export const ours: Card[] = [
  {
    title: 'that nobody told anything has nothing to do',
    starts: [{ after: { status: 'skipped' } }],
  },
  {
    title: 'without a downbeat.toml has nothing to do',
    starts: [{ remove: ['/boot/firmware/downbeat.toml'], after: { status: 'skipped' } }],
  },
  { title: 'with an empty downbeat.toml stays what it is', starts: [{ put: toml(), after: {} }] },
  {
    title: 'on which personalize was killed has its old settings, and nothing of the others',
    starts: [
      {
        put: { 'downbeat.toml': 'hostname = "old"\n', 'downbeat.new': own },
        after: {
          files: named('old'),
          hostname: 'old',
          nowhere: secretsOfOwn,
        },
      },
      { after: { status: 'skipped', files: named('old'), hostname: 'old' } },
    ],
  },
  {
    title: 'on which personalize was killed when it gave the new settings their name takes those',
    starts: [
      {
        remove: ['/boot/firmware/downbeat.toml'],
        put: { 'downbeat.new': 'hostname = "new"\n' },
        after: {
          files: named('new'),
          hostname: 'new',
        },
      },
      {
        after: {
          status: 'skipped',
          files: named('new'),
          hostname: 'new',
        },
      },
    ],
  },
  {
    title: everythingTold,
    starts: [
      {
        put: { 'downbeat.toml': own },
        after: {
          files: everything,
          modes: {
            '/etc/shadow': '640 0:42',
            '/etc/wpa_supplicant/wpa_supplicant-wlan0.conf': '600 0:0',
            '/etc/downbeat/autostart': '755 0:0',
            '/home/anna': '700 1000:1000',
            '/home/anna/.ssh': '700 1000:1000',
            '/home/anna/.ssh/authorized_keys': '600 1000:1000',
          },
          asks: ['--no-block restart downbeat-autostart.service', 'daemon-reload', ...starts_ssh],
          nowhere: secretsOfOwn,
          hostname: chosen.hostname,
        },
      },
      { after: { status: 'skipped', files: everything, hostname: chosen.hostname } },
      {
        put: toml(
          'hostnam = "mistake"',
          'hostname = "stage-left"',
          'timezone = "Mars/Olympus"',
          '[jack]',
          'period = 512',
        ),
        after: {
          files: { ...everything, ...named('stage-left'), ...jack('-p512 -n3 -r44100') },
          problems: [
            'downbeat.toml:1:1 hostnam: there is no such setting (did you mean "hostname"?)',
            'downbeat.toml:3:12 timezone: expected a name of the tz database, such as Europe/Berlin',
          ],
          hostname: 'stage-left',
        },
      },
    ],
  },
  {
    title: 'that is told its name has it, and no name of before stays in hosts',
    starts: [
      { put: toml('hostname = "studio"'), after: { files: named('studio'), hostname: 'studio' } },
      { put: toml('hostname = "stage"'), after: { files: named('stage'), hostname: 'stage' } },
    ],
  },
  {
    title: 'whose hosts does not name it is named there',
    starts: [
      {
        put: { ...toml('hostname = "studio"'), '/etc/hosts': '127.0.0.1 localhost\n' },
        after: {
          files: {
            ...named('studio'),
            '/etc/hosts':
              '-127.0.1.1 downbeat\n-::1 localhost ip6-localhost ip6-loopback\n+127.0.1.1 studio\n',
          },
          hostname: 'studio',
        },
      },
    ],
  },
  {
    title: 'that is told its time zone has it',
    starts: [{ put: toml(`timezone = "${chosen.timezone}"`), after: { files: tokyo } }],
  },
  {
    title: 'that is told its keyboard has it',
    starts: [{ put: toml('keyboard = "de"'), after: { files: keyboard } }],
  },
  {
    title: 'that is told a command starts it with JACK',
    starts: [
      {
        put: toml(`autostart = "echo 'a b' >/tmp/started"`),
        after: { files: autostart, asks: ['--no-block restart downbeat-autostart.service'] },
      },
    ],
  },
  {
    title: accountRenamed,
    starts: [
      {
        put: toml('user.name = "anna"'),
        after: {
          files: anna,
          modes: { '/home/anna/.ssh': '700 1000:1000' },
          asks: ['daemon-reload'],
        },
      },
      {
        put: toml('user.name = "ben"'),
        after: {
          files: renamed('ben'),
          asks: ['daemon-reload'],
        },
      },
    ],
  },
  {
    title:
      'whose user is to have the name of a group of the system says so, and has the rest applied',
    starts: [
      {
        put: toml('timezone = "Asia/Tokyo"', 'keyboard = "de"', 'user.name = "audio"'),
        after: {
          files: { ...tokyo, ...keyboard },
          problems: [
            'downbeat.toml:3:13 user.name: "audio" is an account or a group of the system; take another name',
          ],
        },
      },
    ],
  },
  {
    title: 'that is told keys lets those in who have them, and nobody when they are taken away',
    starts: [
      {
        put: toml('[user]', `ssh_keys = ['${chosen.key}', "${key2}"]`),
        after: {
          files: { ...keys('musician', chosen.key, key2), ...ssh },
          modes: { '/home/musician/.ssh/authorized_keys': '600 1000:1000' },
          asks: starts_ssh,
        },
      },
      {
        put: toml('[user]', 'ssh_keys = []'),
        after: { files: noNotice, asks: stops_ssh },
      },
    ],
  },
  {
    title: 'that is told a password takes it on its console alone, and stars leave it as it is',
    starts: [
      {
        put: toml(`user.password_hash = '${chosen.hash}'`),
        after: { files: password('musician'), nowhere: [`'${chosen.hash}'`] },
      },
      { put: toml("user.password_hash = '***'"), after: { files: password('musician') } },
    ],
  },
  {
    title: 'with a password and no key takes it over the network where SSH was asked for',
    starts: [
      {
        put: toml('[user]', `password_hash = '${chosen.hash}'`, '[ssh]', 'enabled = true'),
        after: {
          files: { ...password('musician'), ...ssh, ...byPassword },
          asks: starts_ssh,
          password_login: 'yes',
        },
      },
    ],
  },
  {
    title: 'that takes a password over the network, and no longer',
    starts: [
      {
        put: toml('ssh.password_login = true'),
        after: { files: { ...ssh, ...byPassword }, asks: starts_ssh, password_login: 'yes' },
      },
      { put: toml('ssh.password_login = false'), after: { asks: stops_ssh } },
    ],
  },
  {
    title: 'with a key and without SSH has none',
    starts: [
      {
        put: toml('[user]', `ssh_keys = ['${chosen.key}']`, '[ssh]', 'enabled = false'),
        after: { files: keys('musician', chosen.key), asks: stops_ssh },
      },
    ],
  },
  {
    title:
      'that is told a network joins it, and stars keep its password, though not for another one',
    starts: [
      {
        put: toml(
          '[wifi]',
          `ssid = ${JSON.stringify(chosen.ssid)}`,
          `password = ${JSON.stringify(chosen.passphrase)}`,
        ),
        after: { files: wifi(chosen.ssid, chosen.psk), nowhere: secretsOfOwn },
      },
      {
        put: toml(
          '[wifi]',
          `ssid = ${JSON.stringify(chosen.ssid)}`,
          'password = "***"',
          'hidden = true',
          'country = "DE"',
        ),
        after: { files: { ...wifi(chosen.ssid, chosen.psk, hidden), ...country } },
      },
      {
        put: toml('[wifi]', 'ssid = "another"', 'password = "***"'),
        after: {
          files: { ...wifi(chosen.ssid, chosen.psk, hidden), ...country },
          problems: [
            'wifi.password: this is a new network, its password is not known: write the password again',
          ],
        },
      },
      {
        put: toml('[wifi]', 'ssid = "another"', `psk = "${psk}"`),
        after: { files: { ...wifi('another', psk), ...country }, nowhere: [`"${psk}"`] },
      },
    ],
  },
  {
    title: 'that is told an open network joins it',
    starts: [
      {
        put: toml('wifi.ssid = "open"'),
        after: { files: network(/\tssid=6f70656e\n\tkey_mgmt=NONE\n\}\n$/) },
      },
    ],
  },
  {
    title: 'that is told its country alone knows the channels',
    starts: [{ put: toml('wifi.country = "DE"'), after: { files: country } }],
  },
  {
    title: 'that is told how to start JACK does so',
    starts: [
      {
        put: toml('[jack]', 'period = 64', 'periods = 2', 'rate = 96000'),
        after: { files: jack('-p64 -n2 -r96000') },
      },
      { put: toml('[jack]', 'period = 1024'), after: { files: jack('-p1024 -n2 -r96000') } },
    ],
  },
  {
    title: 'that is told a fixed address has it, and DHCP again',
    starts: [
      {
        put: toml('[network]', 'address = "192.168.1.20/24"', 'dns = ["9.9.9.9"]'),
        after: {
          files: { '/etc/dhcpcd.conf': fixed },
          asks: ['--no-block try-restart dhcpcd.service'],
        },
      },
      {
        put: toml('[network]', 'address = "dhcp"'),
        after: { asks: ['--no-block try-restart dhcpcd.service'] },
      },
    ],
  },
  {
    title: 'with a mistake in its file leaves it unread, until it is mended',
    starts: [
      {
        put: { 'downbeat.toml': 'hostname = "mistake"\r\n[wifi]\r\nssid = "no end\r\n' },
        after: { problems: [/^downbeat\.toml:3:\d+ /] },
      },
      { put: toml('hostname = "mended"'), after: { files: named('mended'), hostname: 'mended' } },
    ],
  },
  {
    title: 'with wrong values names them, and their secrets are not said',
    starts: [
      {
        put: toml(
          'hostname = "studio"',
          'keyboard = 3',
          '[wifi]',
          'ssid = "home"',
          'password = "gehei"',
        ),
        after: {
          files: named('studio'),
          problems: [
            'downbeat.toml:2:12 keyboard: expected a layout such as de, in quotes',
            'downbeat.toml:5:12 wifi.password: expected 8 to 63 characters of ASCII',
          ],
          hostname: 'studio',
        },
      },
    ],
  },
  {
    title:
      'that cannot apply something says so, keeps the secrets, and has it all on the next start',
    starts: [
      {
        put: {
          ...toml(`timezone = "${chosen.timezone}"`, '[user]', `password_hash = '${chosen.hash}'`),
          '/etc/timezone.new/in-the-way': '',
        },
        after: {
          files: {
            ...password('musician'),
            '/etc/localtime': tokyo['/etc/localtime'],
            '/etc/timezone.new/in-the-way': '',
          },
          problems: [
            'timezone could not be applied: journalctl -b -u downbeat-settings says why; the next boot tries again',
          ],
          again: true,
        },
      },
      {
        remove: ['/etc/timezone.new'],
        after: { files: { ...password('musician'), ...tokyo }, nowhere: [`'${chosen.hash}'`] },
      },
    ],
  },
  {
    title: 'whose first boot fails says so and is used all the same, but not read-only',
    starts: [
      {
        remove: ['/var/lib/downbeat/first-boot.done', '/var/lib/downbeat/grow_root.done'],
        put: toml('hostname = "studio"', 'read_only = true'),
        after: {
          files: { ...named('studio'), ...readOnly, '/var/lib/downbeat/grow_root.done': null },
          problems: [
            'first boot: growing the root file system: FAILED. The next boot tries again; sudo /usr/lib/downbeat/first-boot tries now and shows why',
            'read_only: the card is still written to: the first boot is not finished',
          ],
          asks: [starts_again],
          hostname: 'studio',
        },
      },
    ],
  },
  {
    title: 'that is to be read-only starts again as such, and is written to when it is told so',
    starts: [
      {
        put: toml('read_only = true'),
        after: { files: readOnly, asks: [starts_again] },
      },
      {
        put: toml('read_only = true', 'keyboard = "de"'),
        after: { files: { ...readOnly, ...keyboard }, asks: [starts_again] },
      },
      { put: toml('read_only = false'), after: { files: keyboard, asks: [starts_again] } },
      { put: toml('read_only = false '), after: { files: keyboard } },
    ],
  },
  {
    title: 'with no room in its cmdline.txt says that it cannot be read-only',
    starts: [
      {
        put: { ...toml('read_only = true'), 'cmdline.txt': 'root=/dev/mmcblk0p2 rootwait\n' },
        after: {
          files: cmdline(/\n\+root=\/dev\/mmcblk0p2 rootwait\n$/),
          problems: [
            'read_only: there is no room for it in cmdline.txt: add " init=/usr/lib/downbeat/read-only" to its line',
          ],
        },
      },
    ],
  },
  {
    title:
      'that is told a sound card that the image does not know names the one of the image, and where the others are',
    starts: [
      {
        put: toml('soundcard = "nonsense"'),
        after: { problems: [/^soundcard: this image has no "nonsense"; it has: auto .*\busb\b/] },
      },
    ],
  },
  {
    title:
      'that is told another sound card has its texts, and JACK as it was told, and starts again',
    starts: [
      {
        put: toml('soundcard = "hifiberry-dac"', '[jack]', 'period = 256'),
        after: {
          files: {
            ...soundcard('hifiberry-dac', /^\+JACKD_ALSA="-p256 -n2 -r48000 -P -o2 -X seq"$/m),
            // the mixers of interfaces on USB
            '/etc/downbeat/mixer': /^-1235:/m,
            '/boot/firmware/config.txt': /^\+dtoverlay=hifiberry-dac$/m,
            '/etc/modprobe.d/alsa-base.conf': /^\+options snd slots=snd_soc_simple_card$/m,
            '/usr/lib/downbeat/irq-priorities': /^\+priority=90$/m,
          },
          // the port of a Zero is free then
          files_of_gadget: {
            '/etc/udev/rules.d/90-downbeat.rules': /^\+.*"downbeat-gadget\.service"$/m,
          },
          modes: { '/usr/lib/downbeat/irq-priorities': '755 0:0' },
          asks: [starts_again],
        },
      },
      // to the byte what it was, but for what is remembered
      {
        put: toml('soundcard = "usb"'),
        after: { files: { '/var/lib/downbeat/soundcard': 'usb\n' }, asks: [starts_again] },
      },
    ],
  },
  {
    title: 'that looks for its sound card knows the one on USB by its numbers',
    starts: [
      {
        put: {
          ...toml('soundcard = "auto"'),
          '/sys/bus/usb/devices/1-1.2/idVendor': '0582\n',
          '/sys/bus/usb/devices/1-1.2/idProduct': '0074\n',
        },
        after: {
          files: {
            ...soundcard('edirol-ua-25', /^\+JACKD_ALSA="-p128 -n3 -r44100 -i2 -o2 -X seq"$/m),
            '/etc/downbeat/mixer': /^-1235:/m,
            '/etc/udev/rules.d/85-jackd.rules':
              /^\+.*ATTRS\{idVendor\}=="0582", ATTRS\{idProduct\}=="0074", GOTO="jackd_card"$/m,
            '/boot/firmware/config.txt': /^\+# Edirol UA-25 on$/m,
            '/sys/bus/usb/devices/1-1.2/idVendor': '0582\n',
            '/sys/bus/usb/devices/1-1.2/idProduct': '0074\n',
          },
          asks: [starts_again],
        },
      },
    ],
  },
]
