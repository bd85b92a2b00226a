import * as fc from 'fast-check'
import { z } from 'zod'
import { drivesOfLsblk } from '../../lib/card/drives/lsblk.ts'
import { odd, torn } from '../fuzzing/odd.ts'
import { ofProperty } from '../fuzzing/target.ts'

const word = fc.oneof(odd, fc.string({ unit: 'binary', maxLength: 8 }), fc.constant(null))
const flag = fc.oneof(fc.boolean(), fc.constantFrom('0', '1', null, 'yes'))
const count = fc.oneof(
  fc.nat(),
  fc.constantFrom('0', '512', '64000000000', null, '-1'),
  fc.double(),
)

/** What lsblk of this and of older systems says of a device, right or not. */
const node = (children: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.record(
    {
      name: fc.oneof({ weight: 8, arbitrary: fc.constantFrom('/dev/sda', '/dev/mmcblk0') }, word),
      kname: word,
      type: fc.oneof(fc.constantFrom('disk', 'part', 'loop', 'crypt', 'rom'), word),
      subsystems: fc.oneof(fc.constant('block:scsi:usb:pci'), word),
      ro: flag,
      rm: flag,
      hotplug: flag,
      size: count,
      'log-sec': count,
      label: word,
      vendor: word,
      model: word,
      serial: word,
      tran: word,
      'maj:min': word,
      mountpoint: word,
      mountpoints: fc.oneof(fc.array(word, { maxLength: 3 }), fc.constant(null)),
      children: fc.oneof(fc.array(children, { maxLength: 3 }), fc.constantFrom(undefined, null)),
    },
    { requiredKeys: ['name'] },
  )
const tree = node(node(node(fc.constant({ name: '/dev/dm-0', type: 'crypt' }))))
const json = fc
  .array(tree, { maxLength: 4 })
  .map((blockdevices) => JSON.stringify({ blockdevices }))

/** Everywhere that something of a device is mounted. */
function mountsOf(device: unknown): unknown[] {
  const { mountpoint, mountpoints, children } = device as Record<string, unknown>
  const below = Array.isArray(children) ? children.flatMap(mountsOf) : []
  return [mountpoint, ...(Array.isArray(mountpoints) ? mountpoints : []), ...below].filter(Boolean)
}

export const target = ofProperty<string>({
  about: 'what lsblk prints: disks with all that is mounted of them, or an error of its form',
  inputs: fc.oneof({ weight: 3, arbitrary: json }, torn(json)),
  holds(text) {
    let drives
    try {
      drives = drivesOfLsblk(text)
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof z.ZodError) return
      throw error
    }
    const { blockdevices } = JSON.parse(text) as { blockdevices: unknown[] }
    for (const [i, device] of blockdevices.entries()) {
      const told = new Set(drives[i]!.mounts.map(({ at }) => at))
      // a disk that is taken for unused is written to
      for (const at of mountsOf(device))
        if (!told.has(at as string)) throw new Error(`it hides that ${String(at)} is mounted`)
      if (!(drives[i]!.bytes >= 0)) throw new Error(`it has ${drives[i]!.bytes} bytes`)
    }
  },
  text: (text) => text,
})
