import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { inputs, variableOf } from '../../scripts/ci/inputs.ts'
import { mends } from '../../scripts/ci/prepare.ts'
import { action, runAction } from '../action.ts'
import { repository } from './fixtures.ts'

// The action is run as a runner would: test/action.ts says what stands in for what. A whole build is
// in test/long/action.test.ts; here it stops where the texts of the image are made.

const all = mkdtempSync(join(tmpdir(), 'downbeat-action-'))
afterAll(() => rmSync(all, { recursive: true, force: true }))

const cache = (): Record<string, string> => ({
  DOWNBEAT_CACHE: process.env['DOWNBEAT_CACHE']!,
  DOWNBEAT_OFFLINE: '1',
})

/** A repository that holds the example and nothing else, and what the action does in it. */
function outside({
  edit = (text) => text,
  event = {},
}: { edit?: (text: string) => string; event?: object } = {}) {
  const folder = mkdtempSync(join(all, 'it-'))
  const workspace = join(folder, 'work')
  cpSync(join(repository, 'examples/my-image'), workspace, { recursive: true })
  const file = join(workspace, 'image.yaml')
  writeFileSync(file, edit(readFileSync(file, 'utf8')))
  writeFileSync(join(folder, 'event.json'), JSON.stringify(event))
  const run = (
    inputs: Record<string, string> = {},
    more: Partial<Parameters<typeof runAction>[0]> = {},
  ) =>
    runAction({
      workspace,
      temporary: join(folder, 'runner'),
      inputs: { boot: 'false', until: 'configure', ...inputs },
      ...more,
      environment: {
        ...cache(),
        GITHUB_EVENT_PATH: join(folder, 'event.json'),
        ...more.environment,
      },
    })
  return { workspace, folder, run }
}

const names = ({ came }: ReturnType<typeof runAction>): string[] => came.map(({ what }) => what)

/** Where a line of a file has this text: line and column, as GitHub counts them. */
function placeIn(path: string, text: string): string {
  const lines = readFileSync(path, 'utf8').split('\n')
  const i = lines.findIndex((line) => line.includes(text))
  return `line=${i + 1},col=${lines[i]!.indexOf(text) + 1}`
}

describe('the action', () => {
  test('has the inputs of ./downbeat ci, with the same words, and hands over each', () => {
    expect(Object.entries(action.inputs)).toEqual(
      Object.entries(inputs).map(([name, { about, otherwise }]) => [
        name,
        { description: about, default: otherwise },
      ]),
    )
    const [first] = action.runs.steps
    for (const name of Object.keys(inputs))
      expect(first!.env![variableOf(name)]).toBe(`\${{ inputs.${name} }}`)
  })

  test('has a row in docs/ci.md for each input and output', () => {
    const text = readFileSync(join(repository, 'docs/ci.md'), 'utf8')
    const rows = [...text.matchAll(/^\| `([\w-]+)` .*? +\| *(?:`([^`]*)`)? *\|?$/gm)].map(
      ([, name, otherwise = '']) => [name!, otherwise],
    )
    const wanted = Object.entries(action.inputs).map(([name, input]) => [name, input.default])
    const given = Object.keys(action.outputs).map((name) => [name, ''])
    expect(rows).toEqual([...wanted, ...given])
  })

  test('holds no logic: a step is a verb, or an action of GitHub, and its condition a value', () => {
    for (const { run, if: condition = '' } of action.runs.steps) {
      if (run !== undefined)
        expect(run).toMatch(/^"\$GITHUB_ACTION_PATH\/downbeat" ci (prepare|build|release|summary)$/)
      for (const part of condition.split(' && ').filter(Boolean))
        expect(part).toMatch(/^(always\(\)|failure\(\)|steps\.\w+\.outputs\.[\w-]+ [!=]= '\w*')$/)
    }
  })
})

describe.each(['our own tree', 'a repository outside of it'])('used in %s', (where) => {
  let ran: ReturnType<typeof runAction>
  let out: string
  beforeAll(() => {
    const { workspace, folder, run } = outside()
    const own = where === 'our own tree'
    out = own ? join(folder, 'out') : join(workspace, 'out')
    ran = run(own ? { out } : {}, own ? { workspace: repository } : {})
  })

  test('its steps come in their order, and none fails', () => {
    expect(ran.failed, ran.said).toBe(false)
    expect(names(ran)).toEqual([
      'ci prepare',
      'actions/cache/restore',
      'ci build',
      'actions/cache/save',
      'ci summary',
    ])
    expect(ran.annotations).toEqual([])
  })

  test('what is kept between runs has a key of what is made, and lies in the cache', () => {
    const restored = ran.came.find(({ what }) => what === 'actions/cache/restore')!.with
    expect(restored['path']).toBe(join(process.env['DOWNBEAT_CACHE']!, 'kept'))
    expect(restored['key']).toMatch(/^downbeat-linux-\w+-[0-9a-f]{16}$/)
    expect(restored['key']!.startsWith(restored['restore-keys']!)).toBe(true)
    const saved = ran.came.find(({ what }) => what === 'actions/cache/save')!.with
    expect(saved).toEqual({ path: restored['path'], key: restored['key'] })
  })

  test('the images and logs are where the repository that uses it finds them', () => {
    expect(readdirSync(join(out, 'logs')).length).toBeGreaterThan(1)
    expect(ran.summary).toContain('Stopped after the stage configure')
    expect(ran.outputs).toEqual({ image: '', sha256: '', manifest: '', folder: '', figures: '' })
  })
})

describe('what is wrong is one message at its place, and nothing is made:', () => {
  const workflow = '.github/workflows/image.yml'

  test.each<[string, Record<string, string>, string, string]>([
    [
      'a file of choices that is not there',
      { choices: 'no.yaml' },
      'choices:',
      'input choices: there is no file no.yaml in ',
    ],
    [
      'a word that no input takes',
      { release: 'maybe' },
      'release:',
      'input release: expected true or false or pack, got "maybe"',
    ],
    [
      'an input that the workflow does not name',
      { boot: 'yes' },
      'uses: OWNER',
      'input boot: expected true or false, got "yes"',
    ],
    ['a choice of the workflow', { set: 'jack.period=0' }, 'uses: OWNER', '--set jack.period=0'],
    ['a board of the workflow', { board: 'pi9' }, 'uses: OWNER', '--board pi9'],
    [
      'signing where nobody may',
      { release: 'pack', attest: 'true', until: '' },
      'uses: OWNER',
      'input attest: the job may not sign: give it "permissions: { id-token: write, attestations: write }"',
    ],
    [
      'signing what is not packed',
      { attest: 'true' },
      'uses: OWNER',
      'input attest: is about what is packed',
    ],
    [
      'measuring without an image',
      { measure: 'true' },
      'uses: OWNER',
      'input measure: needs the whole image',
    ],
  ])('%s', (_, inputs, at, message) => {
    const { workspace, run } = outside()
    const ran = run(inputs)
    expect(names(ran)).toEqual(['ci prepare', 'ci summary'])
    expect(ran.annotations).toHaveLength(1)
    const place = `::error file=${workflow},${placeIn(join(workspace, workflow), at)},title=downbeat::`
    expect(ran.annotations[0]!.startsWith(`${place}${message}`), ran.annotations[0]).toBe(true)
    expect(ran.summary).toContain('Nothing was built')
    expect(existsSync(join(workspace, 'out'))).toBe(false)
  })

  test('each mistake in the file of choices, at its line', () => {
    const { workspace, run } = outside({
      edit: (text) => text.replace('pi400', 'pi4000').replace('hostname:', 'hostnam:'),
    })
    const ran = run()
    expect(names(ran)).toEqual(['ci prepare', 'ci summary'])
    const file = join(workspace, 'image.yaml')
    expect(ran.annotations).toEqual([
      expect.stringMatching(
        new RegExp(
          `^::error file=image\\.yaml,${placeIn(file, 'hostnam:')},title=downbeat::\\./image\\.yaml:`,
        ),
      ),
    ])
  })

  test('a disk without room', () => {
    const { folder, workspace, run } = outside()
    const small = join(folder, 'small')
    mkdirSync(small)
    // a file system of its own, which only this step sees
    const around = [
      'bash',
      join(repository, 'test/stand-in/machine.sh'),
      'sh',
      '-c',
      'mount -t tmpfs -o size=50m none "$0" && exec "$@"',
      small,
    ]
    const ran = run({}, { around, environment: { DOWNBEAT_CACHE: join(small, 'cache') } })
    expect(ran.annotations).toEqual([
      expect.stringMatching(
        /^::error file=\.github\/workflows\/image\.yml,line=\d+,col=9,title=downbeat::free disk space: 0\.\d GiB \(a first build needs about 8\)%0A {2}to mend it: /,
      ),
    ])
    expect(existsSync(join(workspace, 'out'))).toBe(false)
  })

  test('a tag to be released, and no token that may do so', () => {
    const { workspace, run } = outside()
    const ran = run(
      { release: 'true', until: '' },
      { token: '', environment: { GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v1' } },
    )
    expect(names(ran)).toEqual(['ci prepare', 'ci summary'])
    const place = placeIn(join(workspace, workflow), 'release:')
    expect(ran.annotations).toEqual([
      expect.stringMatching(
        new RegExp(
          `^::error file=${workflow},${place},title=downbeat::input release: there is no token that may write the release`,
        ),
      ),
    ])
  })
})

test('a matrix stands for many images, and its mistakes are at their line', () => {
  const { workspace, run } = outside()
  const file = join(workspace, 'many.yaml')
  const text = `same: { soundcard: usb }\nmatrix:\n  board: [pi4b, pi3b]\n`
  writeFileSync(file, text)
  expect(run({ choices: 'many.yaml\nimage.yaml' }).failed).toBe(false)
  writeFileSync(file, text.replace('pi3b', 'pi33b'))
  const { annotations } = run({ choices: 'many.yaml' })
  expect(annotations).toHaveLength(1)
  expect(annotations[0]).toContain('::error file=many.yaml,line=3,')
})

test('what a machine lacks is installed at once, and what has to be set is set', () => {
  const sudo = process.getuid!() === 0 ? [] : ['sudo']
  const lacking = (what: string, more: object) => ({ what, ok: false, found: 'missing', ...more })
  expect(
    mends([
      { what: 'program bash', ok: true, found: 'there', package: 'bash' },
      lacking('program time', { package: 'time', mend: 'apt-get install time' }),
      lacking('program newuidmap', { package: 'uidmap', mend: 'apt-get install uidmap' }),
      lacking('user namespaces', { mend: 'sudo sysctl -w a.b=0' }),
      lacking('user namespaces', { mend: 'a kernel of Linux 5.12 or newer' }),
    ]),
  ).toEqual([
    [...sudo, 'apt-get', '-qq', 'update'],
    [...sudo, 'apt-get', '-qq', '-y', '--no-install-recommends', 'install', 'time', 'uidmap'],
    [...sudo, 'sysctl', '-w', 'a.b=0'],
  ])
  expect(mends([])).toEqual([])
})

test('what a fork has made is not kept for others', () => {
  const from = (full_name: string) => ({ pull_request: { head: { repo: { full_name } } } })
  const ofFork = outside({ event: from('a-stranger/music') }).run()
  expect(names(ofFork)).toContain('actions/cache/restore')
  expect(names(ofFork)).not.toContain('actions/cache/save')
  const own = outside({ event: from('somebody/music') }).run()
  expect(names(own)).toContain('actions/cache/save')
})

test('an input is never a part of a program, and a message never a command of the runner', () => {
  const { workspace, run } = outside()
  const odd = `a$(touch hit)\`touch hit\`"; touch hit; '%0A::warning::hit,file=x:y.yaml`
  // those that are looked at first, and those that a plan is made of
  const tries: Record<string, string>[] = [
    { choices: odd, release: odd, boot: odd },
    { board: odd, base: odd, set: `hostname=${odd}\n${odd}`, out: odd, until: odd },
  ]
  for (const inputs of tries) {
    const ran = run(inputs)
    expect(ran.failed).toBe(true)
    expect(ran.annotations.filter((line) => !line.startsWith('::error file=.github/'))).toEqual([])
    for (const line of ran.annotations) expect(line.split('::')[1]).not.toContain('hit')
    expect(existsSync(join(workspace, 'hit'))).toBe(false)
  }
})

test('on a tag the example says what its own workflow must allow', () => {
  const { jobs } = parse(
    readFileSync(join(repository, 'examples/my-image/.github/workflows/image.yml'), 'utf8'),
  ) as { jobs: { image: { permissions: unknown } } }
  expect(jobs.image.permissions).toEqual({ contents: 'write' })
})
