import { expect, test } from 'vitest'
import { typedAgain, typedAsRoot } from '../../scripts/ask/typed-again.ts'

test('a command is told again with every option that was typed, in quotes where a shell needs them', () => {
  const typed = [
    'flash',
    'out/images/downbeat',
    '/dev/sdb',
    '--hostname',
    'synth',
    '--wifi',
    "Ada's home",
    '--yes',
    '',
  ]
  expect(typedAgain(typed)).toBe(
    `./downbeat flash out/images/downbeat /dev/sdb --hostname synth --wifi 'Ada'\\''s home' --yes ''`,
  )
})

test('a command is told as root with the passwords that are in the environment, by their names', () => {
  const typed = ['flash', 'x.img', '/dev/sdb', '--wifi', 'home']
  const [user, wifi] = ['DOWNBEAT_PASSWORD', 'DOWNBEAT_WIFI_PASSWORD'] as const
  expect(typedAsRoot(typed, {})).toBe('sudo ./downbeat flash x.img /dev/sdb --wifi home')
  expect(typedAsRoot(typed, { [wifi]: 'secret' })).toBe(
    `sudo --preserve-env=${wifi} ./downbeat flash x.img /dev/sdb --wifi home`,
  )
  expect(typedAsRoot(typed, { [wifi]: 'secret', [user]: 'secret' })).toContain(
    `sudo --preserve-env=${user},${wifi} ./downbeat flash`,
  )
})

test('what is secret is left out, and nothing else', () => {
  const typed = [
    'personalize',
    '/dev/sdb',
    '--set-on-card',
    'wifi.password=my secret',
    '--set-on-card=user.password_hash=$6$x',
  ]
  expect(typedAgain([...typed, '--set-on-card', 'wifi.country=DE'])).toBe(
    './downbeat personalize /dev/sdb --set-on-card wifi.password=… --set-on-card=user.password_hash=… --set-on-card wifi.country=DE',
  )
})
