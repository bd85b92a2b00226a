import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { namesIn } from '../../lib/plan/schema/tables.ts'
import { runStages } from '../../scripts/session/session.ts'
import { root } from '../downbeat.ts'
import { tablesSeen } from './tables/stage.ts'

describe('tables/', () => {
  let seen: { tables: string; packages: string }
  beforeAll(async () => {
    const plan = resolve(openCatalogue(root), join(root, 'image.yaml'))
    const { made } = await runStages(plan, [tablesSeen], { quiet: true })
    seen = made.get('tables-seen')!.outputs as typeof seen
  })
  const lines = (path: string): string[] => readFileSync(path, 'utf8').trimEnd().split('\n')

  // a newer package may have other names: -u takes them
  test.each(['countries', 'keyboard-layouts', 'keyboard-variants', 'locales', 'time-zones'])(
    '%s.txt has what the packages have, and nothing else',
    async (name) => {
      const found = readFileSync(join(seen.tables, `${name}.txt`), 'utf8')
      await expect(found).toMatchFileSnapshot(join(root, `tables/${name}.txt`))
    },
  )

  test('accounts.txt has every account and every group of the image', () => {
    const there = lines(join(seen.tables, 'accounts'))
    expect(there).toContain('root')
    expect(there.filter((name) => !namesIn('accounts').has(name))).toEqual([])
  })

  test('accounts.txt has none of a package of the image that does not make it', () => {
    const installed = new Set(lines(seen.packages).map((line) => line.split(' ')[0]))
    const there = new Set(lines(join(seen.tables, 'accounts')))
    const promised = lines(join(root, 'tables/accounts.txt'))
      .filter((line) => !line.startsWith('#'))
      .map((line) => line.split(' ') as [name: string, by: string])
      .filter(([, by]) => installed.has(by))
    expect(promised.length).toBeGreaterThan(40)
    expect(promised.filter(([name]) => !there.has(name))).toEqual([])
  })
})
