import { expect, test } from 'vitest'
import { configSections } from '../../lib/plan/parts/config-sections.ts'
import { firmwareBoot } from '../../lib/prove/firmware/firmware.ts'
import { refusal } from './fixtures.ts'
import type { PlannedBoard } from '../../lib/plan/plan.ts'

const board = (id: string, filters: string[], board_type: number): PlannedBoard =>
  ({
    id,
    filters,
    board_type,
    soc: 'bcm2837',
    device_tree: { mainline: id, downstream: id },
  }) as PlannedBoard
const three = board('three', ['pi3'], 0x08)
const threePlus = board('three-plus', ['pi3', 'pi3+'], 0x0d)
const threeA = board('three-a', ['pi3', 'pi3+'], 0x0e)
const four = board('four', ['pi4'], 0x11)
const fourHundred = board('four-hundred', ['pi4', 'pi400'], 0x13)

const line = (text: string, ...boards: string[]) => ({ text, by: 'some-tuning', boards })
const filtersOf = (boards: PlannedBoard[], ...meant: string[]): string[] =>
  configSections(boards, [line('a=1', ...meant)]).map(({ filter }) => filter)

test('a line for every board of the image stands in [all]', () => {
  expect(filtersOf([three, four], 'three', 'four')).toEqual(['all'])
  expect(filtersOf([three], 'three')).toEqual(['all'])
})

test('a line for one family of a shared image stands in the section of the family', () => {
  expect(filtersOf([three, threePlus, four, fourHundred], 'three', 'three-plus')).toEqual(['pi3'])
  expect(filtersOf([three, threePlus, four, fourHundred], 'four', 'four-hundred')).toEqual(['pi4'])
})

test('the widest filter that selects no other board is taken', () => {
  expect(filtersOf([three, threePlus, threeA, four], 'three-plus', 'three-a')).toEqual(['pi3+'])
  expect(filtersOf([four, fourHundred], 'four-hundred')).toEqual(['pi400'])
})

test('a board that no filter can tell from its sisters is named by its board type', () => {
  expect(filtersOf([three, threePlus, threeA], 'three')).toEqual(['board-type=0x08'])
  expect(filtersOf([threePlus, threeA], 'three-a')).toEqual(['board-type=0x0e'])
})

test('a line that a filter and a board type cover together stands in both sections, and once for each board', () => {
  expect(filtersOf([three, threePlus, four, fourHundred], 'three', 'four', 'four-hundred')).toEqual(
    ['board-type=0x08', 'pi4'],
  )
})

test('a line for one of two boards that have one type is refused, and one for both is not', () => {
  const [old, later] = [board('old', ['pi2'], 0x04), board('later', ['pi2'], 0x04)]
  expect(filtersOf([old, later, four], 'old', 'later')).toEqual(['pi2'])
  expect(refusal(() => filtersOf([old, later, four], 'later'))).toBe(
    'some-tuning: a=1 is for later and not for old, which config.txt cannot tell apart: make an image for each',
  )
})

test('a filter that only recent firmware knows is read of a base, and never written', () => {
  const recent = { ...board('recent', ['pi5'], 0x19), recent_filters: ['pi500'] }
  expect(filtersOf([board('five', ['pi5'], 0x17), recent], 'recent')).toEqual(['board-type=0x19'])
  const fat = (filter: string) => ({
    read: (path: string) =>
      path === 'config.txt' ? `kernel=k\n[${filter}]\nseen=1\n[all]\nalways=1\n` : '',
    has: (path: string) => ['config.txt', 'k', 'cmdline.txt', 'recent.dtb'].includes(path),
  })
  expect(firmwareBoot(fat('pi500'), recent).settings).toMatchObject({ seen: '1', always: '1' })
  expect(firmwareBoot(fat('cm5'), recent).settings).not.toHaveProperty('seen')
})

test('a line for no board stands nowhere', () => {
  expect(filtersOf([three, four])).toEqual([])
})

test('the section [all] is the first, and lines keep their order and their tuning', () => {
  const sections = configSections(
    [three, four],
    [line('only_three=1', 'three'), line('a=1', 'three', 'four'), line('b=1', 'three', 'four')],
  )
  expect(sections).toEqual([
    {
      filter: 'all',
      lines: [
        { text: 'a=1', by: 'some-tuning' },
        { text: 'b=1', by: 'some-tuning' },
      ],
    },
    { filter: 'pi3', lines: [{ text: 'only_three=1', by: 'some-tuning' }] },
  ])
})

test('the firmware of each board reads exactly the lines that were meant for it', () => {
  const boards = [three, threePlus, threeA, four, fourHundred]
  const subsets = Array.from({ length: 2 ** boards.length }, (_, bits) =>
    boards.filter((_, i) => bits & (1 << i)).map(({ id }) => id),
  )
  const sections = configSections(
    boards,
    subsets.map((meant, i) => line(`key${i}=1`, ...meant)),
  )
  const config = sections
    .map(({ filter, lines }) => `[${filter}]\n${lines.map(({ text }) => text).join('\n')}\n`)
    .join('')
  const text = `kernel=k\narm_64bit=1\nupstream_kernel=1\n${config}`
  for (const board of boards) {
    const files = new Map([
      ['config.txt', text],
      ['k', ''],
      ['cmdline.txt', ''],
      [`${board.id}.dtb`, ''],
    ])
    const { settings } = firmwareBoot(
      {
        read: (path) => files.get(path),
        has: (path) => files.has(path),
        list: () => [...files.keys()],
      },
      board,
    )
    const seen = Object.keys(settings)
      .filter((key) => key.startsWith('key'))
      .sort()
    expect(seen).toEqual(
      subsets.flatMap((meant, i) => (meant.includes(board.id) ? [`key${i}`] : [])).sort(),
    )
  }
})
