import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { HostError } from '../../lib/common/words/errors.ts'
import type { Entry } from '../../lib/engine/cache/cache.ts'
import type { KernelTaken } from '../../lib/plan/kernel-taken.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import type { ProofResult } from '../../lib/plan/proofs/proof.ts'
import { removeReports } from '../report/files.ts'
import { releaseBeside, removeRelease } from './release.ts'
import type { Release } from './release.ts'

/** `build.json`: what was made, from what, and what it cost. */
export interface BuildRecord {
  name: string
  stages: Record<
    string,
    { key: string; cached: boolean; wall_s: number; cpu_s: number; peak_mib: number }
  >
  files: Record<string, { bytes: number; sha256: string }>
  proofs: ProofResult[]
  /**
   * from the start of the emulator to the root shell: seconds of the machine that ran it, no figure
   * of a Pi
   */
  boots: { machine: string; seconds: number }[]
  /** the source that the kernel was compiled from; undefined: the base has its own */
  kernel?: KernelTaken
}

/** One row of `stages`. */
export const stageRecord = (entry: Entry, cached: boolean): BuildRecord['stages'][string] => ({
  key: entry.key,
  cached,
  wall_s: round(entry.wall_s),
  cpu_s: round(entry.usage.user + entry.usage.system),
  peak_mib: round(entry.usage.peak_kib / 1024),
})

const round = (value: number): number => Math.round(value * 100) / 100

/**
 * Puts what was made into `out/images/<name>/`: the disk image, its papers, and the folder
 * `packages`, which also holds the other JACK server. The image is the very file of the cache if
 * both are on the same disk, and it is read-only. With `release`, the files for others are put
 * there too. Without it, older files for others stay only if they belong to this very image.
 * A report is of the build before, so it goes. Returns the path of the image.
 */
export function publish(
  folder: string,
  made: { image: string; packages: string },
  plan: Plan,
  record: BuildRecord,
  release?: Release,
): string {
  const target = join(folder, `${plan.name}.img`)
  mkdirSync(folder, { recursive: true })
  sweep(folder)
  removeReports(folder)
  if (release || !releaseBeside(folder, plan.name, record.files[`${plan.name}.img`]?.sha256 ?? ''))
    removeRelease(folder, plan.name)
  link(join(made.image, 'disk.img'), target)
  put(join(folder, 'plan.json'), `${JSON.stringify(asMade(plan, record), null, 2)}\n`)
  put(join(folder, 'build.json'), `${JSON.stringify(record, null, 2)}\n`)
  copyFileSync(join(made.image, 'packages.lock'), join(folder, 'packages.lock'))
  const packages = join(folder, `packages.${process.pid}.half`)
  cpSync(made.packages, packages, { recursive: true })
  rmSync(join(folder, 'packages'), { recursive: true, force: true })
  renameSync(packages, join(folder, 'packages'))
  for (const [file, packed] of Object.entries(release?.packed ?? {}))
    link(packed, join(folder, file))
  for (const [file, text] of Object.entries(release?.papers ?? {})) put(join(folder, file), text)
  return target
}

/** The plan, and what was found for the part of it that says only "the newest". */
const asMade = (plan: Plan, { kernel: taken }: BuildRecord): Plan =>
  plan.kernel && taken ? { ...plan, kernel: { ...plan.kernel, taken } } : plan

/**
 * Makes a large file of the cache lie in the folder too; nobody may write to it. On another disk it
 * is a copy.
 */
function link(file: string, target: string): void {
  chmodSync(file, 0o444)
  if (same(file, target)) return
  const half = `${target}.${process.pid}.half`
  rmSync(half, { force: true })
  try {
    linkSync(file, half)
  } catch (error) {
    if (!['EXDEV', 'EPERM', 'EMLINK'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error
    copy(file, half)
  }
  renameSync(half, target)
}

/**
 * With holes where nothing is written, and with the mode and the time of the file: Node's own copy
 * has no holes.
 */
function copy(file: string, target: string): void {
  const { status, stderr } = spawnSync(
    'cp',
    ['--reflink=auto', '--sparse=always', '--preserve=mode,timestamps', file, target],
    {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
    },
  )
  if (status === 0) return
  rmSync(target, { force: true })
  throw new HostError(
    stderr.trim() || `${file} could not be copied`,
    `make room for ${target}, then run the same command again`,
  )
}

/** A link to the file, or a copy that nobody has touched since. */
function same(a: string, b: string): boolean {
  if (!existsSync(b)) return false
  const [one, other] = [statSync(a), statSync(b)]
  if (one.dev === other.dev) return one.ino === other.ino
  return one.size === other.size && one.mtimeMs === other.mtimeMs && (other.mode & 0o222) === 0
}

/** What a killed build has left half done; a running one's is its own. */
function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = /\.(\d+)\.half$/.exec(name)?.[1]
    if (pid !== undefined && !existsSync(`/proc/${pid}`))
      rmSync(join(folder, name), { recursive: true, force: true })
  }
}

function put(path: string, text: string): void {
  const half = `${path}.${process.pid}.half`
  writeFileSync(half, text)
  renameSync(half, path)
}
