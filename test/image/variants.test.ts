import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Outcome } from '../../scripts/build/table.ts'
import { builtRecord, downbeat, root } from '../downbeat.ts'
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

describe('a matrix', () => {
  const folder = mkdtempSync(join(tmpdir(), 'downbeat-matrix-'))
  const images = join(root, 'out/images')
  const names = ['matrix-usb', 'matrix-hifiberry-dac']
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true })
    for (const name of [...names, 'matrix-broken'])
      rmSync(join(images, name), { recursive: true, force: true })
  })
  const outcomes = (args: string[]): [number | null, Outcome[]] => {
    const { status, out, err } = downbeat(['build', ...args, '--json'], { cwd: folder })
    expect(out, err).toMatch(/^\[/)
    return [status, JSON.parse(out) as Outcome[]]
  }

  test('is built from what is there, and its images are links to the files of the cache', () => {
    writeFileSync(
      join(folder, 'matrix.yaml'),
      'name: matrix\nmatrix: { soundcard: [usb, hifiberry-dac] }\nsame: { board: pi4b }\n',
    )
    const [status, made] = outcomes(['matrix.yaml'])
    expect(status).toBe(0)
    expect(made.map(({ name }) => name)).toEqual(names)
    for (const { name, image } of made) {
      expect(image).toBe(join(images, name, `${name}.img`))
      expect(statSync(image!).nlink).toBeGreaterThan(1)
      const { stages, proofs } = recordOf(name)
      for (const stage of ['toolbox', 'kernel', 'rootfs'])
        expect(stages[stage], stage).toMatchObject({ cached: true })
      expect(proofs.filter(({ passed }) => !passed)).toEqual([])
    }
    expect(outcomes(['matrix.yaml'])[1].map(({ result }) => result)).toEqual(['cached', 'cached'])
  })

  test('goes on where one of its images fails, unless it is asked to stop', () => {
    // nobody has asked for this package before, and the lists of the archive may not be fetched
    writeFileSync(
      join(folder, 'broken.yaml'),
      'name: matrix-broken\nboard: pi4b\nsoundcard: usb\npackages: [xwrits]\n',
    )
    const env = { DOWNBEAT_OFFLINE: '1' }
    const { status, out } = downbeat(['build', 'broken.yaml', 'matrix.yaml'], { cwd: folder, env })
    expect(status).toBe(3)
    expect(out).toMatch(/^matrix-broken +FAILED +[\d.]+ s {2}\S/m)
    expect(out).toMatch(/^matrix-hifiberry-dac +cached +[\d.]+ s$/m)
    expect(out).toMatch(/^3 images: 2 cached, 1 failed, in /m)
    expect(out).toContain(
      'those that failed: ./downbeat build broken.yaml matrix.yaml --only matrix-broken\n',
    )
    const fast = downbeat(['build', 'broken.yaml', 'matrix.yaml', '--fail-fast'], {
      cwd: folder,
      env,
    })
    expect(fast.status).toBe(3)
    expect(fast.out).toMatch(/^matrix-broken +FAILED /m)
  })
})
