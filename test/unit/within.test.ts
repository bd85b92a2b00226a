import { mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { within } from '../../lib/common/files/within.ts'
import { temporaryFolder, write } from './fixtures.ts'

/** A root with a file, and links in it. */
function root(links: Record<string, string>): string {
  const folder = temporaryFolder()
  write(folder, { 'etc/file': '', 'usr/lib/a/b': '' })
  for (const [path, target] of Object.entries(links)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    symlinkSync(target, join(folder, path))
  }
  return folder
}

test.each([
  ['/etc/file', 'etc/file'],
  ['etc//./file', 'etc/file'],
  ['/etc/not-there', 'etc/not-there'],
  ['/not/there/../file', 'not/file'],
  ['/../../../etc/file', 'etc/file'],
])('a path without links stays in its root: %s', (path, expected) => {
  const folder = root({})
  expect(within(folder, path)).toBe(join(folder, expected))
})

test.each([
  ['absolute', '/etc/passwd', 'etc/passwd'],
  ['relative', '../../../../../../../../etc/passwd', 'etc/passwd'],
  ['to a folder', '/', ''],
  ['to nothing', '/nowhere/at/all', 'nowhere/at/all'],
])(
  'a link that is %s leads to what it means in its root, and not to this machine',
  (_, target, expected) => {
    const folder = root({ 'etc/link': target })
    expect(within(folder, '/etc/link')).toBe(join(folder, expected))
  },
)

test('links of folders are followed, also by links', () => {
  const folder = root({ lib: 'usr/lib', 'x/y': '/lib/a', 'x/z': 'y/b' })
  expect(within(folder, '/lib/a/b')).toBe(join(folder, 'usr/lib/a/b'))
  expect(within(folder, '/x/z')).toBe(join(folder, 'usr/lib/a/b'))
  expect(within(folder, '/x/y/../b')).toBe(join(folder, 'usr/lib/b'))
})

test('links in a circle are told', () => {
  const folder = root({ a: 'b', b: '/a' })
  expect(() => within(folder, '/a/file')).toThrow('/a/file: its links lead in a circle')
})
