import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { builtRecord, downbeat, startDownbeat } from '../downbeat.ts'
import { heard, ownCache, processesLeftIn } from './own-cache.ts'

/**
 * What a build says from one step to the next. A moment is told by that, not by the clock: the same
 * on a fast machine and on a slow one.
 */
export const everyMoment = [
  '- rootfs:',
  'download the packages',
  'unpack the essential packages',
  'configure the essential packages',
  'unpack the other packages',
  'configure the other packages',
  'pack the root',
  '- image:',
]

/**
 * Kills a build at one moment after another, and sees that nothing of it is left running or half
 * made, and that the last makes the image.
 */
export async function killedAt(moments: readonly string[]): Promise<void> {
  const out = ownCache(['image', 'configure', 'rootfs', 'tools', 'verify', 'boot', 'sound'])
  for (const moment of moments) {
    const { child, said, ended } = startDownbeat(['build', '--verbose'], out)
    await heard(child, said, moment)
    child.kill('SIGKILL')
    expect(await ended, `${moment}: ended before it was killed\n${said()}`).toBeNull()
    expect(await processesLeftIn(`${out}/`), `after ${moment}`).toEqual([])
    for (const name of readdirSync(join(out, 'cache'))) {
      if (/-[0-9a-f]{16}$/.test(name))
        expect(existsSync(join(out, 'cache', name, 'entry.json')), name).toBe(true)
    }
  }
  expect(downbeat(['build', '--quiet'], { out })).toMatchObject({ status: 0, err: '' })
  expect(builtRecord(out).files['downbeat.img']!.sha256).toBe(
    builtRecord().files['downbeat.img']!.sha256,
  )
  expect(readdirSync(join(out, 'cache')).filter((name) => name.endsWith('.half'))).toEqual([])
}
