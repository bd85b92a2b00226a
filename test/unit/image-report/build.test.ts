import { mkdirSync, readdirSync, rmSync, truncateSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { latency } from '../../../lib/plan/choices/jack.ts'
import { binsOf } from '../../../scripts/report/data/bins.ts'
import { budgetOf } from '../../../scripts/report/data/budget.ts'
import { buildOf } from '../../../scripts/report/data/build.ts'
import { differencesOf } from '../../../scripts/report/data/differences.ts'
import { removeReports, reportFile } from '../../../scripts/report/files.ts'
import { downbeat, refusal, temporaryFolder, write } from '../fixtures.ts'
import { built, LOCK, planFor, recordOf, subjectOf } from './builds.ts'

const plan = planFor()
const record = recordOf(plan)
const said = (folder: string): string => refusal(() => buildOf(folder, '/nowhere', (path) => path))
const edited = (change: (record: Record<string, never>) => void): string => {
  const copy = JSON.parse(JSON.stringify(record)) as Record<string, never>
  change(copy)
  return JSON.stringify(copy)
}

describe('what is no build is refused with the place, what is wrong, and what to type:', () => {
  test.each<[string, Record<string, string>, string]>([
    ['no JSON', { 'build.json': '{"name": ' }, 'build.json: it is no JSON'],
    ['deep nesting', { 'build.json': '['.repeat(1_000_000) }, 'build.json: it is no JSON'],
    ['another kind of value', { 'build.json': '[]' }, 'build.json: '],
    ['nothing', { 'plan.json': '' }, 'plan.json: it is no JSON'],
    ['a plan of another kind', { 'plan.json': '{}' }, 'plan.json name: '],
    [
      'a wrong type',
      { 'build.json': edited((one) => Object.assign(one, { proofs: 'all' })) },
      'build.json proofs: ',
    ],
    [
      'a number that is none',
      {
        'build.json': edited((one) =>
          Object.assign(one, { boots: [{ machine: 'a', seconds: -1 }] }),
        ),
      },
      'build.json boots.0.seconds: ',
    ],
    [
      'a key that leads elsewhere',
      {
        'build.json': edited((one) =>
          Object.assign(one, { stages: { kernel: { key: '../../etc/passwd', wall_s: 1 } } }),
        ),
      },
      'build.json stages.kernel.key: expected 64 digits of a sha256',
    ],
    [
      'another image',
      { 'build.json': edited((one) => Object.assign(one, { name: 'other' })) },
      'build.json name: is other, and plan.json beside it is of downbeat',
    ],
    [
      'a record without the image',
      { 'build.json': edited((one) => Object.assign(one, { files: {} })) },
      'build.json files: has no downbeat.img',
    ],
    [
      'a name that is none',
      { 'plan.json': JSON.stringify({ ...plan, name: '../up' }) },
      'plan.json name: expected a name of lower-case letters',
    ],
    [
      'another list of packages',
      { 'packages.lock': LOCK.replace('bash', 'dash') },
      'packages.lock: is not the one that build.json has the sha256 of',
    ],
  ])('%s', (_, files, message) => {
    const folder = built(plan, record, files)
    expect(said(folder)).toContain(`${folder}/${message}`)
    expect(said(folder)).toMatch(/; \.\/downbeat build makes it anew$/)
  })

  test.each(['plan.json', 'build.json', 'packages.lock', 'downbeat.img'])(
    'one that has no %s',
    (file) => {
      const folder = built(plan)
      rmSync(join(folder, file))
      expect(said(folder)).toMatch(
        new RegExp(`${file}: .*there.*; ./downbeat build makes it anew$`),
      )
    },
  )

  test('a folder in the place of a file', () => {
    const folder = built(plan)
    rmSync(join(folder, 'plan.json'))
    mkdirSync(join(folder, 'plan.json'))
    expect(said(folder)).toContain('plan.json: is a folder')
  })

  test('a file of 100 MB, which is not read', () => {
    const folder = built(plan)
    truncateSync(join(folder, 'build.json'), 100_000_000)
    expect(said(folder)).toMatch(/build\.json: has 100000000 bytes, and a build writes at most \d+/)
  })

  test('an image that was cut off', () => {
    const folder = built(plan)
    truncateSync(join(folder, 'downbeat.img'), 100)
    expect(said(folder)).toContain('downbeat.img: has 100 bytes, and build.json says 4096')
  })

  test('a line end in a name, which is shown as such', () => {
    expect(said('no\nsuch')).toContain('no\\nsuch: there is no such folder of an image')
  })
})

test('a build is found by its name, or by its folder', () => {
  const folder = built(plan)
  const shown = (path: string): string => path
  expect(buildOf('downbeat', dirname(folder), shown).folder).toBe(folder)
  expect(buildOf(folder, '/nowhere', shown).packages).toMatchObject([
    { name: 'bash', bytes: 1_500_000 },
    { name: 'jackd2', bytes: 149_844 },
    { name: 'nano', bytes: undefined },
  ])
})

test.each([
  [['jack.server=jack1']],
  [['jack.server=jack2']],
  [['jack.server=jack2', 'jack.synchronous=true', 'jack.periods=2']],
])('with %j the budget has what JACK says of its ports, and a period before it', (sets) => {
  const plan = planFor(...sets)
  const { jack } = plan.configure.view
  const [capture, ...rest] = budgetOf(subjectOf(built(plan)))
  expect(capture).toMatchObject({ name: 'Capture period', frames: jack.period })
  expect(rest.map(({ name }) => name)).toEqual(['JACK', 'Playback buffer', 'Converters'])
  expect(rest[0]!.ms + rest[1]!.ms).toBeCloseTo(latency(jack))
})

test('a histogram keeps every wake-up, the lost ones last', () => {
  const bins = binsOf({ histogram: { 0: 1, 1: 2, 2: 3, 1023: 4, 1999: 5 }, lost: 6 })
  expect(bins.filter(({ count }) => count > 0)).toEqual([
    { from: 0, count: 3 },
    { from: 2, count: 3 },
    { from: 512, count: 4 },
    { from: 1024, count: 5 },
    { from: 2000, count: 6 },
  ])
})

test('of two images only that is said which they do not have in common', () => {
  const one = subjectOf(built(plan))
  const other = subjectOf(built(planFor('jack.period=64', 'tunings.shm-size=off')), 'other')
  const groups = Object.fromEntries(
    differencesOf(one, other).map(({ title, rows }) => [title, rows]),
  )
  expect(groups['In short']).toContainEqual({
    what: 'JACK',
    one: 'jack2: 128 frames x 3 at 48000 Hz',
    other: 'jack2: 64 frames x 3 at 48000 Hz',
  })
  expect(groups['In short']!.map(({ what }) => what)).not.toContain('Boards')
  expect(groups['Packages']).toEqual([])
  expect(differencesOf(one, one).every(({ rows }) => rows.length === 0)).toBe(true)
})

test('a build takes the pages of its folder away, and nothing else', () => {
  const folder = temporaryFolder()
  const others = ['a-report.html', 'report.txt']
  write(
    folder,
    Object.fromEntries([reportFile(), reportFile('pi4b-usb'), ...others].map((name) => [name, ''])),
  )
  removeReports(folder)
  expect(readdirSync(folder).sort()).toEqual(others)
})

describe('./downbeat report', () => {
  test('writes the page beside the image, and says where', async () => {
    const out = temporaryFolder()
    const folder = built(plan)
    const { status, stdout, stderr } = await downbeat(['report', folder], { out })
    expect([status, stderr, stdout]).toEqual([0, '', `${folder}/report.html\n`])
    expect(await downbeat(['report', folder, built(plan)], { out })).toMatchObject({
      status: 0,
      stdout: `${folder}/report-downbeat.html\n`,
    })
  })

  test('says what to type where there is no such build', async () => {
    const out = temporaryFolder()
    write(out, { 'images/half/plan.json': '{}' })
    for (const name of ['nothing', 'half'])
      expect(await downbeat(['report', name], { out })).toMatchObject({
        status: 2,
        stderr: expect.stringMatching(/^✖ \S+( name)?: .*\.\/downbeat build makes .*\n$/) as string,
      })
    const folder = built(plan)
    expect(await downbeat(['report', folder, folder], { out })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('is both images') as string,
    })
  })
})
