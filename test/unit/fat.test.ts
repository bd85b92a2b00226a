import { expect, test } from 'vitest'
import { fatFolder } from '../../lib/fat.ts'
import { temporaryFolder, write } from './fixtures.ts'

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
