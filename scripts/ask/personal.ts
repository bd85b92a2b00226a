import { execFile } from 'node:child_process'
import { pbkdf2Sync } from 'node:crypto'
import { promisify } from 'node:util'
import type { Command } from 'commander'
import { HostError, UserError } from '../../lib/common/words/errors.ts'
import { together } from '../../lib/common/words/together.ts'
import { settingOf, settingsOf } from '../../lib/plan/settings/edit.ts'
import { rules, whyNot } from '../../lib/plan/schema/values.ts'
import type { SettingsData } from '../../lib/plan/settings/settings.ts'
import { publicKeysIn } from './public-keys.ts'
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

interface Asked {
  key: string
  value: unknown
  from: string
}

/**
 * What was asked for; undefined: nothing was. Asks for passwords, unless the environment has them,
 * and only when all the rest is right. UserError.
 */
export async function personalSettings(
  options: PersonalOptions,
): Promise<SettingsData | undefined> {
  const asked = checkPersonal(options)
  if (options.password === true)
    asked.push({
      key: 'user.password_hash',
      value: await hashOf(await askSecret('Password of the user', secrets.user)),
      from: '--password',
    })
  const { wifi } = options
  if (wifi !== undefined)
    asked.push({
      key: 'wifi.psk',
      value: psk(wifi, await askSecret(`Password of the Wi-Fi ${wifi}`, secrets.wifi)),
      from: '--wifi',
    })
  return asked.length === 0 ? undefined : settingsOf(asked)
}

/**
 * What was asked for, but for the secrets, which are asked for later. UserError with all that is
 * wrong.
 */
export function checkPersonal(options: PersonalOptions): Asked[] {
  const { hostname, timezone, keyboard, soundcard, user, sshKey = [], wifi, wifiCountry } = options
  const asked: Asked[] = []
  const one = (key: string, value: string | undefined, option: string): void => {
    if (value !== undefined) asked.push({ key, value, from: `${option} ${value}` })
  }
  together(
    ...(options.setOnCard ?? []).map(
      (typed) => (): void => void asked.push(settingOf(typed, '--set-on-card')),
    ),
    () => {
      one('hostname', hostname, '--hostname')
      one('timezone', timezone, '--timezone')
      one('keyboard', keyboard, '--keyboard')
      one('soundcard', soundcard, '--soundcard')
      one('user.name', user, '--user')
      one('wifi.ssid', wifi, '--wifi')
      one('wifi.country', wifiCountry, '--wifi-country')
    },
    ...sshKey.map((file) => (): void => {
      asked.push({
        key: 'user.ssh_keys',
        value: publicKeysIn(file, `--ssh-key ${file}`),
        from: `--ssh-key ${file}`,
      })
    }),
    () => settingsOf(asked),
  )
  return asked
}

/** What wpa_passphrase prints as psk (IEEE 802.11, annex J.4); 64 digits are one already. */
function psk(ssid: string, password: string): string {
  if (/^[0-9A-Fa-f]{64}$/.test(password)) return password
  // in a file stars mean "as it is", however many; as they are typed here, they are a password
  if (password.length < 8 || password.length > 63 || whyNot(rules.wifi_password, password))
    throw new UserError(`--wifi: the password: expected ${rules.wifi_password.expected}`)
  return pbkdf2Sync(password, ssid, 4096, 32, 'sha1').toString('hex')
}

/** SHA-512 of crypt(3), salted. On standard input: a command line is everybody's to read. */
async function hashOf(password: string): Promise<string> {
  if (password === '') throw new UserError('--password: an empty one would let everybody in')
  const why = whyNot(rules.password, password)
  if (why !== undefined) throw new UserError(`--password: ${why}`)
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
