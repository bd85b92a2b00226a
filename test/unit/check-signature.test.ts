import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { repository, temporaryFolder } from './fixtures.ts'

// With keys that GnuPG makes: two years ago, so that one may have expired since.

const THEN = Math.floor(Date.now() / 1000) - 2 * 365 * 86400

/** A signed image, and what GnuPG does with the keys of whoever signed it. */
function signer() {
  const folder = temporaryFolder()
  const home = join(folder, 'home')
  mkdirSync(home, { mode: 0o700 })
  onTestFinished(() => void spawnSync('gpgconf', ['--homedir', home, '--kill', 'all']))
  const gpg = (...args: string[]): string => {
    const all = [
      '--homedir',
      home,
      '--batch',
      '--quiet',
      '--pinentry-mode',
      'loopback',
      '--passphrase',
      '',
      ...args,
    ]
    const { status, stdout, stderr } = spawnSync('gpg', all, { encoding: 'utf8', cwd: folder })
    if (status !== 0) throw new Error(`gpg ${args.join(' ')}: ${stderr}`)
    return stdout
  }
  const past = ['--faked-system-time', `${THEN}!`]
  /** Makes a key, and gives its fingerprint. */
  const key = (name: string, expires = 'never'): string => {
    gpg(...past, '--quick-gen-key', `${name}@example.org`, 'ed25519', 'sign', expires)
    return /^fpr:+([0-9A-F]{40}):$/m.exec(
      gpg('--with-colons', '--list-keys', `=${name}@example.org`),
    )![1]!
  }
  writeFileSync(join(folder, 'image'), 'an image')
  const sign = (by: string): void =>
    void gpg(
      ...past,
      '--yes',
      '--local-user',
      by,
      '--output',
      'image.sig',
      '--detach-sign',
      'image',
    )
  const revoke = (fingerprint: string): void => {
    // as it is made beside each key: with a colon in front, so that nobody uses it by mistake
    const made = readFileSync(join(home, 'openpgp-revocs.d', `${fingerprint}.rev`), 'utf8')
    writeFileSync(join(folder, 'revocation'), made.replace(':-----BEGIN', '-----BEGIN'))
    gpg('--import', 'revocation')
  }
  /** What the script says of it: nothing, or what is wrong. */
  const check = (fingerprint: string, published = fingerprint): string => {
    gpg('--yes', '--output', 'key', '--export', published)
    const [script, work] = [join(repository, 'stages/base/check-signature.sh'), temporaryFolder()]
    const files = ['image', 'image.sig', 'key'].map((name) => join(folder, name))
    const { status } = spawnSync('bash', [script, ...files, fingerprint], { cwd: work })
    const why = readdirSync(work).includes('why') ? readFileSync(join(work, 'why'), 'utf8') : ''
    expect(status === 0).toBe(why === '')
    return why
  }
  return { folder, key, sign, revoke, check }
}

test('an image that the pinned key has signed is taken, and one that was changed since is not', () => {
  const { folder, key, sign, check } = signer()
  const ours = key('ours')
  sign(ours)
  expect(check(ours)).toBe('')
  writeFileSync(join(folder, 'image'), 'another image')
  expect(check(ours)).toBe('signature: the image is not what was signed: do not use it\n')
})

test('an image that another key has signed is not taken, whichever key was published', () => {
  const { key, sign, check } = signer()
  const [ours, theirs] = [key('ours'), key('theirs')]
  sign(theirs)
  expect(check(ours)).toMatch(`signature: no signature by ${ours}, the key that the base pins: `)
  expect(check(ours, theirs)).toBe(
    `signature: signed by ${theirs}, not by ${ours}, the key that the base pins\n`,
  )
})

test('an image whose key has been revoked is not taken, though its signature is right', () => {
  const { key, sign, revoke, check } = signer()
  const ours = key('ours')
  sign(ours)
  revoke(ours)
  expect(check(ours)).toBe(
    `signature: the key that signed the image has been revoked (${ours.slice(-16)}): do not use the image\n`,
  )
})

test('an image that was signed in time stays good when its key has expired', () => {
  const { key, sign, check } = signer()
  const ours = key('ours', '1y')
  sign(ours)
  expect(check(ours)).toBe('')
})
