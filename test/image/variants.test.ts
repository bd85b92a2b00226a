import { expect, test } from 'vitest'
import { builtRecord, downbeat } from '../downbeat.ts'
import { recordOf } from './variants.ts'

const name = 'pi4b-hifiberry-dac'

test('a variant for another card builds from what is there, and its static proofs pass', () => {
  const { status, err } = downbeat(['build', `variants/${name}.yaml`, '--quiet'])
  expect(err).toBe('')
  expect(status).toBe(0)
  const { stages, proofs, files } = recordOf(name)
  for (const stage of ['toolbox', 'kernel', 'rootfs', 'tools'])
    expect(stages[stage], stage).toMatchObject({ cached: true })
  expect(proofs.filter(({ passed }) => !passed)).toEqual([])
  expect(files[`${name}.img`]!.sha256).not.toBe(builtRecord().files['downbeat.img']!.sha256)
})
