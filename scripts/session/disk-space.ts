import { existsSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Check } from './host.ts'
import { cacheFolder } from './session.ts'

const WANTED_GIB = 8

/** Whether a first build has the room that it needs. */
export function diskSpace(): Check {
  let there = cacheFolder()
  while (!existsSync(there)) there = dirname(there)
  const { bavail, bsize } = statfsSync(there)
  const free = (bavail * bsize) / 2 ** 30
  const ok = free >= WANTED_GIB
  return {
    what: 'free disk space',
    ok,
    found: `${free.toFixed(1)} GiB (a first build needs about ${WANTED_GIB})`,
    ...(ok ? {} : { mend: './downbeat clean' }),
  }
}
