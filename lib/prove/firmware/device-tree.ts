/** A node of a device tree; `name` is empty for the root. */
export interface TreeNode {
  name: string
  properties: Map<string, Buffer>
  children: TreeNode[]
}

// Devicetree Specification 0.4, chapter 5, "Flattened Devicetree (DTB) Format".
const MAGIC = 0xd00dfeed
const VERSION = 17
const LAST_COMPATIBLE = 16
const HEADER_BYTES = 40
const [beginNode, endNode, property, nothing, end] = [1, 2, 3, 4, 9]

const aligned = (to: number): number => Math.ceil(to / 4) * 4

/** The tree in a .dtb or .dtbo. Throws if it is none, or is cut off. */
export function readTree(dtb: Buffer): TreeNode {
  if (dtb.length < HEADER_BYTES || dtb.readUInt32BE(0) !== MAGIC)
    throw new Error('it is no device tree')
  const strings = dtb.readUInt32BE(12)
  const textAt = (from: number): string => dtb.toString('latin1', from, dtb.indexOf(0, from))
  const root: TreeNode = { name: '', properties: new Map(), children: [] }
  const path: TreeNode[] = []
  for (let at = dtb.readUInt32BE(8); ;) {
    const token = dtb.readUInt32BE(at)
    at += 4
    if (token === beginNode) {
      const name = textAt(at)
      const node = path.length === 0 ? root : { name, properties: new Map(), children: [] }
      path.at(-1)?.children.push(node)
      path.push(node)
      at = aligned(at + name.length + 1)
    } else if (token === endNode) path.pop()
    else if (token === property) {
      const length = dtb.readUInt32BE(at)
      const name = textAt(strings + dtb.readUInt32BE(at + 4))
      path.at(-1)!.properties.set(name, dtb.subarray(at + 8, at + 8 + length))
      at = aligned(at + 8 + length)
    } else if (token !== nothing) return root
  }
}

/** The .dtb of a tree. */
export function writeTree(root: TreeNode): Buffer {
  const structure: Buffer[] = []
  let strings = ''
  const stringsAt = new Map<string, number>()
  const word = (value: number): void => {
    const four = Buffer.alloc(4)
    four.writeUInt32BE(value)
    structure.push(four)
  }
  const bytes = (data: Buffer): void =>
    void structure.push(data, Buffer.alloc(aligned(data.length) - data.length))
  const placeOf = (name: string): number => {
    const known = stringsAt.get(name) ?? strings.length
    if (!stringsAt.has(name)) strings += `${name}\0`
    stringsAt.set(name, known)
    return known
  }
  const node = ({ name, properties, children }: TreeNode): void => {
    word(beginNode)
    bytes(Buffer.from(`${name}\0`, 'latin1'))
    for (const [key, value] of properties) {
      word(property)
      word(value.length)
      word(placeOf(key))
      bytes(value)
    }
    children.forEach(node)
    word(endNode)
  }
  node(root)
  word(end)
  const body = Buffer.concat(structure)
  const names = Buffer.from(strings, 'latin1')
  const reserved = Buffer.alloc(16) // memory that the kernel must not use: none
  const header = Buffer.alloc(HEADER_BYTES)
  const start = HEADER_BYTES + reserved.length
  const total = start + body.length + names.length
  const places = [total, start, start + body.length, HEADER_BYTES]
  const fields = [MAGIC, ...places, VERSION, LAST_COMPATIBLE, 0, names.length, body.length]
  fields.forEach((value, i) => header.writeUInt32BE(value, i * 4))
  return Buffer.concat([header, reserved, body, names])
}

/** The node at a path such as `/soc/serial@7e201000`; undefined: there is none. */
export const nodeAt = (root: TreeNode, path: string): TreeNode | undefined =>
  path
    .split('/')
    .filter(Boolean)
    .reduce<TreeNode | undefined>(
      (node, name) => node?.children.find((child) => child.name === name),
      root,
    )

/** The texts of a property, such as `compatible`; none if the node has no such property. */
export const textsOf = (node: TreeNode, name: string): string[] =>
  node.properties.get(name)?.toString('latin1').split('\0').slice(0, -1) ?? []

/** Every node of a tree with its path, the root first. */
export function* nodesOf(node: TreeNode, path = ''): Generator<[path: string, node: TreeNode]> {
  yield [path === '' ? '/' : path, node]
  for (const child of node.children) yield* nodesOf(child, `${path}/${child.name}`)
}
