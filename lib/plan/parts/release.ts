import type { z } from 'zod'
import type { PlannedBoard, ReleasePlan } from '../plan.ts'
import type { BaseData } from '../schema/base.ts'
import { Imager } from '../schema/imager.ts'
import type { ImagerDevice } from '../schema/os-list.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'

/**
 * What people are told of an image before they write it to a card, and what Raspberry Pi Imager
 * shows it for.
 */
export function planRelease(
  catalogue: Catalogue,
  boards: readonly PlannedBoard[],
  base: BaseData,
  kernel: { name: string },
): ReleasePlan {
  const { icon, website, devices } = catalogue.table('imager.yaml', Imager).value
  const fit = devices.filter(
    ({ soc, boards: named, tags }) =>
      soc === undefined ||
      (tags[base.arch] !== undefined &&
        boards.some((board) => board.soc === soc || named.includes(board.id))),
  )
  return {
    base: base.name,
    kernel: kernel.name,
    icon,
    ...(website === undefined ? {} : { website }),
    architecture: base.arch === 'arm64' ? 'armv8' : base.arch,
    tags: [...new Set(fit.flatMap(({ tags }) => tags[base.arch] ?? []))],
    devices: fit.map(imagerDevice),
  }
}

/** A device in the form of Imager's own list. */
function imagerDevice({
  name,
  description,
  icon,
  matching_type,
  tags,
}: z.output<typeof Imager>['devices'][number]): ImagerDevice {
  const own = [...new Set(Object.values(tags))]
  return { name, description, ...(icon === undefined ? {} : { icon }), matching_type, tags: own }
}
