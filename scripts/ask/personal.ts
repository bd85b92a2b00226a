import { execFile } from 'node:child_process'
import { pbkdf2Sync } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Command } from 'commander'
import { HostError, UserError } from '../../lib/common/words/errors.ts'
import { settingOf, settingsOf } from '../../lib/plan/settings/edit.ts'
import type { SettingsData } from '../../lib/plan/settings/settings.ts'
import { askSecret, secrets } from './secret.ts'

export interface PersonalOptions {
  hostname?: string
  user?: string
  sshKey?: string[]
  password?: true
  wifi?: string
  wifiCountry?: string
  timezone?: string
  keyboard?: string
  soundcard?: string
  setOnCard?: string[]
}

const several = (value: string, before: string[] = []): string[] => [...before, value]

/** The options by which a card is told what it is. */
export const withPersonal = (command: Command): Command =>
  command
    .option('--hostname <name>', 'name of the card in the network')
    .option('--user <name>', 'who logs in, and whom JACK runs as')
    .option(
      '--ssh-key <file>',
      'public key that may log in, such as ~/.ssh/id_ed25519.pub; may be given again',
      several,
    )
    .option('--password', 'ask for the password of the user; only a hash of it is written')
    .option('--wifi <network>', 'ask for the password of this Wi-Fi; only a hash of it is written')
    .option('--wifi-country <code>', 'where you are, such as DE')
    .option('--timezone <zone>', 'such as Europe/Berlin')
    .option('--keyboard <layout>', 'such as de')
    .option('--soundcard <id>', 'auto, or one that the image knows besides its own')
    .option(
      '--set-on-card <key=value>',
      'any key of downbeat.toml, such as jack.period=64; may be given again',
      several,
    )

/**
 * What was asked for; undefined: nothing was. Asks for passwords, unless the environment has them.
 * UserError.
 */
export async function personalSettings(
  options: PersonalOptions,
): Promise<SettingsData | undefined> {
  const asked: { key: string; value: unknown; from: string }[] = []
  const add = (key: string, value: unknown, from: string): void => {
    if (value !== undefined) asked.push({ key, value, from })
  }
  for (const typed of options.setOnCard ?? []) {
    const { key, value, from } = settingOf(typed, '--set-on-card')
    add(key, value, from)
  }
  add('hostname', options.hostname, `--hostname ${options.hostname}`)
  add('timezone', options.timezone, `--timezone ${options.timezone}`)
  add('keyboard', options.keyboard, `--keyboard ${options.keyboard}`)
  add('soundcard', options.soundcard, `--soundcard ${options.soundcard}`)
  add('user.name', options.user, `--user ${options.user}`)
  for (const file of options.sshKey ?? [])
    add('user.ssh_keys', publicKeys(file), `--ssh-key ${file}`)
  if (options.password === true)
    add(
      'user.password_hash',
      await hashOf(await askSecret('Password of the user', secrets.user)),
      '--password',
    )
  add('wifi.ssid', options.wifi, `--wifi ${options.wifi}`)
  if (options.wifi !== undefined)
    add(
      'wifi.psk',
      psk(options.wifi, await askSecret(`Password of the Wi-Fi ${options.wifi}`, secrets.wifi)),
      '--wifi',
    )
  add('wifi.country', options.wifiCountry, `--wifi-country ${options.wifiCountry}`)
  return asked.length === 0 ? undefined : settingsOf(asked)
}

function publicKeys(file: string): string[] {
  if (!existsSync(file))
    throw new UserError(
      `--ssh-key ${file}: there is no such file (ssh-keygen -t ed25519 makes a key)`,
    )
  const text = readFileSync(file, 'utf8')
  if (text.includes('PRIVATE KEY'))
    throw new UserError(
      `--ssh-key ${file}: this is the private key, which must not leave this machine; name ${file}.pub`,
    )
  const keys = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'))
  if (keys.length === 0) throw new UserError(`--ssh-key ${file}: there is no key in it`)
  return keys.map((key) => key.trim())
}

/** What wpa_passphrase prints as psk (IEEE 802.11, annex J.4); 64 digits are one already. */
function psk(ssid: string, password: string): string {
  if (/^[0-9A-Fa-f]{64}$/.test(password)) return password
  if (!/^[ -~]{8,63}$/.test(password))
    throw new UserError('--wifi: expected a password of 8 to 63 characters of ASCII')
  return pbkdf2Sync(password, ssid, 4096, 32, 'sha1').toString('hex')
}

/** SHA-512 of crypt(3), salted. On standard input: a command line is everybody's to read. */
async function hashOf(password: string): Promise<string> {
  if (password === '') throw new UserError('--password: an empty one would let everybody in')
  const running = promisify(execFile)('openssl', ['passwd', '-6', '-stdin'])
  running.child.stdin!.on('error', () => undefined)
  running.child.stdin!.end(`${password}\n`)
  const { stdout } = await running.catch(() => {
    throw new HostError(
      '--password: openssl is missing, which makes the hash',
      'sudo apt-get install openssl',
    )
  })
  return stdout.trim()
}
