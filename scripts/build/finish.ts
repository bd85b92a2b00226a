import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Cache, Entry } from '../../lib/engine/cache/cache.ts'
import { keyOf } from '../../lib/engine/run/key.ts'
import type { Made } from '../../lib/engine/run/make.ts'
import type { KernelTaken } from '../../lib/plan/kernel-taken.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import type { ProofResult } from '../../lib/plan/proofs/proof.ts'
import { kernel } from '../../stages/kernel.ts'
import { publish, stageRecord } from '../publish/publish.ts'
import type { BuildRecord } from '../publish/publish.ts'
import { releaseBeside, releaseOf } from '../publish/release.ts'
import { out } from '../session/session.ts'
import type { stagesBefore } from '../session/session.ts'

/** The stages of a finished build, and where its results lie. */
interface Finished {
  made: Map<string, Made>
  cache: Cache
}

/**
 * Puts a finished image and its papers into its folder of out/images; gives what is known of it, and
 * its path. `known`: every stage that there is, by its name.
 */
export function finish(
  plan: Plan,
  { made, cache }: Finished,
  known: ReturnType<typeof stagesBefore>,
  releaseUrl?: string,
): { record: BuildRecord; image: string } {
  const folder = join(out, 'images', plan.name)
  const record = recordOf(plan, { made, cache }, known)
  const entry = entryOf(cache, plan, 'image', known)
  if (!entry) throw new Error('a finished build has no image')
  const built = {
    image: cache.folder('image', entry.key),
    packages: made.get('jack')!.outputs['packages']!,
  }
  const packed = made.get('release')
  const lock = readFileSync(join(built.image, 'packages.lock'), 'utf8')
  const released =
    packed && releaseOf(plan, { image: entry, release: packed, lock }, folder, releaseUrl)
  Object.assign(
    record.files,
    released?.files ?? releaseBeside(folder, plan.name, record.files[`${plan.name}.img`]!.sha256),
  )
  return { record, image: publish(folder, built, plan, record, released) }
}

/** The entry of a stage for this plan, without looking at its files. */
function entryOf(
  cache: Cache,
  plan: Plan,
  name: string,
  known: ReturnType<typeof stagesBefore>,
): Entry | undefined {
  const stage = known.get(name)!
  if (stage.given(plan) === undefined) return undefined
  const path = join(cache.folder(name, keyOf(stage, plan)), 'entry.json')
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Entry) : undefined
}

function recordOf(
  plan: Plan,
  { made, cache }: Finished,
  known: ReturnType<typeof stagesBefore>,
): BuildRecord {
  const stages: BuildRecord['stages'] = {}
  const proofs: ProofResult[] = []
  const boots: BuildRecord['boots'] = []
  for (const name of known.keys()) {
    const entry = entryOf(cache, plan, name, known)
    if (!entry) continue
    stages[name] = stageRecord(entry, made.get(name)?.cached ?? true)
    const results = entry.outputs['results']
    if (results === undefined) continue
    const said = JSON.parse(
      readFileSync(join(cache.folder(name, entry.key), results.path), 'utf8'),
    ) as ProofResult[] | { results: ProofResult[]; boots: BuildRecord['boots'] }
    proofs.push(...(Array.isArray(said) ? said : said.results))
    if (!Array.isArray(said)) boots.push(...said.boots)
  }
  const { disk, packages } = entryOf(cache, plan, 'image', known)?.outputs ?? {}
  const files: BuildRecord['files'] = {}
  if (disk) files[`${plan.name}.img`] = { bytes: disk.bytes, sha256: disk.sha256 }
  if (packages) files['packages.lock'] = { bytes: packages.bytes, sha256: packages.sha256 }
  const kernel = takenKernel(plan, cache, known)
  return { name: plan.name, stages, files, proofs, boots, ...(kernel ? { kernel } : {}) }
}

/** The source that the kernel was compiled from, whenever that was. */
function takenKernel(
  plan: Plan,
  cache: Cache,
  known: ReturnType<typeof stagesBefore>,
): KernelTaken | undefined {
  const entry = entryOf(cache, plan, kernel.name, known)
  return entry === undefined
    ? undefined
    : (JSON.parse(
        readFileSync(join(cache.folder(kernel.name, entry.key), 'taken.json'), 'utf8'),
      ) as KernelTaken)
}
