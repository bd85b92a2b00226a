import { pbkdf2Sync } from 'node:crypto'
import type { Card } from './card.ts'
import { firstrun, runFirstrun } from './imager.ts'

const ssid = `Küche "2" $(reboot) 'x'`
const passphrase = 'zugvogel "quark" $(boot)\\'

/**
 * What the settings of each card are, so that the tests know what must be on it, and what must not.
 */
export const chosen = {
  hostname: 'rehearsal-room',
  user: 'anna',
  hash: '$6$saltsaltsalt$WordsThatNobodyEverHashed0123456789./abcdefghijklmnopqrstuvwxyzABCDEFGHIJ',
  key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJustSomeBytesThatAreNoKeyAtAllButLongEnough anna@laptop',
  ssid,
  passphrase,
  psk: pbkdf2Sync(passphrase, ssid, 4096, 32, 'sha1').toString('hex'),
  timezone: 'Asia/Tokyo',
  keyboard: 'de',
  country: 'DE',
}

/** What a card is asked once it runs. */
export const questions = {
  hostname: 'hostname; cat /etc/hostname; grep 127.0.1.1 /etc/hosts',
  account:
    'getent passwd 1000; ls -ld --time-style=+ "/home/$(id -nu 1000)" | cut -d" " -f3,4; cat /etc/sudoers.d/downbeat | tail -n 1',
  groups: 'id -Gn 1000',
  password: 'getent shadow "$(id -nu 1000)" | cut -d: -f2',
  keys: 'cat "/home/$(id -nu 1000)/.ssh/authorized_keys"',
  ssh: 'systemctl is-enabled ssh; systemctl is-active ssh',
  sshd: 'sshd -T | grep -E "^(passwordauthentication|hostkey) "',
  wifi: 'cat /etc/wpa_supplicant/wpa_supplicant-wlan0.conf; stat -c "%a %U" /etc/wpa_supplicant/wpa_supplicant-wlan0.conf; ls /etc/systemd/system/sys-subsystem-net-devices-wlan0.device.wants',
  timezone: 'readlink /etc/localtime; cat /etc/timezone; date +%Z',
  keyboard: 'grep XKBLAYOUT /etc/default/keyboard',
  jack: 'grep ^JACKD_ALSA= /etc/default/jackd; systemctl show -P User jackd@x.service downbeat-autostart.service',
  autostart: 'cat /etc/downbeat/autostart',
  doctor: 'cat /usr/bin/downbeat-doctor /usr/share/downbeat/doctor*.sh | grep -cw musician',
  issue: 'cat /etc/issue.d/* 2>/dev/null',
  size: 'findmnt -bno SIZE /',
  host_keys: 'ls /etc/ssh | grep ^ssh_host; cat /etc/ssh/*.pub',
  machine_id: 'cat /etc/machine-id',
  disk_id: 'sfdisk --disk-id /dev/vda; cat /var/lib/downbeat/disk-id',
  fstab: `awk '$2 == "/" || $2 == "/boot/firmware" { print $1 }' /etc/fstab`,
  cmdline: 'cat /boot/firmware/cmdline.txt; grep "^root=" /boot/firmware/cmdline-explained.txt',
  boot: 'findmnt -no FSTYPE /boot/firmware; ls /boot/firmware | grep -E "downbeat|firstrun|custom|preseed|userconf|ssh|new"',
  stamps: 'ls /var/lib/downbeat',
  units:
    'for unit in first-boot settings; do systemctl show -P ActiveState downbeat-$unit; systemctl show -P ExecMainStartTimestampMonotonic downbeat-$unit; done',
  problems: 'cat /run/downbeat/problems 2>/dev/null',
  failed: 'systemctl --failed --plain --no-legend',
  journal:
    'journalctl --sync; journalctl -b -o cat -u downbeat-first-boot -u downbeat-settings -u kernel-command-line',
  left: 'journalctl --sync; grep -rlaF -e zugvogel -e geheimnis /run /tmp /var /etc /root 2>/dev/null; journalctl -b | grep -cE "zugvogel|geheimnis"',
}
export type Answers = Record<keyof typeof questions, string>

const ask = async (card: Card): Promise<Answers> => (await card.ask(questions)).answers as Answers

const crlf = (lines: string[]): string => `\uFEFF${lines.join('\r\n')}\r\n`
export const own = crlf([
  '# from Windows',
  `hostname = "${chosen.hostname}"`,
  `timezone = "${chosen.timezone}"`,
  `keyboard = "${chosen.keyboard}"`,
  `autostart = "echo 'a b' >/tmp/started"`,
  '[user]',
  `name = "${chosen.user}"`,
  `ssh_keys = ['${chosen.key}']`,
  `password_hash = '${chosen.hash}'`,
  '[wifi]',
  `ssid = ${JSON.stringify(chosen.ssid)}`,
  `password = ${JSON.stringify(chosen.passphrase)} # ü`,
  'hidden = true',
  `country = "${chosen.country}"`,
  '[jack]',
  'period = 256',
  'rate = 44100',
])

const userconf = `${chosen.user}:${chosen.hash}\r`
const inOwn = [chosen.passphrase, JSON.stringify(chosen.passphrase).slice(1, -1)]

/**
 * One card with one form after another: downbeat.toml, a start that has nothing to do, custom.toml.
 */
export const forms = async (card: Card) => {
  await card.put({ 'downbeat.toml': own })
  const first = await ask(card)
  const file = await card.read('downbeat.toml')
  const second = await ask(card)
  await card.put({ 'downbeat.toml': '# nothing\n', 'custom.toml': custom_toml })
  return {
    first,
    file,
    second,
    custom: await ask(card),
    secrets: await card.find([...inOwn, 'geheimnis 4711']),
  }
}

/** downbeat.toml, read once, read no more, and read again when it was changed. */
export const later = async (card: Card) => {
  await card.put({ 'downbeat.toml': own })
  const first = await ask(card)
  const file = await card.read('downbeat.toml')
  const secrets = await card.find(inOwn)
  const second = await ask(card)
  const changed = file!
    .replace(chosen.hostname, 'stage-left')
    .replace('period = 256', 'period = 512')
  await card.put({
    'downbeat.toml': `hostnam = "mistake"\n${changed.replace(chosen.timezone, 'Mars/Olympus')}`,
  })
  return {
    first,
    file,
    secrets,
    second,
    third: await ask(card),
    problems: await card.read('downbeat-problems.txt'),
  }
}

/** Raspberry Pi Imager: a start that runs its script and starts again, and the one after it. */
export const imager = async (card: Card) => {
  const { hash: password, key, ...rest } = chosen
  await card.put({ 'firstrun.sh': firstrun({ ...rest, password, keys: [key] }) })
  await card.append(runFirstrun(chosen.country))
  const script = await card.untilEnd()
  const files = {
    firstrun: await card.read('firstrun.sh'),
    cmdline: await card.read('cmdline.txt'),
  }
  return {
    script,
    files,
    answers: await ask(card),
    secrets: await card.find(['CURRENT_HOSTNAME=', "set_wlan 'K", "userconf 'anna'"]),
  }
}

const custom_toml = `config_version = 1
[system]
hostname = "${chosen.hostname}"
[user]
name = "${chosen.user}"
password = "geheimnis 4711"
password_encrypted = false
[ssh]
enabled = true
password_authentication = true
[wlan]
ssid = "home"
password = "${'0f'.repeat(32)}"
password_encrypted = true
hidden = false
country = "${chosen.country}"
[locale]
keymap = "${chosen.keyboard}"
timezone = "${chosen.timezone}"
`

/**
 * Nobody said anything; then, on the same card, custom.toml of Raspberry Pi OS bookworm, with a
 * password that is not hashed.
 */
export const custom = async (card: Card) => {
  const untold = await ask(card)
  await card.put({ 'custom.toml': custom_toml })
  return { untold, answers: await ask(card), secrets: await card.find(['geheimnis 4711']) }
}

/** A file with a mistake; then the same without it, and userconf.txt and ssh beside it. */
export const broken = async (card: Card) => {
  await card.put({ 'downbeat.toml': 'hostname = "mistake"\r\n[wifi]\r\nssid = "no end\r\n' })
  const first = await card.ask(questions)
  const problems = await card.read('downbeat-problems.txt')
  await card.put({
    'downbeat.toml': 'hostname = "mended"\n',
    'userconf.txt': `${userconf}\n`,
    ssh: '',
  })
  const second = await ask(card)
  return {
    first,
    problems,
    second,
    secrets: await card.find([userconf]),
    gone: await card.read('downbeat-problems.txt'),
  }
}
