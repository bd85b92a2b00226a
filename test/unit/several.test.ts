import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { atOnce, FOR_BOOT, FOR_IMAGE } from '../../scripts/build/at-once.ts'
import { labels } from '../../scripts/build/labels.ts'
import { lookFirst } from '../../scripts/build/look-first.ts'
import { sideBySide } from '../../lib/common/side-by-side.ts'
import { outcomeTable } from '../../scripts/build/table.ts'
import { HostError, UserError } from '../../lib/common/words/errors.ts'
import { openCache } from '../../lib/engine/cache/cache.ts'
import { keyOf } from '../../lib/engine/run/key.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import type { AnyStage } from '../../lib/engine/run/stage.ts'
import { temporaryFolder, until, write } from './fixtures.ts'

describe('of several images so many are made at once', () => {
  const gib = 2 ** 30

  test('as there are cores, where there is memory for them', () => {
    expect(atOnce({ cores: 2, memory: 16 * gib }, FOR_IMAGE)).toBe(2)
    expect(atOnce({ cores: 16, memory: 256 * gib }, FOR_IMAGE)).toBe(16)
  })

  test('as the memory is enough for, less where they are booted, but one at least', () => {
    expect(atOnce({ cores: 16, memory: 8 * gib }, FOR_IMAGE)).toBe(5)
    expect(atOnce({ cores: 16, memory: 8 * gib }, FOR_BOOT)).toBe(2)
    expect(atOnce({ cores: 16, memory: gib / 2 }, FOR_IMAGE)).toBe(1)
  })
})

test('work is done side by side, so much at once, and no more is begun once it is stopped', async () => {
  const [begun, ends]: [number[], (() => void)[]] = [[], []]
  let stop = false
  const work = (one: number): Promise<void> => {
    begun.push(one)
    return new Promise((done) => ends.push(done))
  }
  const all = sideBySide([1, 2, 3, 4, 5], 2, work, () => stop)
  expect(begun).toEqual([1, 2])
  ends[1]!()
  await until(() => begun.length === 3)
  stop = true
  for (const end of ends) end()
  await all
  expect(begun).toEqual([1, 2, 3])
})

describe('what refuses packages is asked of all plans before anything takes long:', () => {
  const looking = (refused: Record<string, Error>) => {
    const folder = temporaryFolder()
    write(folder, { 'package.json': '{}', 'stages/look.ts': '', 'stages/root.ts': '' })
    const stage = (name: string, given: (plan: Plan) => unknown): AnyStage => {
      const source = pathToFileURL(join(folder, `stages/${name}.ts`)).href
      const run = (): Promise<void> => Promise.resolve()
      return { name, about: name, source, needs: {}, outputs: {}, given, run }
    }
    const look = stage('look', ({ name }) => name)
    const root = stage('root', ({ name }) => name.slice(0, 1))
    const cache = openCache(join(folder, 'cache'))
    const asked: string[] = []
    const ask = (...names: string[]): Promise<void> =>
      lookFirst(
        names.map((name) => ({ name }) as Plan),
        { stage: look, unless: root },
        cache,
        2,
        ({ name }) => {
          asked.push(name)
          const error = refused[name]
          return error ? Promise.reject(error) : Promise.resolve()
        },
      )
    return { ask, asked, cache, root }
  }

  test('all refusals come together', async () => {
    const { ask, asked } = looking({ a: new UserError('no a'), c: new UserError('no c\nno d') })
    await expect(ask('a', 'b', 'c')).rejects.toThrow(new UserError('no a\nno c\nno d'))
    expect(asked).toEqual(['a', 'b', 'c'])
  })

  test('of plans with one root one is asked, and none of which the root is there', async () => {
    const { ask, asked, cache, root } = looking({})
    const made = cache.folder('root', keyOf(root, { name: 'b' } as Plan))
    mkdirSync(made)
    await ask('a-1', 'a-2', 'b', 'c')
    expect(asked).toEqual(['a-2', 'c'])
  })

  test('what is no mistake of the choices is left to the turn of the image', async () => {
    const { ask, asked } = looking({ a: new HostError('no network', 'plug it in') })
    await ask('a', 'b')
    expect(asked).toEqual(['a', 'b'])
  })
})

test('a stage of several plans has its own name where all share it, and says whose it is otherwise', () => {
  const folder = temporaryFolder()
  const stage = (name: string, given: (plan: Plan) => unknown): [string, AnyStage] => {
    write(folder, { 'package.json': '{}', [`stages/${name}.ts`]: `// ${name}` })
    const source = pathToFileURL(join(folder, `stages/${name}.ts`)).href
    const stage = { name, about: name, source, needs: {}, outputs: {}, given }
    return [name, { ...stage, run: () => Promise.resolve() }]
  }
  const stages = new Map([
    stage('toolbox', () => 'the same'),
    stage('kernel', ({ name }) => name === 'c'),
    stage('image', ({ name }) => name),
    stage('base', ({ name }) => (name === 'c' ? 'one' : undefined)),
  ])
  const plans = ['a', 'b', 'c'].map((name) => ({ name }) as Plan)
  const label = labels(plans, stages)
  const [a, , c] = plans as [Plan, Plan, Plan]
  expect([...stages.keys()].map((name) => label(a, name)).slice(0, 3)).toEqual([
    'toolbox',
    'kernel of a and 1 more',
    'image of a',
  ])
  expect(['kernel', 'base'].map((name) => label(c, name))).toEqual(['kernel of c', 'base of c'])
})

test('the table says of each image whether it was made, was there, or failed and why', () => {
  expect(
    outcomeTable(
      [
        { name: 'pi4b-usb', choices: 'm.yaml', result: 'made', seconds: 61, image: 'x.img' },
        { name: 'pi4b-dac', choices: 'm.yaml', result: 'cached', seconds: 0.04, image: 'y.img' },
        {
          name: 'pi5-usb',
          choices: 'm.yaml',
          result: 'failed',
          seconds: 3,
          why: 'kernel: \u001b[1m',
        },
        { name: 'pi5-dac', choices: 'm.yaml', result: 'not begun' },
      ],
      64,
    ),
  ).toEqual([
    'image     result             time',
    'pi4b-usb  made          1 min 1 s',
    'pi4b-dac  cached            0.0 s',
    'pi5-usb   FAILED            3.0 s  kernel: \\u001b[1m',
    'pi5-dac   not begun',
    '4 images: 1 made, 1 cached, 1 failed, 1 not begun, in 1 min 4 s',
  ])
})
