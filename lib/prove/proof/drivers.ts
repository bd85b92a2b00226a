import type { DriverlessData } from '../../plan/schema/driverless.ts'
import { textsOf } from '../firmware/device-tree.ts'
import type { TreeNode } from '../firmware/device-tree.ts'
import type { Kernel } from './kernel-config.ts'
import { configLine } from './kernel-config.ts'

/** A device that a tree has. */
export interface Device {
  path: string
  /** the most exact name first */
  compatible: string[]
}

/**
 * The devices of a tree: every node with a `compatible` that is switched on, as all above it are.
 * Devicetree Specification 0.4, 2.3.4 "status". The root is the board itself.
 */
export function devicesOf(root: TreeNode): Device[] {
  const below = (node: TreeNode, path: string): Device[] =>
    node.children.flatMap((child): Device[] => {
      const at = `${path}/${child.name}`
      const compatible = textsOf(child, 'compatible')
      if (!['okay', 'ok'].includes(textsOf(child, 'status')[0] ?? 'okay')) return []
      return [...(compatible.length > 0 ? [{ path: at, compatible }] : []), ...below(child, at)]
    })
  return below(root, '')
}

/** Where a driver is. */
type Place = 'module' | 'built in'

/** The files that the modules of a kernel have beside them, as texts. */
interface Lists {
  /** modules.alias */
  alias: string
  /** modules.builtin.modinfo */
  builtin: string
}

/**
 * `struct of_device_id` (include/linux/mod_devicetable.h): 32 bytes of name and 32 of type, which
 * are empty where it goes by the 128 bytes of `compatible` alone.
 */
const [NAME_AND_TYPE, COMPATIBLE] = [64, 128]

/**
 * Says of a value of `compatible` where this kernel has a driver for it.
 *
 * What is in a module is in modules.alias. What is built in, is in modules.builtin.modinfo, but not
 * in every series (7.3 has it, 6.12 has not), and never if it has no MODULE_DEVICE_TABLE: clocks,
 * interrupt controllers and timers, for instance, are declared in a section of their own. All of
 * them say what they are for in the same struct, so the kernel itself is searched for it. This
 * cannot see who has the struct (code that only looks for a node has one, too), nor whether the
 * driver likes what it finds.
 */
export function driversOf(
  { plain }: Pick<Kernel, 'plain'>,
  { alias, builtin }: Lists,
): (compatible: string) => Place | undefined {
  const aliases: Record<Place, string[]> = {
    module: [...alias.matchAll(/^alias (\S+) /gm)].map(([, one]) => one!),
    'built in': [...builtin.matchAll(/\.alias=([^\0]*)/g)].map(([, one]) => one!),
  }
  const known = new Map<string, Place | undefined>()
  const look = (compatible: string): Place | undefined => {
    const asked = aliasOf(compatible)
    for (const place of ['module', 'built in'] as const)
      if (aliases[place].some((one) => asked.test(one))) return place
    const struct = Buffer.alloc(NAME_AND_TYPE + COMPATIBLE)
    struct.write(compatible, NAME_AND_TYPE, 'latin1')
    return plain.includes(struct) ? 'built in' : undefined
  }
  return (compatible) => {
    if (!known.has(compatible)) known.set(compatible, look(compatible))
    return known.get(compatible)
  }
}

/**
 * The alias of a driver for it. A device that is on PCI or USB and in the tree, too, is known by the
 * numbers that its bus has for it (IEEE 1275, bindings for PCI and USB).
 */
function aliasOf(compatible: string): RegExp {
  const [, bus, vendor, device] =
    /^(pci|usb)([0-9a-f]{1,4}),([0-9a-f]{1,4})$/.exec(compatible) ?? []
  const digits = (number = '', count: number): string => number.toUpperCase().padStart(count, '0')
  if (bus === 'pci') return new RegExp(`^pci:v${digits(vendor, 8)}d${digits(device, 8)}sv`)
  if (bus === 'usb') return new RegExp(`^usb:v${digits(vendor, 4)}p${digits(device, 4)}d`)
  return new RegExp(`^of:N\\*T\\*C${compatible.replaceAll(/[^\w,-]/g, '\\$&')}$`)
}

/** How many devices have a driver, and where; and which lack one, in words. */
export interface Driven {
  counts: Record<Place | 'found otherwise' | 'without', number>
  lacking: string[]
}

/**
 * Looks for a driver of each device. `listed` is what is known to have none, or to have one that is
 * found in another way. A name in it is no name to find a driver by, so the simple-mfd behind a name
 * does not stand in for the driver of the whole.
 */
export function judgeDevices(
  devices: readonly Device[],
  driver: ReturnType<typeof driversOf>,
  config: string,
  listed: readonly DriverlessData[],
): Driven {
  const counts = { module: 0, 'built in': 0, 'found otherwise': 0, without: 0 }
  const lacking: string[] = []
  for (const { path, compatible } of devices) {
    const named = `${path} (${compatible.join(', ')})`
    const entries = compatible.map((name) =>
      listed.find((one) => one.compatible.split(' ').includes(name)),
    )
    const names = compatible.filter((_, i) => entries[i] === undefined)
    const options = entries.flatMap((entry) => entry?.option ?? [])
    const place = names.map(driver).find((found) => found !== undefined)
    const off = options.find((option) => configLine(config, option) !== option)
    if (names.length > 0 && place === undefined) lacking.push(named)
    else if (names.length === 0 && off !== undefined) lacking.push(`${named} wants ${off}`)
    else counts[place ?? (options.length > 0 ? 'found otherwise' : 'without')]++
  }
  return { counts, lacking }
}
