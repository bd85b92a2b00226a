import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Entry } from '../../lib/engine/cache/cache.ts'
import { imageInfo } from './image-info.ts'
import { addressOf, manifest, manifestSuffix } from './imager.ts'
import type { FileFacts } from './imager.ts'
import type { Made } from '../../lib/engine/run/make.ts'
import type { Plan } from '../../lib/plan/plan.ts'

const SUMS = 'SHA256SUMS'
/** What the outputs of the stage are called beside `<name>.img`. */
const suffixes = { xz: '.img.xz', zst: '.img.zst', bmap: '.bmap' } as const

/** What lies beside an image that is given to others. */
export interface Release {
  /** file name: the file of the cache that it is */
  packed: Record<string, string>
  /** file name: text, in the order in which they are written */
  papers: Record<string, string>
  /** for build.json */
  files: Record<string, FileFacts>
}

/**
 * Puts together what is given to others, of the entries of the stages `image` and `release`:
 * nothing large is read for it. `served` is the address where the files will be, otherwise the
 * manifest names the file in `folder`; `lock` is the text of packages.lock.
 */
export function releaseOf(
  plan: Plan,
  made: { image: Entry; release: Pick<Made, 'entry' | 'outputs'>; lock: string },
  folder: string,
  served?: string,
): Release {
  const { disk } = made.image.outputs
  const image: FileFacts = { bytes: disk!.bytes, sha256: disk!.sha256 }
  const packed: Release['packed'] = {}
  const files: Release['files'] = {}
  for (const [output, suffix] of Object.entries(suffixes)) {
    const { bytes, sha256 } = made.release.entry.outputs[output]!
    packed[`${plan.name}${suffix}`] = made.release.outputs[output]!
    files[`${plan.name}${suffix}`] = { bytes, sha256 }
  }
  const info = imageInfo(plan, image, made.lock)
  files[`${plan.name}.info`] = {
    bytes: Buffer.byteLength(info),
    sha256: createHash('sha256').update(info).digest('hex'),
  }
  const sums = Object.entries({ [`${plan.name}.img`]: image, ...files }).map(
    ([file, { sha256 }]) => `${sha256}  ${file}\n`,
  )
  const xz = `${plan.name}${suffixes.xz}`
  const made_on = new Date(disk!.mtime_ms).toISOString().slice(0, 10)
  const list = manifest(plan, image, files[xz]!, made_on, addressOf(served, folder, xz))
  const papers = {
    [`${plan.name}.info`]: info,
    [SUMS]: sums.join(''),
    [`${plan.name}${manifestSuffix}`]: `${JSON.stringify(list, null, 2)}\n`,
  }
  return { packed, papers, files }
}

/** What lies in the folder of the release of this very image: whole, or it does not count. */
export function releaseBeside(
  folder: string,
  name: string,
  imageSha256: string,
): Release['files'] | undefined {
  const whole = [SUMS, `${name}${manifestSuffix}`].every((file) => existsSync(join(folder, file)))
  const lines = whole ? readFileSync(join(folder, SUMS), 'utf8').split('\n').filter(Boolean) : []
  if (!lines.includes(`${imageSha256}  ${name}.img`)) return undefined
  const files: Release['files'] = {}
  for (const line of lines) {
    const [sha256, file] = line.split('  ') as [string, string]
    if (file === `${name}.img`) continue
    if (!existsSync(join(folder, file))) return undefined
    files[file] = { bytes: statSync(join(folder, file)).size, sha256 }
  }
  return files
}

/**
 * Takes a release away: a packed image beside another image is taken for that one. What says which
 * image it is of goes first and is written last, so that a release that was left half done counts
 * as none.
 */
export function removeRelease(folder: string, name: string): void {
  for (const file of [
    SUMS,
    ...[manifestSuffix, '.info', ...Object.values(suffixes)].map((suffix) => `${name}${suffix}`),
  ])
    rmSync(join(folder, file), { force: true })
}
