import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { sourceText } from '../../lib/source-text.ts'
import { temporaryFolder, write } from './fixtures.ts'

const files = {
  'stages/kernel.ts': `import { join } from 'node:path'
import { parse } from '../lib/parse.ts'
import {
  many,
  names,
} from '../lib/many.ts'
import type { Shape } from '../lib/shape.ts'
import { defineStage } from '../lib/stage.ts'
import { shell } from '../lib/shell.ts'
import { toolbox } from './toolbox.ts'
export const kernel = 1
`,
  'stages/kernel/check.awk': 'BEGIN {}\n',
  'stages/kernel/deep/list': 'a\n',
  'stages/toolbox.ts': 'export const toolbox = 1\n',
  'stages/toolbox/packages.list': 'gcc\n',
  'lib/parse.ts': "import { deep } from './deep.ts'\nexport const parse = deep\n",
  'lib/deep.ts': "import { parse } from './parse.ts'\nexport const deep = 1\n",
  'lib/many.ts': 'export const many = 1, names = 2\n',
  'lib/shape.ts': 'export type Shape = 1\n',
  'lib/stage.ts': 'export const defineStage = 1\n',
  'lib/shell.ts': 'export const shell = 1\n',
  'lib/unused.ts': 'export const unused = 1\n',
}
const textOf = (edits: Record<string, string> = {}): [string, string][] => {
  const root = temporaryFolder()
  write(root, { ...files, ...edits })
  return sourceText(pathToFileURL(join(root, 'stages/kernel.ts')).href)
}

test('the text of a stage is its file, its folder and the part of lib that it imports, to the end', () => {
  expect(textOf()).toEqual(
    ['lib/deep.ts', 'lib/many.ts', 'lib/parse.ts', 'stages/kernel.ts', 'stages/kernel/check.awk', 'stages/kernel/deep/list'].map((path) => [
      path,
      files[path as keyof typeof files],
    ]),
  )
})

test('the text is the same at another place', () => {
  expect(textOf()).toEqual(textOf())
})

test.each([
  'stages/kernel.ts',
  'stages/kernel/check.awk',
  'stages/kernel/deep/list',
  'lib/parse.ts',
  'lib/deep.ts',
  'lib/many.ts',
] as const)('a change of %s changes it', (path) => {
  expect(textOf({ [path]: `${files[path]}// changed\n` })).not.toEqual(textOf())
})

test('a new file in the folder of the stage changes it', () => {
  expect(textOf({ 'stages/kernel/more': '' })).not.toEqual(textOf())
})

test.each(['stages/toolbox.ts', 'stages/toolbox/packages.list', 'lib/stage.ts', 'lib/shell.ts', 'lib/shape.ts', 'lib/unused.ts'] as const)(
  'a change of %s, which is another stage, the engine, a type or not imported, does not change it',
  (path) => {
    expect(textOf({ [path]: `${files[path]}// changed\n` })).toEqual(textOf())
  },
)
