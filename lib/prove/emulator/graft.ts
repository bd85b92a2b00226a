import { nodeAt, nodesOf, readTree, textsOf, writeTree } from '../firmware/device-tree.ts'
import type { TreeNode } from '../firmware/device-tree.ts'

/** What is taken over from a board's tree, by its labels there, and where it comes in another tree. */
export interface Graft {
  /** a child of the node of a PCI device; that node is taken */
  below_device: string
  /** nodes of the root that it refers to */
  along: readonly string[]
  /** the PCIe host in the other tree, and the slot of its bus that the device is in there */
  host: string
  slot: number
  /** where the kernel puts the device's memory on the bus of that host */
  address: number
}

const MEMORY_32_BIT = 0x82000000 // IEEE 1275, PCI bus binding: phys.hi of memory that stays where it is
const SYMBOLS = '__symbols__'

/**
 * A machine's device tree with a PCI device of a board's tree below its own PCIe host: the very
 * nodes that the board has, by the same labels, so that overlays for the board fit.
 */
export function graft(
  machine: Buffer,
  board: Buffer,
  { below_device, along, host, slot, address }: Graft,
): Buffer {
  const root = readTree(machine)
  const from = readTree(board)
  const symbols = nodeAt(from, SYMBOLS)
  const pathOf = (label: string): string => {
    const path = symbols && textsOf(symbols, label)[0]
    if (path === undefined) throw new Error(`the board's device tree has no label ${label}`)
    return path
  }
  const bus = pathOf(below_device)
  const device = bus.slice(0, bus.lastIndexOf('/'))
  const taken = nodeAt(from, device)
  const onto = nodeAt(root, host)
  if (!taken || !onto) throw new Error(`there is no ${taken ? host : device} in the device tree`)
  const added = [taken, ...along.map((label) => nodeAt(from, pathOf(label))!)]
  refuseSharedHandles(root, added)

  const name = `${taken.name.split('@')[0]!}@${slot.toString(16)},0`
  onto.children.push({ ...taken, name, properties: movedTo(slot, address, taken.properties) })
  root.children.push(...added.slice(1))
  const places = [[device, `${host}/${name}`], ...along.map((label) => [pathOf(label)])]
  const labels = [...symbols!.properties].flatMap(([label, value]): [string, Buffer][] => {
    const path = value.toString('latin1').slice(0, -1)
    const place = places.find(([old]) => path === old || path.startsWith(`${old}/`))
    if (!place) return []
    const [old, now = old] = place
    return [[label, Buffer.from(`${now}${path.slice(old!.length)}\0`, 'latin1')]]
  })
  root.children.push({ name: SYMBOLS, properties: new Map(labels), children: [] })
  return writeTree(root)
}

/**
 * It is in another slot, and its `ranges` (three cells, three of the parent, two of size) lead to
 * another address of the bus.
 */
function movedTo(
  slot: number,
  address: number,
  properties: TreeNode['properties'],
): TreeNode['properties'] {
  const reg = Buffer.from(properties.get('reg') ?? '')
  const ranges = Buffer.from(properties.get('ranges') ?? '')
  if (reg.length !== 20 || ranges.length !== 32)
    throw new Error('expected a reg of five cells and one range of eight in the PCI device')
  const place = slot << 11 // bus 0, function 0
  reg.writeUInt32BE(place)
  for (const [cell, value] of [MEMORY_32_BIT | place, 0, address].entries())
    ranges.writeUInt32BE(value >>> 0, 4 * (3 + cell))
  return new Map([...properties, ['reg', reg], ['ranges', ranges]])
}

function refuseSharedHandles(root: TreeNode, added: readonly TreeNode[]): void {
  const handles = (node: TreeNode): string[] =>
    [...nodesOf(node)].flatMap(([, { properties }]) => {
      const handle = properties.get('phandle')
      return handle ? [handle.toString('hex')] : []
    })
  const own = new Set(handles(root))
  const shared = added.flatMap(handles).filter((handle) => own.has(handle))
  if (shared.length > 0) throw new Error(`both device trees have the phandle 0x${shared[0]}`)
}
