import { createHash } from 'node:crypto'
import type { DiskPlan } from '../plan.ts'
import type { ImageChoices } from '../schema/image.ts'

/**
 * All identifiers of a disk come from what is on it: the same image has the same, another image
 * others.
 */
export function identifiers(root: ImageChoices['root'], content: unknown): DiskPlan {
  const hex = createHash('sha256').update(JSON.stringify(content)).digest('hex')
  const uuid = (from: number): string => {
    const digits = hex.slice(from, from + 32)
    return [
      digits.slice(0, 8),
      digits.slice(8, 12),
      `4${digits.slice(13, 16)}`,
      `8${digits.slice(17, 20)}`,
      digits.slice(20, 32),
    ].join('-')
  }
  const signature = hex.slice(0, 8)
  const fat_serial = hex.slice(8, 16)
  // With the root on a USB drive the same image lies on both disks, so that identifiers would name
  // either. On a card, fstab goes by what the first boot leaves as it is while it gives the card a
  // signature of its own; then it names that, too.
  const devices =
    root === 'usb'
      ? {
          boot_device: '/dev/disk/downbeat-boot',
          root_device: '/dev/sda2',
          fstab_root: '/dev/sda2',
        }
      : {
          boot_device: `UUID=${fat_serial.toUpperCase().replace(/^.{4}/, '$&-')}`,
          root_device: `PARTUUID=${signature}-02`,
          fstab_root: `UUID=${uuid(0)}`,
        }
  return {
    signature,
    ...devices,
    root_on_usb: root === 'usb',
    fat_serial,
    root_uuid: uuid(0),
    hash_seed: uuid(32),
  }
}
