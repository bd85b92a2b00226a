import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { settingsHeader } from '../../lib/plan/settings/header.ts'
import { settingsText } from '../../lib/plan/settings/text.ts'
import { settingKeys, Settings } from '../../lib/plan/settings/settings.ts'
import type { SettingsData } from '../../lib/plan/settings/settings.ts'
import { planOf, repository } from './fixtures.ts'

const chosen: SettingsData = {
  hostname: 'studio',
  autostart: 'echo "a\\b"',
  user: { name: 'anna', ssh_keys: ['ssh-ed25519 AAAA anna@laptop', 'ssh-ed25519 BBBB'] },
  wifi: { ssid: 'Küche', password: 'correct horse', hidden: true, country: 'DE' },
  jack: { period: 64 },
}

describe('the text of downbeat.toml', () => {
  const lines = settingsText(chosen, { jack: { rate: 96000 } }).split('\n')

  test('has what was chosen as TOML', () => {
    expect(lines.filter((line) => /^\w|^\[/.test(line))).toEqual([
      'hostname = "studio"',
      'autostart = "echo \\"a\\\\b\\""',
      '[user]',
      'name = "anna"',
      'ssh_keys = ["ssh-ed25519 AAAA anna@laptop", "ssh-ed25519 BBBB"]',
      '[ssh]',
      '[wifi]',
      'ssid = "Küche"',
      'password = "correct horse"',
      'hidden = true',
      'country = "DE"',
      '[network]',
      '[jack]',
      'period = 64',
    ])
  })

  test('has every other key as a comment, with its default or an example', () => {
    const comments = lines.flatMap((line) => /^#(\w+) = /.exec(line)?.[1] ?? [])
    expect(comments).toEqual([
      'timezone',
      'keyboard',
      'keyboard_variant',
      'locale',
      'soundcard',
      'read_only',
      'new_identity',
      'password_hash',
      'enabled',
      'password_login',
      'psk',
      'address',
      'gateway',
      'dns',
      'periods',
      'rate',
    ])
    expect(lines).toContain('#rate = 96000')
  })

  test('in an image asks for nothing, and says how the image is', () => {
    const { settings, jack } = planOf({}).configure.view
    expect(settings.split('\n').filter((line) => !/^(#.*|\[\w+\]|)$/.test(line))).toEqual([])
    expect(settings).toContain(`#period = ${jack.period}`)
    expect(settings).toContain('#name = "musician"')
  })
})

describe('the settings', () => {
  test('have examples that they allow, but for those that show where something is left out', () => {
    for (const { key, example } of settingKeys()) {
      const value = key
        .split('.')
        .reduceRight<unknown>((inner, part) => ({ [part]: inner }), example)
      if (!JSON.stringify(example).includes('…'))
        expect(Settings.safeParse(value).error, key).toBeUndefined()
    }
  })

  test('say what they expect', () => {
    const { error } = Settings.safeParse({
      wifi: { password: 'short' },
      hostnam: 'x',
      jack: { period: 1 },
    })
    expect(error!.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual(
      expect.arrayContaining(['wifi.password: expected 8 to 63 characters of ASCII']),
    )
    expect(error!.issues).toHaveLength(3)
  })

  test('have patterns that C++ reads as JavaScript does', () => {
    for (const { rule, key } of settingKeys())
      expect(rule?.pattern.source ?? '', key).not.toMatch(/\(\?|\\[pPkbBu]|\\d|\\w/)
  })

  test('are the ones that the reader on the card knows', () => {
    expect(readFileSync(join(repository, 'packages/tools/settings/keys.h'), 'utf8')).toBe(
      settingsHeader(),
    )
  })
})
