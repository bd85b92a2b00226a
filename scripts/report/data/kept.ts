import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openCache } from '../../../lib/engine/cache/cache.ts'
import type { Entry } from '../../../lib/engine/cache/cache.ts'
import { keyOf } from '../../../lib/engine/run/key.ts'
import type { AnyStage } from '../../../lib/engine/run/stage.ts'
import type { Plan } from '../../../lib/plan/plan.ts'
import { controls } from '../../../stages/controls.ts'
import type { Control } from '../../../stages/controls.ts'
import { cost } from '../../../stages/cost.ts'
import type { Cost } from '../../../stages/cost.ts'
import { image } from '../../../stages/image.ts'
import { latency } from '../../../stages/latency.ts'
import type { Figures } from '../../../stages/latency.ts'
import type { Build } from './build.ts'

/** What the cache still has of a build. Nothing is made, and nothing counts as used. */
export interface Kept {
  /** of ./downbeat measure; undefined: nobody has measured this image, or the result is gone */
  wakeUps?: Figures
  /** what its boots cost, of the same */
  boots?: Cost
  /** the same of Debian's own kernels */
  beside: readonly Control[]
  /** files of the kernel, in bytes; empty: it was not compiled here, or its result is gone */
  kernel: { name: string; bytes: number }[]
  /** versions that the boot firmware says of itself; empty: it is the base's own, or it is gone */
  firmware: string[]
}

/** What of a kernel goes into an image. */
const KERNEL: Readonly<Record<string, string>> = {
  image: 'the kernel itself',
  modules: 'modules',
  device_trees: 'device trees',
  overlays: 'overlays',
}

/** Looks into a cache for what belongs to this very build. */
export async function keptOf(build: Build, cacheFolder: string): Promise<Kept> {
  if (!existsSync(cacheFolder)) return { beside: [], kernel: [], firmware: [] }
  const cache = openCache(cacheFolder)
  const found = async (stage: string, key: string | undefined): Promise<Entry | undefined> =>
    key === undefined ? undefined : cache.find(stage, key, () => undefined)
  const seen = async (stage: AnyStage): Promise<unknown> => {
    const entry = await found(stage.name, keyIn(build, stage))
    const path = entry?.outputs['seen']?.path
    return entry === undefined || path === undefined
      ? undefined
      : JSON.parse(readFileSync(join(cache.folder(stage.name, entry.key), path), 'utf8'))
  }
  const kernel = await found('kernel', build.record.stages['kernel']?.key)
  const firmware = await found('firmware', build.record.stages['firmware']?.key)
  const wakeUps = (await seen(latency)) as Figures | undefined
  const boots = (await seen(cost)) as Cost | undefined
  return {
    ...(wakeUps === undefined ? {} : { wakeUps }),
    ...(boots === undefined ? {} : { boots }),
    beside: ((await seen(controls)) as Control[] | undefined) ?? [],
    kernel: Object.entries(KERNEL).flatMap(([output, name]) => {
      const bytes = kernel?.outputs[output]?.bytes ?? 0
      return bytes > 0 ? [{ name, bytes }] : []
    }),
    firmware:
      firmware?.outputs['files'] === undefined
        ? []
        : firmwareIn(join(cache.folder('firmware', firmware.key), firmware.outputs['files'].path)),
  }
}

/** What the files of a start*.elf say of themselves: the day and the commit that they were made of. */
function firmwareIn(folder: string): string[] {
  const versions = readdirSync(folder)
    .filter((file) => file.endsWith('.elf'))
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), 'latin1')
      const day = /VC_BUILD_ID_TIME: (\w{3} [ \d]\d \d{4})/.exec(text)?.[1]
      const commit = /VC_BUILD_ID_VERSION: ([0-9a-f]{40})/.exec(text)?.[1]
      return day === undefined || commit === undefined ? [] : [`${day}, commit ${commit}`]
    })
  return [...new Set(versions)]
}

/**
 * The key that a stage has with the plan of a build. Undefined: the image is of another state of
 * this repository, so what is measured now is not that image; or somebody has edited the plan.
 */
function keyIn({ written, record }: Build, stage: AnyStage): string | undefined {
  try {
    const { kernel, ...rest } = written as Plan
    // what the build has found is in its plan.json only, and in no key
    const plan: Plan = kernel ? { ...rest, kernel: { ...kernel, taken: undefined } } : rest
    if (stage.given(plan) === undefined) return undefined
    return keyOf(image, plan) === record.stages['image']?.key ? keyOf(stage, plan) : undefined
  } catch {
    return undefined
  }
}
