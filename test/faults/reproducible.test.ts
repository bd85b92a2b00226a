import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { cacheFolder } from '../../scripts/session/session.ts'
import { builtRecord, downbeat } from '../downbeat.ts'
import { ownCache, removeCaches } from './own-cache.ts'

const built = builtRecord()
afterEach(removeCaches)

// JACK's packages are compiled anew by ./downbeat test long alone: they take as long as all the
// rest.
test('a build in another place, of the same sources, gives the same image to the bit, kernel included', () => {
  const out = ownCache(
    Object.keys(built.stages).filter((stage) => stage !== 'toolbox' && stage !== 'jack'),
  )
  for (const kept of ['sources', 'ccache'])
    cpSync(join(cacheFolder(), 'kept', kept), join(out, 'cache/kept', kept), { recursive: true })
  expect(downbeat(['build', '--quiet'], { out })).toMatchObject({ status: 0, err: '' })
  expect(builtRecord(out).files['downbeat.img']!.sha256).toBe(built.files['downbeat.img']!.sha256)
})
