import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Catalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { provenPage, provenText } from '../../scripts/generate/proven-page.ts'
import { addRecord } from '../../scripts/proven/add.ts'
import { recordOfReport, recordOfText } from '../../scripts/proven/from-report.ts'
import type { OnBoard } from '../../scripts/proven/record.ts'
import { readRecords } from '../../scripts/proven/records.ts'
import { built, planFor, recordOf } from './image-report/builds.ts'
import { catalogueAt, refusal, repository, temporaryFolder, write } from './fixtures.ts'
import { doctorReport } from './reports.ts'

const catalogue = catalogueAt(repository)
const asked = { by: 'somebody', board: undefined }
const of = (edits: Record<string, unknown> = {}, more: object = {}): OnBoard =>
  recordOfText(catalogue, JSON.stringify(doctorReport(edits)), 'report.json', { ...asked, ...more })
const said = (edits: Record<string, unknown>, more: object = {}): string =>
  refusal(() => of(edits, more))
const ofText = (text: string): string =>
  refusal(() => recordOfText(catalogue, text, 'report.json', asked))

/** The data of this repository, with another folder for records. */
const withFolder = (): Catalogue => ({ ...catalogue, root: temporaryFolder() })
const add = (into: Catalogue, what: string, more: { by?: string; board?: string } = {}): string =>
  addRecord(into, {
    what,
    by: more.by,
    board: more.board,
    images: '/nowhere',
    shown: (path) => path,
    today: '2026-12-01',
  })

test('docs/proven.md is what ./downbeat generate would write', () => {
  expect(readFileSync(join(repository, 'docs/proven.md'), 'utf8')).toBe(provenPage(repository))
})

describe('a report of a board', () => {
  test('becomes a record: the board, who, the card that was plugged in, and what came of each tuning', () => {
    const record = of()
    expect(record).toMatchObject({
      board: 'pi4b',
      by: 'somebody',
      base: 'debian-trixie-arm64',
      passed: 3,
      failed: 1,
      tunings: { 'jack-tools': { passed: 1, failed: 1, not_asked: 0 } },
      checks: { power: 'failed' },
    })
    for (const key of ['report', 'format', 'own', 'boards', 'where'])
      expect(record).not.toHaveProperty(key)
  })

  test('names the card by its numbers on USB, where a file has them', () => {
    const [id, usb] = catalogue
      .ids('soundcards')
      .map((one) => [one, catalogue.entry('soundcards', one, 'test').value.found_by.usb] as const)
      .find(([, numbers]) => numbers !== 'any' && numbers.length > 0)!
    expect(of({ usb: usb[0] }).soundcard).toBe(id)
    expect(of({ usb: 'ffff:ffff' }).soundcard).toBe('usb')
    expect(of({ usb: undefined }).soundcard).toBe('usb')
  })

  test('of boards that call themselves the same asks which it is', () => {
    const boards = { boards: ['cm3', 'cm3-plus'] }
    expect(said(boards)).toMatch(
      /^report\.json:1:\d+ boards: cm3 and cm3-plus call themselves the same; say which it is: \.\/downbeat proven add report\.json --board cm3$/,
    )
    expect(of(boards, { board: 'cm3-plus' }).board).toBe('cm3-plus')
    expect(said(boards, { board: 'pi4b' })).toContain('says that it is cm3 or cm3-plus')
  })

  test('asks who it is of', () => {
    expect(said({}, { by: undefined })).toContain(
      'type: ./downbeat proven add report.json --by NAME',
    )
    for (const by of ['', 'Jane Doe', 'jane@example.org', '-x', '../up', 'a\nb', 'x'.repeat(40)])
      expect(said({}, { by })).toMatch(/^--by .*: expected a name of letters, digits and "-"/)
  })

  const long = 'x'.repeat(300)
  test.each<[string, Record<string, unknown>, RegExp]>([
    ['a key that is not known', { hostname: 'stage' }, / hostname: unknown key/],
    [
      'a key inside of a tuning',
      { tunings: { 'no-swap': { passed: 3, failed: 1, not_asked: 2, seen: '192.0.2.7' } } },
      / tunings\.no-swap\.seen: unknown key/,
    ],
    ['a wrong type', { passed: '3' }, / passed: expected a (whole )?number, got "3"/],
    ['half a proof', { passed: 2.5 }, / passed: /],
    ['a negative count', { failed: -1 }, / failed: /],
    ['a count beyond all', { passed: 1e9 }, / passed: expected at most 100000/],
    ['another program', { report: 'downbeat-latency' }, / report: expected "downbeat-doctor"/],
    ['another form', { format: 2 }, / format: expected 1/],
    ['a name in the place of a word', { release: 'my kernel' }, / release: expected what uname/],
    ['a line end in a word', { release: '6.12\n' }, / release: /],
    ['an address in the place of USB', { usb: '192.0.2.7' }, / usb: expected vendor:product/],
    ['a day that is none', { date: '2026-13-01' }, / date: expected a day/],
    ['a long name', { image: long }, / image: expected a name/],
    ['a long id', { soundcard: long }, / soundcard: /],
    ['no board', { boards: [] }, / boards: is empty: the board is none of those/],
    ['a board that there is not', { boards: ['pi4c'] }, / board: there is no boards\/pi4c\.yaml/],
    ['a base that there is not', { base: 'arch' }, / base: there is no bases\/arch\.yaml/],
    [
      'a check that there is not',
      { checks: { disk: 'failed' } },
      / checks(\.disk)?: expected a check of downbeat-doctor/,
    ],
    ['a state that there is not', { checks: { heat: '52 °C' } }, / checks\.heat: expected/],
    ['fewer that passed', { passed: 2 }, / passed: says 2, and its tunings have 3: it was changed/],
    ['none that failed', { failed: 0 }, / failed: says 0, and its tunings have 1: it was changed/],
    [
      'fewer that were not asked',
      { not_asked: { card: 0, device: 0, board: 1 } },
      / not_asked: says 1, and its tunings have 2/,
    ],
    [
      'a check that failed',
      { checks_failed: 0 },
      / checks_failed: says 0, and .* 1: it was changed/,
    ],
  ])('with %s is refused with the place, and what to type', (_, edits, message) => {
    expect(said(edits)).toMatch(/^report\.json:1:\d+ /)
    expect(said(edits)).toMatch(message)
    expect(said(edits)).toMatch(
      /; write it anew on the board: sudo downbeat-doctor --report report\.json$/,
    )
    expect(said(edits)).not.toMatch(/\p{Cc}(?<!\n)/u)
  })

  test('of an emulator is none of a board', () => {
    expect(said({ where: 'card' })).toMatch(/ where: is card, and a record is of a real board/)
  })

  test('of an image with something of somebody in it says nothing of this repository', () => {
    expect(said({ own: true })).toContain('something of your own')
  })

  test('with a tuning of another version asks for an image of this one', () => {
    const tunings = { 'no-swop': { passed: 3, failed: 1, not_asked: 2 } }
    expect(said({ tunings })).toMatch(
      / tunings\.no-swop: there is no such tuning here \(did you mean "no-swap"\?\): the image is of another version of downbeat \(0\.1\.0\)/,
    )
  })

  test.each([
    ['nothing', ''],
    ['a text', 'hello'],
    ['a list', '[1]'],
    ['half of it', JSON.stringify(doctorReport()).slice(0, -40)],
    ['a key twice', JSON.stringify(doctorReport()).replace('{', '{"own":false,')],
    ['a prototype', JSON.stringify(doctorReport()).replace('{', '{"__proto__":{},')],
    ['a well without a bottom', `{"a":${'['.repeat(100_000)}`],
    ['controls', `{"a":"\u001b[2J\u0000"}`],
  ])('that is %s is refused in one message, without a stack', (_, text) => {
    expect(ofText(text)).toMatch(/^report\.json/)
    expect(ofText(text)).toMatch(/; write it anew on the board: [^\n]*$/)
    expect(ofText(text)).not.toMatch(/ {4}at /)
    expect(ofText(text)).not.toMatch(/\p{Cc}(?<!\n)/u)
  })

  test('of 100 MB is not read, and what is no file is not waited for', () => {
    const folder = temporaryFolder()
    const path = join(folder, 'large.json')
    writeFileSync(path, '{')
    truncateSync(path, 100 * 1024 * 1024)
    const name = (file: string): string => refusal(() => recordOfReport(catalogue, file, asked))
    expect(name(path)).toMatch(/has more than 262144 bytes \(104857600\).*; write it anew/)
    expect(name(join(folder, 'none.json'))).toMatch(/there is no such file.*; write it anew/)
    expect(name('/dev/zero')).toMatch(/is no regular file.*; write it anew/)
    symlinkSync(path, join(folder, 'link.json'))
    expect(name(join(folder, 'link.json'))).toContain('has more than 262144 bytes')
  })
})

describe('./downbeat proven add', () => {
  test('writes the record of a board, which takes the place of the one before', () => {
    const into = withFolder()
    write(into.root, { 'report.json': JSON.stringify(doctorReport()) })
    const file = add(into, join(into.root, 'report.json'), { by: 'Some-Body' })
    expect(file).toMatch(/^proven\/boards\/pi4b\..*\.debian-trixie-arm64\.debian\.some-body\.json$/)
    expect(readRecords(into).boards).toHaveLength(1)
    add(into, join(into.root, 'report.json'), { by: 'Some-Body' })
    expect(readdirSync(join(into.root, 'proven/boards'))).toHaveLength(1)
    expect(readRecords(into).emulated).toEqual([])
  })

  test('writes nothing of what is refused', () => {
    const into = withFolder()
    write(into.root, { 'report.json': '{}' })
    expect(refusal(() => add(into, join(into.root, 'report.json'), { by: 'a' }))).toContain(
      'is missing',
    )
    expect(existsSync(join(into.root, 'proven'))).toBe(false)
  })

  const plan = planFor()
  const row = { expected: '', seen: '' }
  const tone = { tuning: 'sound', proof: 'the tone has its frequency', passed: true, ...row }
  const booted = (where: string, passed: boolean) => ({
    tuning: 'no-swap',
    proof: 'x',
    where,
    passed,
    ...row,
  })

  test('writes the record of a build: what of it was booted and heard, on which machine', () => {
    const into = withFolder()
    const record = recordOf(plan)
    record.boots = [
      { machine: 'raspi3b', seconds: 36 },
      { machine: 'virt', seconds: 9 },
    ]
    record.proofs.push(booted('raspi3b', true), booted('raspi3b', false))
    record.proofs.push({ ...tone, where: 'virt' }, { ...tone, where: 'virt, plugged in again' })
    const onImage = record.proofs.filter(({ where }) => where === 'image').length
    expect(add(into, built(plan, record))).toBe('proven/emulated/downbeat.json')
    expect(readRecords(into).emulated).toEqual([
      {
        date: '2026-12-01',
        image: 'downbeat',
        base: 'debian-trixie-arm64',
        kernel: 'debian',
        version: '0.1.0',
        boards: plan.boards.map(({ id }) => id),
        soundcard: 'usb',
        passed: onImage,
        failed: 0,
        boots: [
          { machine: 'raspi3b', board: 'pi3b', exact: true, passed: 1, failed: 1, heard: false },
          { machine: 'virt', exact: false, passed: 2, failed: 0, heard: true },
        ],
      },
    ])
  })

  test('takes no tone of QEMU for one of a card that a file names', () => {
    const other = planFor('soundcard=hifiberry-dac', 'board=pi3b')
    const record = recordOf(other)
    record.boots = [{ machine: 'virt', seconds: 9 }]
    record.proofs.push({ ...tone, where: 'virt' })
    const into = withFolder()
    add(into, built(other, record))
    expect(readRecords(into).emulated[0]!.boots).toMatchObject([{ machine: 'virt', heard: false }])
  })

  test('refuses a build that is not whole, is older, or has something of somebody in it', () => {
    const into = withFolder()
    const edited = (change: (view: Record<string, unknown>) => void): string => {
      const copy = JSON.parse(JSON.stringify(plan)) as typeof plan
      change(copy.configure.view.image)
      return built(plan, recordOf(plan), { 'plan.json': JSON.stringify(copy) })
    }
    const of = (folder: string): string => refusal(() => add(into, folder))
    expect(of(edited((view) => delete view['version']))).toMatch(
      /plan\.json configure\.view\.image\.version: .*; \.\/downbeat build makes it anew$/,
    )
    expect(of(edited((view) => (view['base'] = '../../etc')))).toMatch(
      /image\.base: expected a name/,
    )
    expect(of(edited((view) => (view['own'] = true)))).toContain('something of your own')
    expect(of(built(plan, recordOf(plan), { 'build.json': '{' }))).toContain('it is no JSON')
    expect(of(temporaryFolder())).toContain('plan.json: there is no such file')
    const machine = recordOf(plan, { boots: [{ machine: '<b>|', seconds: 1 }] })
    expect(of(built(plan, machine))).toMatch(/boots\.0\.machine: expected a machine of QEMU/)
    expect(existsSync(join(into.root, 'proven'))).toBe(false)
  })
})

describe('the records of a repository', () => {
  test('are refused with the place where one was edited, or lies under another name', () => {
    const into = withFolder()
    write(into.root, { 'report.json': JSON.stringify(doctorReport()) })
    const file = add(into, join(into.root, 'report.json'), { by: 'a' })
    const text = readFileSync(join(into.root, file), 'utf8')
    write(into.root, { [file]: text.replace('"passed": 3', '"passed": 4') })
    expect(refusal(() => readRecords(into))).toMatch(
      /boards\/.*\.json:\d+:\d+ passed: says 4, and its tunings have 3/,
    )
    write(into.root, { [file]: text.replace('"date"', '"name": "Jane",\n  "date"') })
    expect(refusal(() => readRecords(into))).toContain('name: unknown key')
    write(into.root, { [file]: text.replace('"by": "a"', '"by": "b"') })
    expect(refusal(() => readRecords(into))).toContain('by what is in it, it has to be called')
  })

  test('are none where there is no folder', () => {
    expect(readRecords(withFolder())).toEqual({ emulated: [], boards: [] })
    const empty = withFolder()
    mkdirSync(join(empty.root, 'proven/boards'), { recursive: true })
    expect(readRecords(empty)).toEqual({ emulated: [], boards: [] })
  })
})

describe('the page of what is proven', () => {
  const none = { emulated: [], boards: [] }
  const rowOf = (text: string, board: string): string =>
    text.split('\n').find((line) => line.startsWith('| `') && line.includes(`\`${board}\``))!

  test('says of each board how many cards of each kind there are, and what nobody has tried', () => {
    const text = provenText(catalogue, none)
    for (const board of catalogue.ids('boards')) expect(rowOf(text, board)).toContain('resolved')
    expect(text).toContain('Nobody has sent a record yet')
    expect(text).toContain('There is no record yet')
  })

  test('counts each card once, by the strongest that is known of it on the board', () => {
    const record = of({ usb: undefined })
    const before = rowOf(provenText(catalogue, none), 'pi4b')
    const [, count] = /\| (\d+) resolved/.exec(before)!
    const emulated = {
      date: '2026-12-01',
      image: 'x',
      base: 'debian-trixie-arm64',
      kernel: 'debian',
      version: '0.1.0',
      boards: ['pi3b', 'pi4b'],
      soundcard: 'usb',
      passed: 9,
      failed: 0,
      boots: [
        { machine: 'raspi3b', board: 'pi3b', exact: true, passed: 4, failed: 0, heard: true },
      ],
    }
    const text = provenText(catalogue, { emulated: [emulated], boards: [record] })
    const rest = Number(count) - 1
    expect(rowOf(text, 'pi4b')).toContain(`| 1 on a board, ${rest} resolved |`)
    expect(rowOf(text, 'pi3b')).toContain(`| 1 heard, ${rest} resolved |`)
    const built = provenText(catalogue, { emulated: [emulated], boards: [] })
    expect(rowOf(built, 'pi4b')).toContain(`| 1 built, ${rest} resolved |`)
  })

  test('has a row for each record, with who, when, and what has failed', () => {
    const text = provenText(catalogue, { emulated: [], boards: [of()] })
    expect(text).toMatch(
      /\| `pi4b` \| .* \| 3 passed, \*\*1 failed\*\* \| `jack-tools`, `power` \| somebody, 2026-12-01 \|/,
    )
  })
})
