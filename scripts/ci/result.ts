import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Row } from '../measure/table.ts'

/** What became of `./downbeat ci build`: the steps behind it read it. */
export interface Result {
  /** names of the images that are there */
  images: string[]
  /** files of choices of which no image came, or no good figures, with the exit status */
  failed: { choices: string; status: number }[]
  /** as `./downbeat measure --json` tells them */
  figures: Row[]
  /** the stage after which it was to stop */
  until: string
}

/** In the folder of the logs, which is kept where a build fails. */
const fileIn = (out: string): string => join(out, 'logs/ci.json')

export function writeResult(out: string, result: Result): void {
  mkdirSync(join(out, 'logs'), { recursive: true })
  writeFileSync(fileIn(out), `${JSON.stringify(result, null, 2)}\n`)
}

/** Undefined: nothing was built since the last `prepare`. */
export const readResult = (out: string): Result | undefined =>
  existsSync(fileIn(out)) ? (JSON.parse(readFileSync(fileIn(out), 'utf8')) as Result) : undefined

export const forgetResult = (out: string): void => rmSync(fileIn(out), { force: true })
