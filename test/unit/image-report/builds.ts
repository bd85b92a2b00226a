import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { Plan } from '../../../lib/plan/plan.ts'
import { titleOf } from '../../../lib/plan/proofs/proof.ts'
import type { BuildRecord } from '../../../scripts/publish/publish.ts'
import { buildOf } from '../../../scripts/report/data/build.ts'
import type { Subject } from '../../../scripts/report/parts/part.ts'
import { resolve } from '../../../lib/plan/resolve/resolve.ts'
import { catalogueAt, repository } from '../fixtures.ts'

// The pages are made once for all tests of a file, so their builds last as long as the file.
const root = mkdtempSync(join(tmpdir(), 'downbeat-unit-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const sum = (text: string): string => createHash('sha256').update(text).digest('hex')

/** What packages.lock of these builds has in it. */
export const LOCK = `bash 5.2 arm64 ${sum('bash')} 1500000\njackd2 1.9.22 arm64 ${sum('jackd2')} 149844\nnano 8.4 arm64 - -\n`

/** The plan of image.yaml, or of other choices. */
export const planFor = (...sets: string[]): Plan =>
  resolve(catalogueAt(repository), join(repository, 'image.yaml'), sets)

/** The record of a build of a plan: every proof that needs no board has passed on the image. */
export const recordOf = (plan: Plan, edits: Partial<BuildRecord> = {}): BuildRecord => ({
  name: plan.name,
  stages: { image: { key: sum('image'), cached: false, wall_s: 1, cpu_s: 1, peak_mib: 1 } },
  files: {
    [`${plan.name}.img`]: { bytes: 4096, sha256: sum('an image') },
    'packages.lock': { bytes: LOCK.length, sha256: sum(LOCK) },
  },
  proofs: plan.tunings
    .filter(({ off }) => off === undefined)
    .flatMap(({ id, proofs }) =>
      proofs
        .filter(({ on }) => on === 'boot')
        .map((proof) => ({
          tuning: id,
          proof: titleOf(proof),
          where: 'image',
          passed: true,
          expected: 'this',
          seen: 'this',
        })),
    ),
  boots: [{ machine: 'raspi3b', seconds: 36.3 }],
  ...edits,
})

/** Writes the papers of a build as a build does; a text of `files` stands there instead. */
export function built(
  plan: Plan,
  record = recordOf(plan),
  files: Record<string, string> = {},
): string {
  const folder = join(mkdtempSync(join(root, 'out-')), plan.name)
  mkdirSync(folder)
  const texts = {
    'plan.json': JSON.stringify(plan),
    'build.json': JSON.stringify(record),
    'packages.lock': LOCK,
    [`${plan.name}.img`]: '',
    ...files,
  }
  for (const [file, text] of Object.entries(texts)) writeFileSync(join(folder, file), text)
  truncateSync(join(folder, `${plan.name}.img`), 4096)
  return folder
}

/** What a page is made of; the cache has what is given. */
export const subjectOf = (
  folder: string,
  id = 'one',
  kept: Subject['kept'] = { beside: [], kernel: [], firmware: [] },
): Subject => ({ ...buildOf(folder, '/nowhere', (path) => path), id, kept })
