import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { boardOf, catalogueAt, idsOf, repository } from './fixtures.ts'
import { compareSeries } from '../../lib/common/series.ts'
import { boardPages } from '../../scripts/generate/board-pages.ts'
import { Imager } from '../../lib/plan/schema/imager.ts'
import type { PlannedBoard } from '../../lib/plan/plan.ts'

// The files of boards/ against what their sources say, which test/unit/boards/ has with where and when each was read.

const boards = idsOf('boards').map(boardOf)
const read = (name: string): unknown =>
  parse(readFileSync(join(repository, 'test/unit/boards', `${name}.yaml`), 'utf8'))

/** Raspberry Pi's names of chips, and mainline's. */
const chips = { '08': 'bcm2835', '09': 'bcm2836', '10': 'bcm2837' }

describe('the device tree', () => {
  const { mainline, downstream } = read('device-trees') as {
    mainline: Record<string, { read: string; arm64: string[]; arm: string[] }>
    downstream: { read: string; trees: string[] }
  }

  test.each(boards)("of $id is one of Raspberry Pi's kernel", ({ device_tree }) => {
    expect(downstream.trees).toContain(device_tree.downstream)
  })

  test.each(boards)('of $id is one of mainline, or it has none there', ({ device_tree, arch }) => {
    const { mainline: tree, mainline_since: since, downstream: other } = device_tree
    // What it would be called there: the kernels of 32 and 64 bits have a list each.
    const called =
      tree ?? other.replace(/^bcm27(08|09|10)/, (_, chip: keyof typeof chips) => chips[chip])
    const found = Object.entries(mainline).map(([series, { arm64, arm }]) => {
      const lists = arch.map((one) => (one === 'arm64' ? arm64 : arm))
      return [series, lists.filter((list) => list.includes(called)).length] as const
    })
    for (const [series, lists] of found) {
      const is_there =
        tree !== undefined && (since === undefined || compareSeries(series, since) >= 0)
      // a Pi 5 of 32 bits has a kernel of 64
      const kernels = called.startsWith('bcm2712') ? 1 : arch.length
      expect([series, lists]).toEqual([series, is_there ? kernels : 0])
    }
  })

  test.each(Object.entries(mainline))('of mainline %s is that of a board', (_, { arm64, arm }) => {
    // what is left of that chip is its other stepping, which is the firmware's own matter
    const named = new Set(boards.map(({ device_tree }) => device_tree.mainline))
    const left = [...arm64, ...arm].filter((tree) => !named.has(tree))
    expect(left.filter((tree) => !tree.startsWith('bcm2712-'))).toEqual([])
  })

  test("of Raspberry Pi's kernel is that of a board, or of one that was never sold, or another of its board", () => {
    const named = new Set(boards.map(({ device_tree }) => device_tree.downstream))
    const others = new Set([
      'bcm2709-rpi-cm2', // a Compute Module 2, which was not sold
      'bcm2710-rpi-zero-2', // the Zero 2 W under its earlier name
      'bcm2711-rpi-cm4-io', // mainline's
      'bcm2712-rpi-cm5-cm4io', // on the IO board of the CM4
      'bcm2712-rpi-cm5l-cm4io',
      'bcm2712-d-rpi-5-b', // the stepping D0
      'bcm2712d0-rpi-5-b',
    ])
    expect(downstream.trees.filter((tree) => !named.has(tree) && !others.has(tree))).toEqual([])
  })
})

describe('the type', () => {
  const { types } = read('revision-codes') as { types: Record<string, string> }

  test.each(boards)('of $id is one of the revision codes', ({ board_type }) => {
    expect(Object.keys(types).map(Number)).toContain(board_type)
  })

  test('that was sold is that of a board', () => {
    expect(
      Object.keys(types)
        .map(Number)
        .toSorted((a, b) => a - b),
    ).toEqual([...new Set(boards.map(({ board_type }) => board_type))].toSorted((a, b) => a - b))
  })

  test('is its own, but for versions of one board', () => {
    const shared = Object.groupBy(boards, ({ board_type }) => board_type)
    const several = Object.values(shared)
      .map((its) => its!.map(({ id }) => id))
      .filter((ids) => ids.length > 1)
    expect(several).toEqual([
      ['pi1b', 'pi1b-1.0'],
      ['pi2b', 'pi2b-1.2'],
      ['pi500', 'pi500-plus'],
    ])
  })
})

describe('the filters', () => {
  const { models, recent } = read('filters') as Record<
    'models' | 'recent',
    Record<string, string[]>
  >
  const metBy = (table: Record<string, string[]>, { board_type }: PlannedBoard): string[] =>
    Object.entries(table)
      .filter(([, types]) => types.map(Number).includes(board_type))
      .map(([filter]) => filter)

  test.each(boards)('of $id are those of the documentation', (board) => {
    expect(board.filters.toSorted()).toEqual(metBy(models, board).toSorted())
    expect([...board.filters, ...board.recent_filters].toSorted()).toEqual(
      metBy(recent, board).toSorted(),
    )
  })
})

describe('the clocks', () => {
  const { defaults } = read('clocks') as { defaults: Record<string, [number, number]> }

  test.each(boards)("of $id are the firmware's", ({ id, clocks }) => {
    expect([clocks.arm_freq, clocks.core_freq]).toEqual(defaults[id])
  })
})

describe('the supply', () => {
  const { supplies } = read('supplies') as {
    supplies: Record<string, { power_ma: number; usb_ma?: number }>
  }

  test.each(boards)('of $id is the one that is recommended', ({ id, power_ma, usb, carrier }) => {
    expect({ power_ma, usb_ma: usb.max_ma }).toEqual({
      power_ma: supplies[id]?.power_ma,
      usb_ma: supplies[id]?.usb_ma,
    })
    expect(power_ma !== undefined || carrier !== undefined).toBe(true)
  })
})

describe('what is on', () => {
  const { sockets, machines } = read('sockets') as {
    sockets: Record<
      string,
      { ethernet?: true; wifi?: true; jack?: true; header?: number; ram: number }
    >
    machines: Record<string, string>
  }

  test.each(boards)('$id is what the documentation names', (board) => {
    const { ethernet = false, wifi = false, jack = false, header, ram } = sockets[board.id]!
    expect({
      ethernet: board.ethernet !== undefined,
      wifi: board.wifi,
      jack: board.audio_jack,
      header: board.header,
      ram: board.ram_mb,
    }).toEqual({ ethernet, wifi, jack, header, ram })
  })

  test.each(idsOf('boards'))("%s is emulated by QEMU's machine of it, or by another", (id) => {
    const { emulators } = catalogueAt(repository).entry('boards', id, 'test').value
    for (const { machine, exact } of Object.values(emulators)) {
      expect([...Object.keys(machines), 'virt']).toContain(machine)
      expect(exact).toBe(machines[machine] === id)
    }
    const own = Object.entries(machines).flatMap(([machine, its]) => (its === id ? [machine] : []))
    const has = Object.values(emulators).map(({ machine }) => machine)
    expect(has).toEqual(expect.arrayContaining(own))
  })
})

test('the tags of imager.yaml are those of its own list', () => {
  const { devices } = catalogueAt(repository).table('imager.yaml', Imager).value
  const tags = [...new Set(devices.flatMap((device) => Object.values(device.tags)))].sort()
  // os_list_imagingutility_v4.json, as copied by projects of 2025 and 2026; there is none for a Pi 2 of 64 bits
  expect(tags).toEqual([
    'pi1-32bit',
    'pi2-32bit',
    'pi3-32bit',
    'pi3-64bit',
    'pi4-32bit',
    'pi4-64bit',
    'pi5-32bit',
    'pi5-64bit',
  ])
  const named = devices.flatMap(({ boards: its }) => its)
  expect(idsOf('boards')).toEqual(expect.arrayContaining(named))
})

describe('what is on a board goes together:', () => {
  test.each(boards)('$id', (board) => {
    const { soc, cpu, cores, arch, firmware, usb, ethernet, carrier, audio_jack, header } = board
    const chip = {
      bcm2835: ['arm1176', 1, ['armel', 'armhf']],
      bcm2836: ['cortex-a7', 4, ['armhf']],
      bcm2837: ['cortex-a53', 4, ['arm64', 'armhf']],
      bcm2711: ['cortex-a72', 4, ['arm64', 'armhf']],
      bcm2712: ['cortex-a76', 4, ['arm64', 'armhf']],
    } as const
    expect([cpu, cores]).toEqual(chip[soc].slice(0, 2))
    expect(chip[soc][2]).toEqual(expect.arrayContaining(arch))
    // boot_folder.adoc: start4.elf for the Pi 4, an EEPROM for the Pi 5
    const starts = { bcm2711: 'start4.elf', bcm2712: undefined }
    const start = soc in starts ? starts[soc as keyof typeof starts] : 'start.elf'
    expect(firmware.includes(start ?? 'none')).toBe(start !== undefined)
    expect(firmware.includes('bootcode.bin')).toBe(start === 'start.elf')
    expect(usb.controller).toBe(soc === 'bcm2712' ? 'rp1' : soc === 'bcm2711' ? 'xhci' : 'dwc2')
    const ports = ['smsc95xx', 'lan78xx', undefined]
    expect(
      soc === 'bcm2711' ? ['genet', undefined] : soc === 'bcm2712' ? ['macb'] : ports,
    ).toContain(ethernet?.driver)
    if (carrier !== undefined) expect(audio_jack).toBe(false)
    else expect([26, 40]).toContain(header)
  })
})

test('docs/boards.md is what ./downbeat generate would write', () => {
  expect(readFileSync(join(repository, 'docs/boards.md'), 'utf8')).toBe(boardPages(repository))
})

test('each board has a row and a section of its own in docs/boards.md', () => {
  const text = boardPages(repository)
  for (const { id } of boards) {
    expect(text).toContain(`| \`${id}\` |`)
    expect(text.split(`\n### ${id}\n`)).toHaveLength(2)
  }
})
