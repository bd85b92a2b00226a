import { chosen } from '../first-boot/cards.ts'
import { firstrun, runFirstrun } from '../first-boot/imager.ts'
import type { Card } from './card.ts'
import {
  anna,
  byPassword,
  cmdline,
  country,
  hidden,
  keyboard,
  keys,
  named,
  password,
  ssh,
  tokyo,
  wifi,
} from './changes.ts'
import { secretsOfOwn } from './ours.ts'

export const imager = { ...chosen, password: chosen.hash, keys: [chosen.key] }
const regdom = cmdline(/^-.*\n\+root=\S+-02 (?!.*systemd).*[^ ] cfg80211\.ieee80211_regdom=DE +\n$/)
const ofImager = {
  ...named(chosen.hostname),
  ...tokyo,
  ...keyboard,
  ...anna,
  ...password('anna'),
  ...keys('anna', chosen.key),
  ...ssh,
  ...wifi(chosen.ssid, chosen.psk),
  ...country,
  ...regdom,
}
export const program = '/usr/lib/raspberrypi-sys-mods/imager_custom'
/** A script of Imager that says less. */
export const script = (...lines: string[]): Record<string, string> => ({
  'firstrun.sh': ['#!/bin/sh', 'set +e', ...lines, ''].join('\n'),
})
export const words = runFirstrun(chosen.country)
const enables_ssh = ['--quiet --no-reload enable ssh.service']

export const imagerObeyed = 'with the firstrun.sh of Raspberry Pi Imager obeys it, and it is gone'
/** Cards that Raspberry Pi Imager has written. */
export const fromImager: Card[] = [
  {
    title: imagerObeyed,
    starts: [
      {
        put: { 'firstrun.sh': firstrun(imager) },
        append: words,
        after: {
          files: ofImager,
          modes: {
            '/home/anna/.ssh/authorized_keys': '600 1000:1000',
            '/etc/wpa_supplicant/wpa_supplicant-wlan0.conf': '600 0:0',
          },
          asks: [...enables_ssh, 'daemon-reload'],
          hostname: chosen.hostname,
        },
      },
      {
        after: {
          status: 'skipped',
          files: ofImager,
          hostname: chosen.hostname,
          nowhere: ['CURRENT_HOSTNAME=', "set_wlan 'K", "userconf 'anna'"],
        },
      },
    ],
  },
  {
    title: 'with that script as Windows has it, where /boot is the FAT, obeys it all the same',
    starts: [
      {
        put: { 'firstrun.sh': firstrun(imager).replaceAll('\n', '\r\n') },
        append: words.replace('/boot/', '/boot/firmware/'),
        after: {
          files: ofImager,
          asks: [...enables_ssh, 'daemon-reload'],
          hostname: chosen.hostname,
        },
      },
    ],
  },
  {
    title: 'that Imager gives a password and SSH, but no key, takes it over the network',
    starts: [
      {
        put: script(
          `${program} enable_ssh`,
          `/usr/lib/userconf-pi/userconf 'musician' '${chosen.hash}'`,
        ),
        append: words,
        after: {
          files: {
            ...password('musician'),
            ...ssh,
            ...byPassword,
            ...regdom,
            '/var/lib/downbeat/user': 'musician\n',
          },
          asks: [...enables_ssh, ...enables_ssh],
          password_login: 'yes',
        },
      },
    ],
  },
  {
    title: 'that Imager tells a hidden network and its password joins it',
    starts: [
      {
        put: script(
          `${program} set_wlan -h -p '${chosen.ssid.replaceAll("'", `'"'"'`)}' '${chosen.passphrase}' DE`,
        ),
        append: words,
        after: { files: { ...wifi(chosen.ssid, chosen.psk, hidden), ...country, ...regdom } },
      },
      {
        after: {
          status: 'skipped',
          files: { ...wifi(chosen.ssid, chosen.psk, hidden), ...country, ...regdom },
          nowhere: secretsOfOwn,
        },
      },
    ],
  },
  {
    title: 'whose firstrun.sh fails says so on the next start',
    starts: [
      {
        put: script(`${program} set_hostname studio`, 'exit 3'),
        append: words,
        after: {
          files: {
            ...named('studio'),
            ...regdom,
            '/var/lib/downbeat/firstrun.problems': /status 3/,
          },
          hostname: 'studio',
          again: true,
        },
      },
      {
        after: {
          files: { ...named('studio'), ...regdom },
          problems: [
            'firstrun.sh: ended with status 3, and is not run again; downbeat.toml can say the same',
          ],
          hostname: 'studio',
        },
      },
    ],
  },
  {
    title:
      'whose firstrun.sh wants a name that the system has already says so, and has its password',
    starts: [
      {
        put: script(`/usr/lib/userconf-pi/userconf 'audio' '${chosen.hash}'`, 'exit 0'),
        append: words,
      },
      {
        after: {
          files: { ...password('musician'), ...regdom },
          problems: [
            'firstrun.sh: user.name: "audio" is an account or a group of the system; take another name',
          ],
        },
      },
    ],
  },
  {
    title: 'runs nothing but firstrun.sh in this way',
    starts: [
      {
        put: { 'other.sh': '#!/bin/sh\necho >/etc/hostname\n' },
        append: ' systemd.run=/boot/other.sh',
        after: {
          status: '1',
          files: {
            '/boot/firmware/other.sh': /./,
            ...cmdline(/ systemd\.run=\/boot\/other\.sh\n$/),
          },
        },
      },
    ],
  },
]
