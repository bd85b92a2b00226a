import { execFileSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { keptPlan, sourcesOfPlans } from '../../lib/plan/kept-plan.ts'
import type { Checked } from '../../lib/plan/kept-plan.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import {
  catalogueAt,
  choiceFiles,
  copyOfRepository,
  repository,
  temporaryFolder,
  until,
  write,
} from './fixtures.ts'

/** The repository, without anything that a kept plan does not depend on. */
function onlyTheSources(): string {
  const root = temporaryFolder()
  for (const path of [...sourcesOfPlans.data, ...sourcesOfPlans.code])
    symlinkSync(join(repository, path), join(root, path))
  return root
}

test.each(choiceFiles)(
  'the plan of %s is the same from the files that a kept plan depends on, and when it was kept',
  (file) => {
    const plan = resolve(catalogueAt(repository), join(repository, file))
    const root = onlyTheSources()
    mkdirSync(join(root, 'variants'))
    cpSync(join(repository, file), join(root, file))
    expect(resolve(catalogueAt(root), join(root, file))).toEqual(plan)
    const folder = temporaryFolder()
    keptPlan(folder, { root }, file).keep(plan)
    const known = keptPlan(folder, { root }, file).find()
    expect(known).toStrictEqual(plan)
    expect(Object.isFrozen(known!.configure.view.jack)).toBe(true)
  },
)

test('a kept plan is not that of other choices, and no more that of these when a file has changed', () => {
  const root = onlyTheSources()
  const plan = resolve(catalogueAt(repository), join(repository, 'image.yaml'))
  const folder = temporaryFolder()
  keptPlan(folder, { root }, 'a').keep(plan)
  expect(keptPlan(folder, { root }, 'b').find()).toBeUndefined()
  expect(keptPlan(folder, { root }, 'a').find()).toBeDefined()
  for (const path of [
    'boards/new.yaml',
    'templates/boot/new.hbs',
    'lib/deep/new.ts',
    'kernel/fragments/new.config',
    'package-lock.json',
  ]) {
    const [top] = path.split('/') as [string]
    rmSync(join(root, top))
    cpSync(join(repository, top), join(root, top), { recursive: true })
    const before = keptPlan(folder, { root }, 'a')
    before.keep(plan)
    expect(before.find()).toBeDefined()
    write(root, { [path]: '# new' })
    expect(keptPlan(folder, { root }, 'a').find(), path).toBeUndefined()
  }
})

test('a kept plan of which a bit is another is none, whatever it says now', () => {
  const root = onlyTheSources()
  const folder = temporaryFolder()
  const plan = resolve(catalogueAt(repository), join(repository, 'image.yaml'))
  keptPlan(folder, { root }, 'a').keep(plan)
  const file = join(folder, 'plans', readdirSync(join(folder, 'plans'))[0]!)
  const text = readFileSync(file, 'utf8')
  for (const other of [
    text.replace('"hostname":"downbeat"', '"hostname":"downbeau"'),
    text.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
    text.slice(text.indexOf(' ') + 1),
    text.slice(0, -1),
  ]) {
    expect(other).not.toBe(text)
    writeFileSync(file, other)
    expect(keptPlan(folder, { root }, 'a').find()).toBeUndefined()
  }
  writeFileSync(file, text)
  expect(keptPlan(folder, { root }, 'a').find()).toStrictEqual(plan)
})

test('a file that was written to is another one, whatever size and time it has been given', async () => {
  const root = onlyTheSources()
  const [folder, file] = [temporaryFolder(), join(root, 'priorities.yaml')]
  const plan = resolve(catalogueAt(repository), join(repository, 'image.yaml'))
  rmSync(file)
  cpSync(join(repository, 'priorities.yaml'), file)
  keptPlan(folder, { root }, 'a').keep(plan)
  const { atime, mtime, ctimeMs } = statSync(file)
  await until(() => {
    writeFileSync(file, readFileSync(file, 'utf8').replace(/# ./, '# !'))
    utimesSync(file, atime, mtime)
    return statSync(file).ctimeMs !== ctimeMs // the clock of a file system has ticks
  })
  expect(keptPlan(folder, { root }, 'a').find()).toBeUndefined()
})

describe('what was checked for other choices', () => {
  const keep = (folder: string, root: string): void => {
    const checked: Checked = new Map()
    resolve(openCatalogue(root, checked), join(repository, 'image.yaml'))
    keptPlan(folder, { root }, 'a').keepChecked(checked)
  }

  test('gives the same plan, and is not checked again', () => {
    const folder = temporaryFolder()
    keep(folder, repository)
    const known = keptPlan(folder, { root: repository }, 'b').checked()
    const before = [...known.values()]
    expect(before.length).toBeGreaterThan(0)
    const sets = ['hostname=another']
    expect(resolve(openCatalogue(repository, known), join(repository, 'image.yaml'), sets)).toEqual(
      resolve(openCatalogue(repository), join(repository, 'image.yaml'), sets),
    )
    expect([...known.values()]).toEqual(before)
  })

  test('counts for nothing where the text is another one, and says where a part of it stands', () => {
    const folder = temporaryFolder()
    keep(folder, repository)
    const root = copyOfRepository({
      'boards/pi4b.yaml': (text) => `# a line more\n${text}`,
      'boards/pi3b.yaml': (text) => text.replace(/^name: .*/m, 'name: another'),
    })
    const checked = keptPlan(folder, { root: repository }, 'a').checked()
    const [kept, anew] = [openCatalogue(root, checked), openCatalogue(root)]
    for (const id of ['pi4b', 'pi3b', 'zero2w']) {
      const [one, other] = [kept, anew].map((catalogue) => catalogue.entry('boards', id, 'test'))
      expect(one!.value).toStrictEqual(other!.value)
      expect(one!.at(['name'])).toBe(other!.at(['name']))
    }
    expect(kept.entry('boards', 'pi3b', 'test').value.name).toBe('another')
  })

  test('counts for nothing once the code is another one, which may check otherwise', () => {
    const [folder, root] = [temporaryFolder(), onlyTheSources()]
    keep(folder, root)
    expect(keptPlan(folder, { root }, 'a').checked().size).toBeGreaterThan(0)
    rmSync(join(root, 'lib'))
    cpSync(join(repository, 'lib'), join(root, 'lib'), { recursive: true })
    expect(keptPlan(folder, { root }, 'a').checked().size).toBe(0)
  })
})

test('where plans cannot be kept nothing is said of it, and of many the newest stay', () => {
  const root = onlyTheSources()
  const plan = resolve(catalogueAt(repository), join(repository, 'image.yaml'))
  const folder = temporaryFolder()
  const file = join(folder, 'file')
  writeFileSync(file, '')
  for (const nowhere of [file, undefined]) {
    keptPlan(nowhere, { root }, 'a').keep(plan)
    keptPlan(nowhere, { root }, 'a').keepChecked(new Map([['a', { text: '', value: 1 }]]))
    expect(keptPlan(nowhere, { root }, 'a').find()).toBeUndefined()
    expect(keptPlan(nowhere, { root }, 'a').checked()).toEqual(new Map())
  }
  const plans = join(folder, 'plans')
  mkdirSync(plans)
  for (let i = 0; i < 200; i++) writeFileSync(join(plans, `${i}.json`), '{}')
  keptPlan(folder, { root }, 'a').keep(plan)
  expect(readdirSync(plans).length).toBeLessThan(200)
  expect(keptPlan(folder, { root }, 'a').find()).toBeDefined()
})

test('a build that finds its plan kept loads nothing that reads YAML and checks it', () => {
  const said = execFileSync(process.execPath, [
    join(import.meta.dirname, 'loads.ts'),
    join(repository, 'scripts', 'verbs', 'build.ts'),
  ])
  const loaded = (JSON.parse(said.toString()) as [string, string][]).map(([, to]) => to)
  expect(loaded.filter((url) => url.includes('/stages/')).length).toBeGreaterThan(0)
  for (const library of ['zod', 'yaml'])
    expect(loaded.filter((url) => url.includes(`/node_modules/${library}/`))).toEqual([])
})
