import { closeSync, existsSync, readSync } from 'node:fs'
import { openNamed } from '../../lib/common/files/named.ts'
import { UserError } from '../../lib/common/words/errors.ts'

/** Bytes of a file of public keys, at most. */
const LONGEST = 256 * 1024

/** The public keys in a file that somebody names; `place` stands in front of what is wrong with it. */
export function publicKeysIn(file: string, place: string): string[] {
  const wrong = (what: string): UserError => new UserError(`${place}: ${what}`)
  const opened = openNamed(file, (what) =>
    wrong(existsSync(file) ? what : `${what} (ssh-keygen -t ed25519 makes a key)`),
  )
  const bytes = Buffer.alloc(LONGEST + 1)
  const length = readSync(opened, bytes)
  closeSync(opened)
  if (length > LONGEST) throw wrong('has more bytes than public keys ever have')
  const text = bytes.toString('utf8', 0, length)
  if (text.includes('PRIVATE KEY'))
    throw wrong(`this is the private key, which must not leave this machine; name ${file}.pub`)
  const keys = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'))
  if (keys.length === 0) throw wrong('there is no key in it')
  return keys.map((key) => key.trim())
}
