import { expect, test } from 'vitest'
import { builtRecord, downbeat } from '../downbeat.ts'
import { recordOf } from './variants.ts'

const name = 'pi3b-hifiberry-dac'

test('a variant builds from what is there, boots with the overlay of its card in force, and the card is there', () => {
  const { status, err } = downbeat(['build', `variants/${name}.yaml`, '--quiet', '--until', 'boot'])
  expect(err).toBe('')
  expect(status).toBe(0)
  const { stages, proofs, files } = recordOf(name)
  for (const stage of ['toolbox', 'kernel', 'rootfs', 'tools']) expect(stages[stage], stage).toMatchObject({ cached: true })
  expect(proofs.filter(({ passed }) => !passed)).toEqual([])
  const seen = proofs.filter(({ where, tuning }) => where === 'raspi3b' && tuning === 'i2s-card-first')
  expect(seen.map(({ seen: text }) => text).join('')).toContain('[sndrpihifiberry')
  expect(files[`${name}.img`]!.sha256).not.toBe(builtRecord().files['downbeat.img']!.sha256)
})
