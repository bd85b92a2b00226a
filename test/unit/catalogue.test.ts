import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { folders } from '../../lib/plan/catalogue/catalogue.ts'
import type { Folder } from '../../lib/plan/catalogue/catalogue.ts'
import {
  catalogueAt,
  copyOfRepository,
  idsOf,
  refusal,
  repository,
  temporaryFolder,
  write,
} from './fixtures.ts'

test('the id of an entry is the name of its file', () => {
  const root = temporaryFolder()
  write(root, { 'boards/b.yaml': '', 'boards/a.b-c+2.yaml': '', 'boards/README.md': '' })
  expect(catalogueAt(root).ids('boards')).toEqual(['a.b-c+2', 'b'])
  expect(catalogueAt(root).ids('soundcards')).toEqual([])
})

test('an entry that is not there is answered with the nearest one, at the place that asks for it', () => {
  expect(refusal(() => catalogueAt(repository).entry('boards', 'pi4c', 'image.yaml:3:8'))).toBe(
    'image.yaml:3:8: there is no boards/pi4c.yaml (did you mean "pi4b"?)',
  )
})

test('an id cannot lead out of its folder', () => {
  expect(
    refusal(() => catalogueAt(repository).entry('boards', '../soundcards/usb', 'image.yaml:3:8')),
  ).toContain('there is no boards/../soundcards/usb.yaml')
})

test('a fault in an entry is placed in its file', () => {
  const root = copyOfRepository({
    'boards/pi4b.yaml': (text) => text.replace('cores: 4', 'cores: four'),
  })
  expect(refusal(() => catalogueAt(root).entry('boards', 'pi4b', 'image.yaml:3:8'))).toMatch(
    /^boards\/pi4b\.yaml:\d+:8 cores: expected a number, got "four"$/,
  )
})

describe.each(Object.keys(folders) as Folder[])('every file of %s/', (folder) => {
  test.each(idsOf(folder))('%s is as its schema wants it, and can be kept as JSON', (id) => {
    const { value } = catalogueAt(repository).entry(folder, id, 'test')
    expect(value).toBeDefined()
    expect(JSON.parse(JSON.stringify(value))).toStrictEqual(value)
  })
})

test('bases of one release and kind are told apart by what an architecture changes, and by nothing else', () => {
  const bases = idsOf('bases').map((id) => catalogueAt(repository).entry('bases', id, 'test').value)
  for (const one of bases) {
    const twin = bases.find(({ kind, suite }) => kind === one.kind && suite === one.suite)!
    const own = { name: '', arch: 0, instructions: 0, image: 0, list: 0, realtime_kernel: 0 }
    // programs for older processors are linked with these, not made of them
    const { 'libyaml-0-2': _, libnettle8t64: __, ...packages } = one.packages
    const { 'libyaml-0-2': ___, libnettle8t64: ____, ...others } = twin.packages
    expect({ ...one, ...own, packages }).toEqual({ ...twin, ...own, packages: others })
  }
})

test('the files of a folder are listed with their paths, texts and whether they are programs, in the same order everywhere', () => {
  const root = temporaryFolder()
  write(root, { 'templates/root/b': 'B\n', 'templates/root/a/z': 'Z\n', 'templates/boot/c': '' })
  chmodSync(join(root, 'templates/root/a/z'), 0o755)
  expect(catalogueAt(root).texts('templates')).toEqual([
    { path: 'boot/c', text: '', executable: false },
    { path: 'root/a/z', text: 'Z\n', executable: true },
    { path: 'root/b', text: 'B\n', executable: false },
  ])
})

test('a folder that is not there has no files', () => {
  expect(catalogueAt(temporaryFolder()).texts('kernel/patches')).toEqual([])
})
