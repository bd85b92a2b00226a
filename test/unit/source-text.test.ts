import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { sourceText } from '../../lib/engine/run/source-text.ts'
import { repository, temporaryFolder, write } from './fixtures.ts'

const files = {
  'package.json': '{}',
  'stages/kernel.ts': `import { join } from 'node:path'
import { parse } from '../lib/parse.ts'
import {
  many,
  names,
} from '../lib/many.ts'
import type { Shape } from '../lib/shape.ts'
import { defineStage } from '../lib/engine/run/stage.ts'
import { shell } from '../lib/engine/shell/shell.ts'
import { toolbox } from './toolbox.ts'
export const kernel = 1
`,
  'stages/kernel/check.awk': 'BEGIN {}\n',
  'stages/kernel/part.ts': `import { patches } from '../../stages/steps/patches.ts'
import { jack } from '../jack.ts'
export const part = 1
`,
  'stages/kernel/deep/list': 'a\n',
  'stages/toolbox.ts': 'export const toolbox = defineStage({})\n',
  'stages/jack.ts': 'export const jack = defineStage({})\n',
  'stages/toolbox/packages.list': 'gcc\n',
  'lib/parse.ts': "import { deep } from './deep.ts'\nexport const parse = deep\n",
  'lib/deep.ts': "import { parse } from './parse.ts'\nexport const deep = 1\n",
  'stages/steps/patches.ts':
    "import { next } from '../../test/next.ts'\nexport const patches = 1\n",
  'test/next.ts': 'export const next = 1\n',
  'lib/many.ts': 'export const many = 1, names = 2\n',
  'lib/shape.ts': 'export type Shape = 1\n',
  'lib/engine/run/stage.ts': 'export const defineStage = 1\n',
  'lib/engine/shell/shell.ts': 'export const shell = 1\n',
  'lib/engine/sandbox/enter.sh': 'umask 022\n',
  'lib/unused.ts': 'export const unused = 1\n',
}
const textOf = (edits: Record<string, string> = {}): [string, string][] => {
  const root = temporaryFolder()
  write(root, { ...files, ...edits })
  return sourceText(pathToFileURL(join(root, 'stages/kernel.ts')).href)
}

const decides = [
  'lib/deep.ts',
  'lib/engine/sandbox/enter.sh',
  'lib/many.ts',
  'lib/parse.ts',
  'stages/kernel.ts',
  'stages/kernel/check.awk',
  'stages/kernel/deep/list',
  'stages/kernel/part.ts',
  'stages/steps/patches.ts',
  'test/next.ts',
] as const

test('the text of a stage is its file, its folder and all that one of these imports, to the end', () => {
  expect(textOf()).toEqual(decides.map((path) => [path, files[path]]))
})

test('the text is the same at another place', () => {
  expect(textOf()).toEqual(textOf())
})

test.each(decides)('a change of %s changes it', (path) => {
  expect(textOf({ [path]: `${files[path]}// changed\n` })).not.toEqual(textOf())
})

test('a new file in the folder of the stage changes it', () => {
  expect(textOf({ 'stages/kernel/more': '' })).not.toEqual(textOf())
})

test.each([
  'stages/toolbox.ts',
  'stages/jack.ts',
  'stages/toolbox/packages.list',
  'lib/engine/run/stage.ts',
  'lib/engine/shell/shell.ts',
  'lib/shape.ts',
  'lib/unused.ts',
] as const)(
  'a change of %s, which is another stage, the engine, a type or not imported, does not change it',
  (path) => {
    expect(textOf({ [path]: `${files[path]}// changed\n` })).toEqual(textOf())
  },
)

test('what the folder of the kernel imports is in the text of the kernel', () => {
  const kernel = sourceText(pathToFileURL(join(repository, 'stages/kernel.ts')).href).map(
    ([path]) => path,
  )
  expect(kernel).toEqual(
    expect.arrayContaining(['stages/kernel/configured.ts', 'stages/steps/patches.ts']),
  )
})
