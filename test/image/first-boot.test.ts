import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { runStages } from '../../scripts/session/session.ts'
import { root } from '../downbeat.ts'
import { chosen } from './first-boot/cards.ts'
import { oneOfEachStep } from './first-boot/cuts.ts'
import { expectChosen, expectOwnIdentity, expectUncut, psk } from './first-boot/expected.ts'
import { firstBoots } from './first-boot/stage.ts'
import type { FirstBoots } from './first-boot/stage.ts'

// The built image on new cards, in QEMU: what a card does on its first boot, with settings in each
// of the forms that it knows.

let seen: FirstBoots
beforeAll(async () => {
  const { made } = await runStages(
    resolve(openCatalogue(root), join(root, 'image.yaml')),
    [firstBoots],
    { quiet: true },
  )
  seen = JSON.parse(readFileSync(made.get('first-boots')!.outputs['seen']!, 'utf8')) as FirstBoots
})

const inHex = Buffer.from(chosen.ssid).toString('hex')

describe('downbeat.toml, written on Windows,', () => {
  test('is applied: name, account, key, password, Wi-Fi, time zone, keyboard, JACK, a command', () => {
    const { first } = seen.forms
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
    expect(seen.forms.secrets).toEqual([])
    expect(seen.forms.first.left).toBe('0')
    expect(seen.forms.file).toMatch(/^password_hash = '\*{20,}'\r$/m)
    expect(seen.forms.file).toMatch(/^password = "\*{20,}" # ü\r$/m)
    expect(seen.forms.file).toContain(`hostname = "${chosen.hostname}"\r\n`)
  })

  test('leaves nothing for the second boot to do, and the card stays what it is', () => {
    const { units, journal, ...first } = seen.forms.first
    const { units: later, journal: said, ...second } = seen.forms.second
    expect(second).toEqual(first)
    expect(units).toMatch(/^active\n[1-9]\d*\nactive\n[1-9]\d*$/)
    expect(later).toBe('inactive\n0\ninactive\n0')
    expect(journal).toContain('first boot done')
    expect(said).not.toContain('downbeat:')
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

// userconf.txt and ssh are in card-root.test.ts, and are booted by ./downbeat test long
test('custom.toml is applied and removed, on a card that is in use', () => {
  const { first, custom: answers } = seen.forms
  expectOwnIdentity(answers)
  expect(answers.disk_id).toBe(first.disk_id)
  expectChosen(answers)
  expect(answers.password).toMatch(/^\$y\$/)
  expect(answers.sshd).toMatch(/^passwordauthentication yes$/m)
  expect(answers.wifi).toMatch(psk(Buffer.from('home').toString('hex'), '0f'.repeat(32)))
  expect(answers.boot).toBe('vfat\ndownbeat.toml')
  expect(answers.left).toBe('0')
})

test('a first boot whose plug is pulled in each of its steps ends as if it had not been', () => {
  expect(seen.cuts.pulled.at(-1)).toBe(oneOfEachStep.at(-1))
  // one that is over too quickly is not said again
  expect(seen.cuts.pulled.length).toBeGreaterThan(oneOfEachStep.length / 2)
  expectUncut(seen.cuts, seen.forms)
})
