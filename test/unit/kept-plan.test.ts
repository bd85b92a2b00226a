import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { keptPlan, sourcesOfPlans } from '../../lib/plan/kept-plan.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { catalogueAt, choiceFiles, repository, temporaryFolder, write } from './fixtures.ts'

/** The repository, without anything that a kept plan does not depend on. */
function onlyTheSources(): string {
  const root = temporaryFolder()
  for (const path of [...sourcesOfPlans.folders, ...sourcesOfPlans.files])
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
    keptPlan(folder, root, file).keep(plan)
    const known = keptPlan(folder, root, file).find()
    expect(known).toStrictEqual(plan)
    expect(Object.isFrozen(known!.configure.view.jack)).toBe(true)
  },
)

test('a kept plan is not that of other choices, and no more that of these when a file has changed', () => {
  const root = onlyTheSources()
  const plan = resolve(catalogueAt(repository), join(repository, 'image.yaml'))
  const folder = temporaryFolder()
  keptPlan(folder, root, 'a').keep(plan)
  expect(keptPlan(folder, root, 'b').find()).toBeUndefined()
  expect(keptPlan(folder, root, 'a').find()).toBeDefined()
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
    const before = keptPlan(folder, root, 'a')
    before.keep(plan)
    expect(before.find()).toBeDefined()
    write(root, { [path]: '# new' })
    expect(keptPlan(folder, root, 'a').find(), path).toBeUndefined()
  }
})

test('where plans cannot be kept nothing is said of it, and of many the newest stay', () => {
  const root = onlyTheSources()
  const plan = resolve(catalogueAt(repository), join(repository, 'image.yaml'))
  const folder = temporaryFolder()
  const file = join(folder, 'file')
  writeFileSync(file, '')
  for (const nowhere of [file, undefined]) {
    keptPlan(nowhere, root, 'a').keep(plan)
    expect(keptPlan(nowhere, root, 'a').find()).toBeUndefined()
  }
  const plans = join(folder, 'plans')
  mkdirSync(plans)
  for (let i = 0; i < 100; i++) writeFileSync(join(plans, `${i}.json`), '{}')
  keptPlan(folder, root, 'a').keep(plan)
  expect(readdirSync(plans).length).toBeLessThan(100)
  expect(keptPlan(folder, root, 'a').find()).toBeDefined()
})
