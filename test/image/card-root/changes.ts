import { chosen } from '../first-boot/cards.ts'

export const toml = (...lines: string[]): Record<string, string> => ({
  'downbeat.toml': lines.map((line) => `${line}\n`).join(''),
})

// What comes of a setting, by the files that it changes.

export const named = (name: string): Record<string, string> => ({
  '/etc/hostname': `-downbeat\n+${name}\n`,
  '/etc/hosts': `-127.0.1.1 downbeat\n+127.0.1.1 ${name}\n`,
})
export const tokyo = {
  '/etc/localtime': `/usr/share/zoneinfo/${chosen.timezone}`,
  '/etc/timezone': `${chosen.timezone}\n`,
}
export const keyboard = { '/etc/default/keyboard': /^XKBLAYOUT="de"$/m }
export const autostart = {
  '/etc/downbeat/autostart':
    "#!/bin/sh\n# autostart, of the settings of this card\necho 'a b' >/tmp/started\n",
}
const instead = (one: string, other: string): string => `-${one}\n+${other}\n`
const inGroups = (name: string): RegExp =>
  new RegExp(`^(-.*\\bmusician\\b.*\\n){7}(\\+.*\\b${name}\\b.*\\n){7}$`)
export const renamed = (name: string): Record<string, string | RegExp | null> => ({
  '/etc/passwd': instead(
    'musician:x:1000:1000::/home/musician:/bin/bash',
    `${name}:x:1000:1000::/home/${name}:/bin/bash`,
  ),
  '/etc/shadow': new RegExp(`^-musician:!:.*\\n\\+${name}:!:.*\\n$`),
  '/etc/group': inGroups(name),
  '/etc/gshadow': inGroups(name),
  '/etc/sudoers.d/downbeat': instead(
    'musician ALL=(ALL:ALL) NOPASSWD: ALL',
    `${name} ALL=(ALL:ALL) NOPASSWD: ALL`,
  ),
  '/etc/systemd/system/jackd@.service': instead('User=musician', `User=${name}`),
  '/etc/systemd/system/downbeat-autostart.service': instead('User=musician', `User=${name}`),
  '/etc/subuid': instead('musician:100000:65536', `${name}:100000:65536`),
  '/etc/subgid': instead('musician:100000:65536', `${name}:100000:65536`),
  '/home/musician': null,
  [`/home/${name}/.bashrc`]: /./,
  [`/home/${name}/.bash_logout`]: /./,
  [`/home/${name}/.profile`]: /./,
  [`/home/${name}/.ssh/authorized_keys`]: '',
  '/var/lib/downbeat/user': `${name}\n`,
})
export const anna = renamed('anna')
const inPattern = (text: string): string => text.replaceAll(/[$./]/g, '\\$&')
export const noNotice = { '/etc/issue.d/10-downbeat.issue': null }
export const password = (
  user: string,
  hash = inPattern(chosen.hash),
): Record<string, RegExp | null> => ({
  '/etc/shadow': new RegExp(`^-musician:!:.*\\n\\+${user}:${hash}:.*\\n$`),
  ...noNotice,
})
export const keys = (user: string, ...lines: string[]): Record<string, string | null> => ({
  // the folder of anna is another one than the image's, whose file is empty
  [`/home/${user}/.ssh/authorized_keys`]: lines
    .map((line) => `${user === 'anna' ? '' : '+'}${line}\n`)
    .join(''),
  ...noNotice,
})
export const ssh = {
  '/etc/systemd/system/multi-user.target.wants/ssh.service': '/usr/lib/systemd/system/ssh.service',
  '/etc/systemd/system/sshd.service': '/usr/lib/systemd/system/ssh.service',
}
export const byPassword = {
  '/etc/ssh/sshd_config.d/05-settings.conf': 'PasswordAuthentication yes\n',
}
export const network = (text: RegExp): Record<string, string | RegExp> => ({
  '/etc/wpa_supplicant/wpa_supplicant-wlan0.conf': text,
  '/etc/systemd/system/sys-subsystem-net-devices-wlan0.device.wants/wpa_supplicant@wlan0.service':
    '/usr/lib/systemd/system/wpa_supplicant@.service',
})
export const wifi = (ssid: string, psk: string, hidden = ''): Record<string, string | RegExp> =>
  network(
    new RegExp(
      `\\nnetwork=\\{\\n\\tssid=${Buffer.from(ssid).toString('hex')}\\n${hidden}\\tkey_mgmt=WPA-PSK\\n\\tpsk=${psk}\\n\\}\\n$`,
    ),
  )
export const hidden = '\\tscan_ssid=1\\n'
export const country = {
  '/etc/modprobe.d/downbeat-wifi-country.conf': `options cfg80211 ieee80211_regdom=${chosen.country}\n`,
}
export const jack = (words: string): Record<string, string> => ({
  '/etc/default/jackd': instead(
    'JACKD_ALSA="-p128 -n3 -r48000 -X seq"',
    `JACKD_ALSA="${words} -X seq"`,
  ),
})
export const cmdline = (words: RegExp): Record<string, RegExp> => ({
  '/boot/firmware/cmdline.txt': words,
})
export const readOnly = cmdline(/^-.*\n\+root=.*[^ ] init=\/usr\/lib\/downbeat\/read-only +\n$/)

export const soundcard = (id: string, jackd: RegExp): Record<string, string | RegExp> => ({
  '/etc/default/jackd': jackd,
  '/etc/udev/rules.d/85-jackd.rules': /^\+ATTR\{id\}==".*", GOTO="jackd_card"$/m,
  '/usr/share/downbeat/doctor-card.sh': /^\+ +'JACK with /m,
  '/usr/share/downbeat/latency.sh': new RegExp(`^\\+card_name='${id}'$`, 'm'),
  '/usr/share/downbeat/soundcard': /^\+./m,
  '/var/lib/downbeat/soundcard': `${id}\n`,
})

export const starts_ssh = [
  '--quiet --no-reload enable ssh.service',
  '--no-block restart ssh.service',
]
export const stops_ssh = ['--quiet --no-reload disable ssh.service', '--no-block stop ssh.service']
export const starts_again = '--no-block reboot'

// Examples of what is told.

export const key2 = `${chosen.key}2`
export const psk = '0f'.repeat(32)
export const plain = 'geheimnis 4711'
