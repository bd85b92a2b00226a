import { readTree, textsOf } from './device-tree.ts'
import type { TreeNode } from './device-tree.ts'
import type { Soc } from './firmware.ts'

/**
 * What a firmware makes of the name of an overlay by overlays/overlay_map.dtb, a device tree with
 * one node for each name that is not the same on all boards. In it a property with the name of a
 * platform: empty, the overlay is for it; a text, that overlay takes its place. `renamed` gives the
 * name that an old one has now. Source: raspberrypi/linux, overlay_map.dts and pull request 3527.
 */
export function overlayMap(dtb: Buffer): (name: string, soc: Soc) => string | undefined {
  const nodes = new Map(entriesIn(dtb).map((node) => [node.name, node]))
  const said = (name: string, key: string): string | undefined => {
    const node = nodes.get(name)
    return node && textsOf(node, key)[0]
  }
  return (name, soc) => {
    const renamed = said(name, 'renamed') ?? name
    return said(renamed, platformOf(soc)) ?? renamed
  }
}

/** The map knows the boards up to the Pi 3 by one name. */
const platformOf = (soc: Soc): string => (soc === 'bcm2836' || soc === 'bcm2837' ? 'bcm2835' : soc)

function entriesIn(dtb: Buffer): TreeNode[] {
  try {
    return readTree(dtb).children
  } catch {
    throw new Error('overlays/overlay_map.dtb is no device tree')
  }
}
