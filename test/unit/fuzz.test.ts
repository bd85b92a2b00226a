import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { asyncProperty, assert as holdsForAll } from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { fuzzProperty } from '../../scripts/fuzzing/property.ts'
import type { Target } from '../../scripts/fuzzing/target.ts'
import { downbeat, repository, temporaryFolder } from './fixtures.ts'

// The same inputs each time, some of each target; ./downbeat fuzz tries others, for as long as one
// likes.

const targets = readdirSync(join(repository, 'scripts/fuzz')).map((file) =>
  file.replace(/\.ts$/, ''),
)
const loaded = await Promise.all(
  targets.map(async (name) => {
    const { target } = (await import(join(repository, 'scripts/fuzz', `${name}.ts`))) as {
      target: Target
    }
    return { name, target }
  }),
)
const properties = loaded.flatMap(({ name, target }) =>
  'property' in target ? [{ name, ...target.property }] : [],
)

/** A plan takes a tenth of a second, and everything else next to nothing. */
const RUNS: Record<string, number> = { resolve: 100 }

describe('of inputs that no person would write', () => {
  test.each(properties)('$name: $about', async ({ name, inputs, holds }) => {
    const property = asyncProperty(inputs, async (input) => holds(input))
    await holdsForAll(property, { seed: 20_261_130, numRuns: RUNS[name] ?? 2000 })
  })
})

describe('./downbeat fuzz', () => {
  /** What comes of a target whose inputs end in these ways. */
  async function found(ends: string, runs = 20) {
    process.env['ENDS'] = ends
    onTestFinished(() => void delete process.env['ENDS'])
    const folder = temporaryFolder()
    const file = join(import.meta.dirname, 'fuzz/ends-badly.ts')
    const bounds = {
      seed: 7,
      runs,
      ms: Number.POSITIVE_INFINITY,
      folder,
      say: () => undefined,
      signal: new AbortController().signal,
    }
    const { inputs, findings } = await fuzzProperty(file, 'x', bounds, 2_000_000)
    const texts = findings.map((one) => readFileSync(one.file, 'utf8'))
    return { inputs, texts, why: findings.map((one) => one.why) }
  }

  test('tries as many inputs as it was told, and finds nothing where nothing is wrong', async () => {
    expect(await found('well', 700)).toEqual({ inputs: 700, texts: [], why: [] })
  })

  test('writes an input that something is wrong with, and tells a kind of fault once', async () => {
    const { texts, why } = await found('thrown', 5)
    expect(texts).toEqual(['the input thrown'])
    expect(why).toEqual([
      expect.stringMatching(/^Error: something is wrong\n[^]*--seed 7 --runs 5 /),
    ])
  })

  test('names an input that never ends, by the work it takes', async () => {
    const { texts, why } = await found('never', 1)
    expect([texts, why[0]]).toEqual([
      ['the input never'],
      expect.stringContaining('took more than 2 s of processor time'),
    ])
  })

  test('lists its targets, and names the nearest one for another word', async () => {
    const { stdout } = await downbeat(['fuzz'], { out: temporaryFolder() })
    expect(
      stdout
        .split('\n')
        .slice(0, -1)
        .map((line) => line.split(' ')[0]),
    ).toEqual(targets)
    const { status, stderr } = await downbeat(['fuzz', 'resolv'], { out: temporaryFolder() })
    expect([status, stderr]).toEqual([
      2,
      '✖ there is no target "resolv" (did you mean "resolve"?)\n',
    ])
  })

  test.each([
    ['--runs', '0'],
    ['--minutes', 'x'],
    ['--seed', '1.5'],
  ])('refuses %s %s', async (option, value) => {
    const { status, stderr } = await downbeat(['fuzz', 'resolve', option, value], {
      out: temporaryFolder(),
    })
    expect(status).toBe(2)
    expect(stderr).toContain(`option '${option}`)
  })
})
