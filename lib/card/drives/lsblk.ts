import { z } from 'zod'
import type { Drive } from './drive.ts'

// lsblk's JSON is not the same everywhere: util-linux before 2.33 writes "0" and "1" for booleans
// and strings for numbers, and `mountpoints` (a list with nulls in it) came with 2.37 beside
// `mountpoint`. All of that is read.

const flag = z
  .union([
    z.boolean(),
    z.enum(['0', '1']).transform((text) => text === '1'),
    z.null().transform(() => false),
  ])
  .default(false)
const count = z
  .union([
    z.int().min(0),
    z
      .string()
      .regex(/^\d{1,15}$/)
      .transform(Number),
    z.null().transform(() => 0),
  ])
  .default(0)
const words = z
  .string()
  .nullish()
  .transform((text) => (text ?? '').trim().replaceAll(/\s+/g, ' '))

const Node = z.object({
  name: z.string(),
  kname: words,
  type: words,
  subsystems: words,
  ro: flag,
  size: count,
  'log-sec': count,
  fstype: words,
  label: words,
  vendor: words,
  model: words,
  serial: words,
  tran: words,
  'maj:min': words,
  mountpoint: z.string().nullish(),
  mountpoints: z.array(z.string().nullable()).nullish(),
  get children(): z.ZodOptional<z.ZodArray<z.ZodTypeAny>> {
    return z.array(Node).optional()
  },
})
type Node = z.infer<typeof Node>

const columns =
  'name,kname,type,subsystems,ro,size,log-sec,fstype,label,vendor,model,serial,tran,maj:min'

/** What to run: the second where the first does not know a column. */
export const lsblkCommands: readonly (readonly [string, ...string[]])[] = [
  'mountpoints',
  'mountpoint',
].map(
  (mounts) =>
    [
      'lsblk',
      '--bytes',
      '--json',
      '--paths',
      '--tree',
      '--output',
      `${columns},${mounts}`,
    ] as const,
)

/** The disks in what lsblk prints as JSON. Throws for what is not of its form. */
export function drivesOfLsblk(json: string): Drive[] {
  const { blockdevices } = z.object({ blockdevices: z.array(Node) }).parse(JSON.parse(json))
  const paths = new Set(blockdevices.map(pathOf))
  return blockdevices.map((disk) => driveOf(disk, paths))
}

const pathOf = ({ kname, name }: Node): string => kname || name

function driveOf(disk: Node, paths: ReadonlySet<string>): Drive {
  const below = descendants(disk)
  const buses = new Set([...disk.subsystems.split(':'), disk.tran])
  const path = pathOf(disk)
  // To the kernel an eMMC is much like a card. It is soldered on, and tells itself by the boot
  // areas that no card has.
  const soldered = paths.has(`${path}boot0`)
  const removable = !soldered && (buses.has('usb') || buses.has('mmc'))
  return {
    path,
    kind: kindOf(path, disk.type),
    model: disk.model || (disk.vendor.startsWith('0x') ? '' : disk.vendor),
    serial: disk.serial,
    bytes: disk.size,
    transport: disk.tran || (['usb', 'mmc', 'virtio', 'nvme'].find((bus) => buses.has(bus)) ?? ''),
    removable,
    readOnly: disk.ro,
    sector_bytes: disk['log-sec'] || 512,
    mounts: [disk, ...below].flatMap((node) =>
      [...new Set([...(node.mountpoints ?? []), node.mountpoint])].flatMap((at) =>
        at ? [{ device: node.name, at }] : [],
      ),
    ),
    users: below
      .filter(({ type }) => type !== 'part')
      .map(({ name, type }) => ({ device: name, type })),
    contents: [disk, ...below].flatMap(({ name, fstype }) =>
      fstype === '' ? [] : [{ device: name, type: fstype }],
    ),
    labels: [disk, ...below].map(({ label }) => label).filter((label) => label !== ''),
    partitions: below.filter(({ type }) => type === 'part').map(({ name }) => name),
    number: disk['maj:min'],
    numbers: below.map((node) => node['maj:min']),
    names: 1,
    holders: [],
  }
}

function descendants(node: Node): Node[] {
  const children = (node.children ?? []) as Node[]
  return [...children, ...children.flatMap(descendants)]
}

function kindOf(path: string, type: string): Drive['kind'] {
  if (type === 'loop') return 'loop'
  // The boot areas of an eMMC are disks of their own to the kernel, a few MB in size.
  return type === 'disk' && !/\/(z?ram\d|sr\d|fd\d|mmcblk\d+(boot|rpmb|gp))/.test(path)
    ? 'disk'
    : 'none'
}
