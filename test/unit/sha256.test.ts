import { createHash } from 'node:crypto'
import { closeSync, ftruncateSync, openSync, readFileSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dataExtents } from '../../lib/common/files/data-extents.ts'
import { sha256 } from '../../lib/common/files/sha256.ts'
import { temporaryFolder } from './fixtures.ts'

const MIB = 1 << 20

/** A file of `size` bytes that has data at these places only. */
function sparse(size: number, data: [at: number, length: number][]): string {
  const path = join(temporaryFolder(), 'file')
  const file = openSync(path, 'w')
  ftruncateSync(file, size)
  for (const [at, length] of data) writeSync(file, Buffer.alloc(length, `${at}`), 0, length, at)
  closeSync(file)
  return path
}

test.each<[what: string, size: number, data: [at: number, length: number][]]>([
  ['is empty', 0, []],
  ['has three bytes', 3, [[0, 3]]],
  ['has no hole and ends within a piece', 2 * MIB + 5, [[0, 2 * MIB + 5]]],
  ['is a hole', 3 * MIB + 7, []],
  ['begins and ends with a hole', 9 * MIB + 1, [[4 * MIB - 3, MIB + 6]]],
  [
    'has holes between its parts',
    40 * MIB,
    [
      [0, 5],
      [8 * MIB, 3 * MIB],
      [40 * MIB - 1, 1],
    ],
  ],
])('the hash of a file that %s is that of all its bytes', async (_, size, data) => {
  const path = sparse(size, data)
  expect(await sha256(path)).toBe(createHash('sha256').update(readFileSync(path)).digest('hex'))
})

test('what a file says of its holes is true: outside of the parts there are zeros', () => {
  const path = sparse(20 * MIB, [
    [MIB, 10],
    [11 * MIB, 2 * MIB],
  ])
  const extents = dataExtents(path)
  // where the disk keeps holes, the reading of them is what is saved
  if (statSync(path).blocks * 512 < 20 * MIB) expect(extents.length).toBeGreaterThan(1)
  const bytes = readFileSync(path)
  for (const { start, end } of extents) bytes.fill(0, start, end)
  expect(bytes.equals(Buffer.alloc(20 * MIB))).toBe(true)
})

test('where holes cannot be found the file is read as a whole', () => {
  const path = sparse(4 * MIB, [[MIB, 10]])
  const before = process.env['PATH']
  process.env['PATH'] = temporaryFolder()
  try {
    expect(dataExtents(path)).toEqual([{ start: 0, end: 4 * MIB }])
  } finally {
    process.env['PATH'] = before
  }
})
