import { isUtf8 } from 'node:buffer'
import { closeSync, fstatSync, readSync } from 'node:fs'
import { UserError } from '../words/errors.ts'
import { nameOf } from './file-name.ts'
import { openNamed } from './named.ts'

/**
 * A file of the repository as the plan holds it: `path` below the folder, its text, whether it is a
 * program.
 */
export interface TextFile {
  path: string
  text: string
  executable: boolean
}

/** Bytes of a text that a person writes, at most; the largest of this repository has 45,000. */
const LONGEST = 256 * 1024

/**
 * The text of a file that somebody names. UserError where there is none, or something else: a
 * folder, a pipe, a device, a file that is no text, or too long, or not to be read.
 */
export function textOf(file: string, root: string): string {
  const name = nameOf(file, root)
  const wrong = (what: string): UserError => new UserError(`${name}: ${what}`)
  const opened = openNamed(file, wrong)
  try {
    const bytes = Buffer.allocUnsafe(LONGEST + 1)
    const length = readSync(opened, bytes, 0, bytes.length, 0)
    if (length > LONGEST)
      throw wrong(
        `has more than ${LONGEST} bytes (${fstatSync(opened).size}): such a file is never so large`,
      )
    const text = bytes.subarray(0, length)
    if (!isUtf8(text)) throw wrong(`is no text in UTF-8: ${firstOdd(text)}`)
    return text.toString('utf8')
  } finally {
    closeSync(opened)
  }
}

/** Where a text that is no UTF-8 has its first byte that cannot be. */
function firstOdd(bytes: Buffer): string {
  const lines = bytes.toString('latin1').split('\n')
  const row = lines.findIndex((line) => !isUtf8(Buffer.from(line, 'latin1')))
  return `look at line ${row + 1}`
}
