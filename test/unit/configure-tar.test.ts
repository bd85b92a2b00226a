import { execFileSync } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tarOf } from '../../stages/configure/tar.ts'
import { temporaryFolder } from './fixtures.ts'

const file = (path: string, text: string, executable = false) =>
  ({ where: 'root', path, text, executable }) as const

const long = `usr/share/downbeat/soundcards/${'a'.repeat(60)}/root/etc/systemd/system/jackd@.service`

test('GNU tar finds every file with its text, mode and time, in the order of their names', async () => {
  const files = [
    file('usr/lib/b', '#!/bin/sh\n', true),
    file('etc/empty', ''),
    file('etc/a', `${'♪'.repeat(700)}\n`),
    file(long, 'x'.repeat(512)),
  ]
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'tar'), await tarOf(files, 1_767_225_600))
  const listed = execFileSync('tar', ['-tf', join(folder, 'tar')], { encoding: 'utf8' })
  expect(listed.split('\n').slice(0, -1)).toEqual(files.map(({ path }) => path).sort())
  execFileSync('tar', ['-xpf', join(folder, 'tar'), '-C', folder])
  for (const { path, text, executable } of files) {
    expect(readFileSync(join(folder, path), 'utf8')).toBe(text)
    const { mode, mtimeMs } = statSync(join(folder, path))
    expect(mode & 0o777).toBe(executable ? 0o755 : 0o644)
    expect(mtimeMs).toBe(1_767_225_600_000)
  }
})

test('the same files give the same bytes, in whatever order they come', async () => {
  const files = [file('a', '1'), file('b/c', '2', true), file('b-c', '3')]
  expect(await tarOf(files, 1)).toEqual(await tarOf(files.toReversed(), 1))
})

test.each(['a'.repeat(101), 'käse'])(
  'a name that a header cannot hold is refused: %s',
  async (name) => {
    await expect(tarOf([file(name, '')], 1)).rejects.toThrow(
      `${name}: such a name is not for a header`,
    )
  },
)
