import { expect, test } from 'vitest'
import { graft } from '../../lib/prove/emulator/graft.ts'
import {
  nodeAt,
  nodesOf,
  readTree,
  textsOf,
  writeTree,
} from '../../lib/prove/firmware/device-tree.ts'
import type { TreeNode } from '../../lib/prove/firmware/device-tree.ts'

const text = (...words: string[]): Buffer => Buffer.from(words.map((word) => `${word}\0`).join(''))
const cells = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length)
  values.forEach((value, i) => bytes.writeUInt32BE(value, 4 * i))
  return bytes
}
const node = (
  name: string,
  properties: Record<string, Buffer>,
  ...children: TreeNode[]
): TreeNode => ({ name, properties: new Map(Object.entries(properties)), children })

// A board with a chip on PCIe and a clock for it, and a machine with another PCIe host.
const ranges = cells(1, 0, 0, 0x82010000, 0, 0, 0, 0x400000)
const board = (): TreeNode =>
  node(
    '',
    { model: text('a board') },
    node('clock', { phandle: cells(7) }),
    node(
      'pcie@1000',
      {},
      node(
        'chip@0,0',
        { reg: cells(0x10000, 0, 0, 0, 0), ranges },
        node('bus@1', { phandle: cells(8) }, node('pins', { phandle: cells(9), clocks: cells(7) })),
      ),
    ),
    node('__symbols__', {
      chip_bus: text('/pcie@1000/chip@0,0/bus@1'),
      chip_pins: text('/pcie@1000/chip@0,0/bus@1/pins'),
      chip_clock: text('/clock'),
      host: text('/pcie@1000'),
    }),
  )
const machine = (phandle = 0x8001): TreeNode =>
  node('', { model: text('a machine') }, node('pcie@2000', { phandle: cells(phandle) }))
const plan = {
  below_device: 'chip_bus',
  along: ['chip_clock'],
  host: '/pcie@2000',
  slot: 3,
  address: 0x10000000,
}
const grafted = (onto = machine(), from = board(), how = plan): TreeNode =>
  readTree(graft(writeTree(onto), writeTree(from), how))

test('a tree that was written reads as it was', () => {
  const tree = node(
    '',
    { compatible: text('one,two', 'three'), empty: Buffer.alloc(0), odd: Buffer.from([1, 2, 3]) },
    node('a@1', { model: text('x') }, node('b', {})),
    node('c', { compatible: text('last') }),
  )
  const read = readTree(writeTree(tree))
  expect(read).toEqual(tree)
  expect([...nodesOf(read)].map(([path]) => path)).toEqual(['/', '/a@1', '/a@1/b', '/c'])
  expect(textsOf(read, 'compatible')).toEqual(['one,two', 'three'])
  expect(textsOf(read, 'none')).toEqual([])
  expect(nodeAt(read, '/a@1/b')?.name).toBe('b')
  expect(nodeAt(read, '/a@1/x')).toBeUndefined()
})

test('what is no device tree, or the beginning of one, is refused', () => {
  expect(() => readTree(Buffer.from('no tree\n'.repeat(10)))).toThrow('it is no device tree')
  expect(() => readTree(writeTree(board()).subarray(0, 120))).toThrow()
})

test("a board's PCI device comes below the host of the machine, with its labels", () => {
  const tree = grafted()
  expect(textsOf(tree, 'model')).toEqual(['a machine'])
  expect(nodeAt(tree, '/pcie@2000/chip@3,0/bus@1/pins')?.properties.get('clocks')).toEqual(cells(7))
  expect(nodeAt(tree, '/clock')).toBeDefined()
  const chip = nodeAt(tree, '/pcie@2000/chip@3,0')!
  expect(chip.properties.get('reg')).toEqual(cells(0x1800, 0, 0, 0, 0))
  expect(chip.properties.get('ranges')).toEqual(
    cells(1, 0, 0, 0x82001800, 0, 0x10000000, 0, 0x400000),
  )
  const labels = nodeAt(tree, '/__symbols__')!
  expect([...labels.properties.keys()].map((label) => [label, textsOf(labels, label)[0]])).toEqual([
    ['chip_bus', '/pcie@2000/chip@3,0/bus@1'],
    ['chip_pins', '/pcie@2000/chip@3,0/bus@1/pins'],
    ['chip_clock', '/clock'],
  ])
})

test('a tree without the label, without the host, or with the same phandles is refused', () => {
  expect(() => grafted(machine(), machine())).toThrow('has no label chip_bus')
  expect(() => grafted(machine(), board(), { ...plan, host: '/pcie@3' })).toThrow('/pcie@3')
  expect(() => grafted(machine(9))).toThrow('both device trees have the phandle 0x00000009')
  const other = board()
  nodeAt(other, '/pcie@1000/chip@0,0')!.properties.set('ranges', cells(1, 2))
  expect(() => grafted(machine(), other)).toThrow('one range of eight')
})
