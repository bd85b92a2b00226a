import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fatFolder } from '../../lib/prove/firmware/fat-files.ts'
import { temporaryFolder, write } from './fixtures.ts'

/** A device tree with nodes below its root, whose properties are texts: what dtc makes of them. */
function deviceTree(nodes: Record<string, Record<string, string>>): Buffer {
  const word = (n: number): Buffer =>
    Buffer.from([n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255])
  const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)])
  const names = [...new Set(Object.values(nodes).flatMap((one) => Object.keys(one)))]
  const at = (name: string): number =>
    names.slice(0, names.indexOf(name)).join('.').length + (names.indexOf(name) > 0 ? 1 : 0)
  const property = ([name, value]: [string, string]): Buffer[] => {
    const text = Buffer.from(value === '' ? '' : `${value}\0`)
    return [word(3), word(text.length), word(at(name)), padded(text)]
  }
  const node = (name: string, content: Buffer[]): Buffer[] => [
    word(1),
    padded(Buffer.from(`${name}\0`)),
    ...content,
    word(2),
  ]
  const inside = Object.entries(nodes).map(([name, properties]) =>
    Buffer.concat(node(name, Object.entries(properties).flatMap(property))),
  )
  const structure = Buffer.concat([...node('', inside), word(4), word(9)])
  const header = [0xd00dfeed, 0, 40, 40 + structure.length, 0, 17, 16, 0, 0, 0].map(word)
  return Buffer.concat([
    ...header,
    structure,
    Buffer.from(names.map((name) => `${name}\0`).join('')),
  ])
}

test('the files of a copied boot partition are read, found and listed with their folders', () => {
  const dir = temporaryFolder()
  write(dir, { 'config.txt': 'arm_64bit=1\n', 'overlays/a.dtbo': 'A' })
  const files = fatFolder(dir)
  expect(files.read('config.txt')).toBe('arm_64bit=1\n')
  expect(files.read('cmdline.txt')).toBeUndefined()
  expect(files.has('overlays/a.dtbo')).toBe(true)
  expect(files.has('overlays')).toBe(false)
  expect(files.has('none')).toBe(false)
  expect(files.list?.().toSorted()).toEqual(['config.txt', 'overlays/a.dtbo'])
})

test('an overlay has the name that the map of overlays gives it on a board', () => {
  const dir = temporaryFolder()
  write(dir, { 'overlays/vc4-kms-v3d.dtbo': '' })
  const named = (name: string): (string | undefined)[] =>
    (['bcm2837', 'bcm2711', 'bcm2712'] as const).map((soc) =>
      fatFolder(dir).overlayMap?.(name, soc),
    )
  expect(named('vc4-kms-v3d')).toEqual([undefined, undefined, undefined])
  const map = deviceTree({
    'vc4-kms-v3d': { bcm2835: '', bcm2711: 'vc4-kms-v3d-pi4', bcm2712: 'vc4-kms-v3d-pi5' },
    'pi3-disable-bt': { renamed: 'disable-bt' },
    'disable-bt': { bcm2835: '', bcm2711: '', bcm2712: 'disable-bt-pi5' },
    'lirc-rpi': { deprecated: 'use gpio-ir' },
  })
  writeFileSync(join(dir, 'overlays/overlay_map.dtb'), map)
  expect(named('vc4-kms-v3d')).toEqual(['vc4-kms-v3d', 'vc4-kms-v3d-pi4', 'vc4-kms-v3d-pi5'])
  expect(named('pi3-disable-bt')).toEqual(['disable-bt', 'disable-bt', 'disable-bt-pi5'])
  for (const name of ['lirc-rpi', 'hifiberry-dac']) expect(named(name)).toEqual([name, name, name])
  writeFileSync(join(dir, 'overlays/overlay_map.dtb'), 'no tree\n'.repeat(10))
  expect(() => fatFolder(dir)).toThrow('overlays/overlay_map.dtb is no device tree')
})
