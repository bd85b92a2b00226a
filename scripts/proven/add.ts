import { existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Catalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { buildOf } from '../report/data/build.ts'
import { recordOfBuild } from './from-build.ts'
import { recordOfReport } from './from-report.ts'
import { FOLDERS, nameOfEmulated, nameOfOnBoard } from './records.ts'

/** What is to be added, and how. */
interface Given {
  /** a report of a board; or the folder of an image, or its name below `images` */
  what: string
  by: string | undefined
  board: string | undefined
  images: string
  shown: (path: string) => string
  /** the day of today, for what was built here */
  today: string
}

/** Writes a record of what was given; gives its path in the repository. UserError, with the place. */
export function addRecord(catalogue: Catalogue, given: Given): string {
  const { what, images, shown } = given
  if (isReport(what)) {
    const record = recordOfReport(catalogue, what, given)
    return put(catalogue.root, join(FOLDERS.boards, nameOfOnBoard(record)), record)
  }
  const record = recordOfBuild(buildOf(what, images, shown), given.today)
  return put(catalogue.root, join(FOLDERS.emulated, nameOfEmulated(record)), record)
}

/** An image is a folder, or the name of one; all else is a file, there or not. */
function isReport(what: string): boolean {
  if (what.endsWith('.json')) return true
  return statSync(what, { throwIfNoEntry: false })?.isDirectory() === false
}

/** A file that is whole, or not there. */
function put(root: string, path: string, record: object): string {
  const file = join(root, path)
  const half = `${file}.${process.pid}.half`
  if (!existsSync(dirname(file))) mkdirSync(dirname(file), { recursive: true })
  writeFileSync(half, `${JSON.stringify(record, null, 2)}\n`)
  renameSync(half, file)
  return path
}
