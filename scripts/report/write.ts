import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { readRecords } from '../proven/records.ts'
import { cacheFolder, root } from '../session/session.ts'
import type { Build } from './data/build.ts'
import { keptOf } from './data/kept.ts'
import type { Measured } from './data/measured.ts'
import { reportFile } from './files.ts'
import { pageOf, pageOfTwo } from './page.ts'
import type { Subject } from './parts/part.ts'

/** Writes the page of an image into its folder; gives its path. `measured`: on somebody's board. */
export async function writeReport(one: Build, measured?: Measured): Promise<string> {
  const subject = await withKept(one, 'one')
  const { boards } = readRecords(openCatalogue(root))
  return put(
    join(one.folder, reportFile()),
    pageOf({ ...subject, tried: boards, ...(measured === undefined ? {} : { measured }) }),
  )
}

/** Writes a page of two images into the folder of the first. */
export async function writeReportOfTwo(one: Build, other: Build): Promise<string> {
  const named = one.name === other.name
  const [left, right] = await Promise.all([
    withKept(named ? { ...one, name: `${one.name} (first)` } : one, 'one'),
    withKept(named ? { ...other, name: `${other.name} (second)` } : other, 'other'),
  ])
  return put(join(one.folder, reportFile(other.plan.name)), pageOfTwo(left, right))
}

const withKept = async (build: Build, id: string): Promise<Subject> => ({
  ...build,
  id,
  kept: await keptOf(build, cacheFolder()),
})

/** Writes a page whole. */
function put(path: string, text: string): string {
  const half = `${path}.${process.pid}.half`
  try {
    writeFileSync(half, text)
    renameSync(half, path)
  } finally {
    rmSync(half, { force: true })
  }
  return path
}
