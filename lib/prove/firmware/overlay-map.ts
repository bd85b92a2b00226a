import type { Soc } from './firmware.ts'

const [beginNode, endNode, property, nothing] = [1, 2, 3, 4]

/**
 * What a firmware makes of the name of an overlay by overlays/overlay_map.dtb, a device tree with
 * one node for each name that is not the same on all boards. In it a property with the name of a
 * platform: empty, the overlay is for it; a text, that overlay takes its place. `renamed` gives the
 * name that an old one has now. Source: raspberrypi/linux, overlay_map.dts and pull request 3527.
 */
export function overlayMap(dtb: Buffer): (name: string, soc: Soc) => string | undefined {
  const nodes = namesIn(dtb)
  return (name, soc) => {
    const renamed = nodes.get(name)?.get('renamed') ?? name
    const instead = nodes.get(renamed)?.get(platformOf(soc)) ?? ''
    return instead === '' ? renamed : instead
  }
}

/** The map knows the boards up to the Pi 3 by one name. */
const platformOf = (soc: Soc): string => (soc === 'bcm2836' || soc === 'bcm2837' ? 'bcm2835' : soc)

/**
 * The nodes below the root and their properties, as texts. Source: Devicetree Specification,
 * "Flattened Devicetree (DTB) Format".
 */
function namesIn(dtb: Buffer): Map<string, Map<string, string>> {
  if (dtb.length < 40 || dtb.readUInt32BE(0) !== 0xd00dfeed)
    throw new Error('overlays/overlay_map.dtb is no device tree')
  const nodes = new Map<string, Map<string, string>>()
  const strings = dtb.readUInt32BE(12)
  const textAt = (from: number): string => dtb.toString('latin1', from, dtb.indexOf(0, from))
  const aligned = (to: number): number => Math.ceil(to / 4) * 4
  const path: string[] = []
  for (let at = dtb.readUInt32BE(8); ;) {
    const token = dtb.readUInt32BE(at)
    at += 4
    if (token === beginNode) {
      const name = textAt(at)
      path.push(name)
      if (path.length === 2) nodes.set(name, new Map())
      at = aligned(at + name.length + 1)
    } else if (token === endNode) path.pop()
    else if (token === property) {
      const length = dtb.readUInt32BE(at)
      const name = textAt(strings + dtb.readUInt32BE(at + 4))
      if (path.length === 2) nodes.get(path[1]!)!.set(name, length === 0 ? '' : textAt(at + 8))
      at = aligned(at + 8 + length)
    } else if (token !== nothing) return nodes
  }
}
