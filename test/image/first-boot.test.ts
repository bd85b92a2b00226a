import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { resolve } from '../../lib/resolve.ts'
import { runStages } from '../../scripts/session.ts'
import { root } from '../downbeat.ts'
import { chosen } from './first-boot/cards.ts'
import type { Answers } from './first-boot/cards.ts'
import { oneOfEachStep } from './first-boot/cuts.ts'
import { expectAccount, expectChosen, expectOwnIdentity, expectUncut } from './first-boot/expected.ts'
import { firstBoots } from './first-boot/stage.ts'
import type { FirstBoots } from './first-boot/stage.ts'

// The built image on new cards, in QEMU: what a card does on its first boot, with settings in each of the forms that it knows.

let seen: FirstBoots
beforeAll(async () => {
  const { made } = await runStages(resolve(root, join(root, 'image.yaml')), [firstBoots], { quiet: true })
  seen = JSON.parse(readFileSync(made.get('first-boots')!.outputs['seen']!, 'utf8')) as FirstBoots
})

const psk = (ssid: string, key: string): RegExp =>
  new RegExp(`\\n\\tssid=${ssid}\\n(\\tscan_ssid=1\\n)?\\tkey_mgmt=WPA-PSK\\n\\tpsk=${key}\\n`)
const inHex = Buffer.from(chosen.ssid).toString('hex')

describe('a card that was told nothing', () => {
  test('grows, and gets host keys and an identity of its own', () => {
    expectOwnIdentity(seen.custom.untold)
  })

  test('lets nobody in, and says on its console how to change that', () => {
    const { password, keys, ssh, issue } = seen.custom.untold
    expect({ password, keys, ssh }).toEqual({ password: '!', keys: '', ssh: 'disabled\ninactive' })
    expect(issue).toMatch(/^Nobody can log in to this card yet/)
  })
})

describe('downbeat.toml, written on Windows,', () => {
  test('is applied: name, account, key, password, Wi-Fi, time zone, keyboard, JACK, a command', () => {
    const { first } = seen.later
    expectOwnIdentity(first)
    expectChosen(first)
    expect(first.password).toBe(chosen.hash)
    expect(first.keys).toBe(chosen.key)
    expect(first.sshd).toMatch(/^passwordauthentication no$/m)
    expect(first.wifi).toMatch(psk(inHex, chosen.psk))
    expect(first.wifi).toContain('scan_ssid=1')
    expect(first.jack).toMatch(/^JACKD_ALSA="-p256 -n\d -r44100/)
    expect(first.autostart).toMatch(/\necho 'a b' >\/tmp\/started$/)
    expect(first.problems).toBe('')
  })

  test('has its secrets written over, and they are nowhere else on the card, byte for byte, nor in the journal', () => {
    expect(seen.later.secrets).toEqual([])
    expect(seen.later.first.left).toBe('0')
    expect(seen.later.file).toMatch(/^password_hash = '\*{20,}'\r$/m)
    expect(seen.later.file).toMatch(/^password = "\*{20,}" # ü\r$/m)
    expect(seen.later.file).toContain(`hostname = "${chosen.hostname}"\r\n`)
  })

  test('leaves nothing for the second boot to do, and the card stays what it is', () => {
    const { units, journal, ...first } = seen.later.first
    const { units: later, journal: said, ...second } = seen.later.second
    expect(second).toEqual(first)
    expect(units).toMatch(/^active\n[1-9]\d*\nactive\n[1-9]\d*$/)
    expect(later).toBe('inactive\n0\ninactive\n0')
    expect(journal).toContain('first boot done')
    expect(said).not.toContain('downbeat:')
  })

  test('is not read again until somebody changes it, and what is written over then stays as it is', () => {
    const { first, third } = seen.later
    expect(third.units).toMatch(/^inactive\n0\nactive\n[1-9]\d*$/)
    expect(third.hostname).toMatch(/^stage-left\nstage-left\n/)
    expect(third.jack).toMatch(/^JACKD_ALSA="-p512 -n\d -r44100/)
    expect({ wifi: third.wifi, password: third.password, keys: third.keys }).toEqual({
      wifi: first.wifi,
      password: first.password,
      keys: first.keys,
    })
  })

  test('that has a mistake in it is passed over, and a text beside it says where the mistake is', () => {
    const { first, problems } = seen.broken
    expect(problems).toMatch(/\r\ndownbeat\.toml:3:\d+ .*\r\n$/)
    expect(first.console).toMatch(/downbeat\.toml:3:\d+ /)
    expect(first.answers['issue']).toMatch(/^downbeat\.toml:3:\d+ /m)
    expect(first.answers['hostname']).toMatch(/^downbeat\n/)
    expectOwnIdentity(first.answers as Answers)
  })

  test('that has one wrong value has all the others applied', () => {
    const { third, problems } = seen.later
    expect(third.hostname).toMatch(/^stage-left\n/)
    expect(third.timezone).toContain(chosen.timezone) // as before
    expect(problems!.split('\r\n').slice(1, -1)).toEqual([
      'downbeat.toml:1:1 hostnam: there is no such setting (did you mean "hostname"?)',
      expect.stringMatching(/^timezone: there is no time zone Mars\/Olympus/),
    ])
  })

  test('that was mended is applied, and the text about the mistake goes', () => {
    expect(seen.broken.second.hostname).toMatch(/^mended\nmended\n/)
    expect(seen.broken.gone).toBeUndefined()
    expect(seen.broken.second.issue).not.toContain('downbeat.toml:')
  })
})

describe('the firstrun.sh of Raspberry Pi Imager', () => {
  test('is run by the first start, which takes it off the card and starts again', () => {
    const { script, files } = seen.imager
    expect(script).toContain('firstrun.sh done; starting again')
    expect(files.firstrun).toBeUndefined()
    expect(files.cmdline).toMatch(/^[^\n]* cfg80211\.ieee80211_regdom=DE +\n$/)
    expect(files.cmdline).not.toContain('systemd.')
  })

  test('is obeyed by the second', () => {
    const { answers } = seen.imager
    expectOwnIdentity(answers)
    expectChosen(answers)
    expect(answers.password).toBe(chosen.hash)
    expect(answers.keys).toBe(chosen.key)
    expect(answers.sshd).toMatch(/^passwordauthentication no$/m)
    expect(answers.wifi).toMatch(psk(inHex, chosen.psk))
  })

  test('is nowhere on the card any more', () => {
    expect(seen.imager.secrets).toEqual([])
  })
})

describe('the files of Raspberry Pi OS:', () => {
  test('custom.toml is applied and removed, and its password is nowhere on the card', () => {
    const { untold, answers, secrets } = seen.custom
    expectOwnIdentity(answers)
    expect(answers.disk_id).toBe(untold.disk_id)
    expectChosen(answers)
    expect(answers.password).toMatch(/^\$y\$/)
    expect(answers.sshd).toMatch(/^passwordauthentication yes$/m)
    expect(answers.wifi).toMatch(psk(Buffer.from('home').toString('hex'), '0f'.repeat(32)))
    expect(answers.boot).toBe('vfat\ndownbeat.toml')
    expect(secrets).toEqual([])
    expect(answers.left).toBe('0')
  })

  test('userconf.txt and ssh are applied and removed, on a card that is in use, too', () => {
    const { second: answers, secrets } = seen.broken
    expectOwnIdentity(answers)
    expectAccount(answers)
    expect(answers.password).toBe(chosen.hash)
    expect(answers.sshd).toMatch(/^passwordauthentication yes$/m)
    expect(answers.boot).toBe('vfat\ndownbeat.toml')
    expect(secrets).toEqual([])
  })
})

test('a first boot whose plug is pulled in each of its steps ends as if it had not been', () => {
  expect(seen.cuts.pulled.at(-1)).toBe(oneOfEachStep.at(-1))
  expect(seen.cuts.pulled.length).toBeGreaterThan(oneOfEachStep.length / 2) // one that is over too quickly is not said again
  expectUncut(seen.cuts, seen.later)
})
