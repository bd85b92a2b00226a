import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { runStages } from '../../scripts/session/session.ts'
import { root } from '../downbeat.ts'
import { chosen } from '../image/first-boot/cards.ts'
import type { Answers } from '../image/first-boot/cards.ts'
import { everyMoment } from '../image/first-boot/cuts.ts'
import {
  expectAccount,
  expectChosen,
  expectOwnIdentity,
  expectUncut,
  psk,
} from '../image/first-boot/expected.ts'
import { moreFirstBoots } from './first-boots.ts'
import type { MoreFirstBoots } from './first-boots.ts'

let seen: MoreFirstBoots
beforeAll(async () => {
  const { made } = await runStages(
    resolve(openCatalogue(root), join(root, 'image.yaml')),
    [moreFirstBoots],
    { quiet: true },
  )
  seen = JSON.parse(
    readFileSync(made.get('more-first-boots')!.outputs['seen']!, 'utf8'),
  ) as MoreFirstBoots
})

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

describe('downbeat.toml', () => {
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
      expect.stringMatching(/^downbeat\.toml:\d+:\d+ timezone: expected a name of the tz database/),
    ])
  })

  test('that was mended is applied, and the text about the mistake goes', () => {
    expect(seen.broken.second.hostname).toMatch(/^mended\nmended\n/)
    expect(seen.broken.gone).toBeUndefined()
    expect(seen.broken.second.issue).not.toContain('downbeat.toml:')
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

test('a first boot whose plug is pulled at twenty moments ends as if it had not been', () => {
  const { pulled } = seen.cuts
  expect(pulled.length).toBeGreaterThanOrEqual(20)
  expect(pulled.at(-1)).toBe(everyMoment.at(-1))
  expectUncut(seen.cuts, seen.later)
})
