import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { downbeat, root } from '../downbeat.ts'
import { planned, recordOf } from '../image/variants.ts'

// Those of another architecture have a kernel of their own to compile: the workflow of variants
// builds them all.
const ids = openCatalogue(root)
  .ids('variants')
  .filter((id) => planned(`variants/${id}.yaml`).rootfs.arch === planned('image.yaml').rootfs.arch)

test.for(ids)('variant %s builds from what is there, and its static proofs pass', (name) => {
  const { status, err } = downbeat(['build', `variants/${name}.yaml`, '--quiet'])
  expect(err).toBe('')
  expect(status).toBe(0)
  const { stages, proofs } = recordOf(name)
  expect([stages['toolbox']!.cached, stages['kernel']!.cached]).toEqual([true, true])
  // Only one that asks for other packages has another root.
  if (isDeepStrictEqual(planned(`variants/${name}.yaml`).rootfs, planned('image.yaml').rootfs))
    expect(stages['rootfs']!.cached).toBe(true)
  expect(proofs.filter(({ passed }) => !passed)).toEqual([])
})

test('an image for a card on the GPIO header boots with its overlay in force, and the card is there', () => {
  const { status, err } = downbeat([
    'build',
    'variants/pi3b-hifiberry-dac.yaml',
    '--quiet',
    '--until',
    'boot',
  ])
  expect(err).toBe('')
  expect(status).toBe(0)
  const seen = recordOf('pi3b-hifiberry-dac').proofs.filter(
    ({ where, tuning }) => where === 'raspi3b' && tuning === 'i2s-card-first',
  )
  expect(seen.map(({ seen: text }) => text).join('')).toContain('[sndrpihifiberry')
})

test('variants differ on the card: each has a disk id and a sha256 of its own', () => {
  const hashes = ids.map((name) => recordOf(name).files[`${name}.img`]!.sha256)
  expect(new Set(hashes).size).toBe(hashes.length)
})
