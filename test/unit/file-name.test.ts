import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileOf, nameOf } from '../../lib/common/files/file-name.ts'

test('a file outside of the repository is called as it would be typed, and found by that', () => {
  const root = '/some/where/downbeat'
  for (const [file, name] of [
    [`${root}/variants/a.yaml`, 'variants/a.yaml'],
    [join(process.cwd(), 'image.yaml'), './image.yaml'],
    [join(process.cwd(), '../image.yaml'), '../image.yaml'],
  ] as const) {
    expect(nameOf(file, root)).toBe(name)
    expect(fileOf(name, root)).toBe(file)
  }
  const far = '/far/away/image.yaml'
  expect(fileOf(nameOf(far, root), root)).toBe(far)
})
