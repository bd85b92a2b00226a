import type { Card } from './card.ts'
import { starts_again, toml } from './changes.ts'

/** What the kernel says of the card that a start is from. The root of these tests is on "card". */
const number = '/sys/class/block/block/device/cid'
const from = (card: string): Record<string, string> => ({
  '/sys/class/block/card/partition': '2\n',
  [number]: `${card}\n`,
})
const id = '0123456789abcdef0123456789abcdef'
const steps = ['host_keys', 'machine_id', 'grow_root', 'disk_id']
const stamps = (text: string | null): Record<string, string | null> =>
  Object.fromEntries(steps.map((step) => [`/var/lib/downbeat/${step}.done`, text]))
/** As if the first boot had done all of it. */
const done = {
  ...(stamps('') as Record<string, string>),
  '/var/lib/downbeat/first-boot.done': '',
  '/etc/machine-id': `${id}\n`,
}
const renewed = (card: string): Record<string, string | null> => ({
  ...stamps(null),
  '/etc/machine-id': `-${id}\n`,
  ...from(card),
  '/var/lib/downbeat/new-identity': `${number} ${card}\n`,
})
const asked = toml('new_identity = true')

/** Cards that are copies of others. */
export const copied: Card[] = [
  {
    title: 'that is to be one of its own becomes so once, and so does each copy of it',
    starts: [
      {
        put: { ...asked, ...from('035344') },
        after: { files: renewed('035344'), asks: [starts_again] },
      },
      {
        put: done,
        after: {
          status: 'skipped',
          files: { ...from('035344'), '/var/lib/downbeat/new-identity': `${number} 035344\n` },
        },
      },
      {
        put: { ...toml('# no longer said'), ...from('1b534d') },
        after: { files: renewed('1b534d'), asks: [starts_again] },
      },
    ],
  },
  {
    title: 'that is new and told so has an identity of its own already',
    starts: [
      {
        // the first boot fails here, where there is no disk
        put: { ...asked, ...from('035344') },
        remove: ['/var/lib/downbeat/first-boot.done', '/var/lib/downbeat/host_keys.done'],
        after: {
          files: {
            ...from('035344'),
            '/etc/ssh/ssh_host_ecdsa_key': /./,
            '/etc/ssh/ssh_host_ecdsa_key.pub': /./,
            '/etc/ssh/ssh_host_ed25519_key': /./,
            '/etc/ssh/ssh_host_ed25519_key.pub': /./,
            '/var/lib/downbeat/new-identity': `${number} 035344\n`,
          },
        },
      },
    ],
  },
  {
    title: 'whose kernel knows no number of it becomes one of its own once',
    starts: [
      {
        put: asked,
        after: {
          files: {
            ...stamps(null),
            '/etc/machine-id': `-${id}\n`,
            '/var/lib/downbeat/new-identity': 'none\n',
          },
          asks: [starts_again],
        },
      },
      {
        put: done,
        after: { status: 'skipped', files: { '/var/lib/downbeat/new-identity': 'none\n' } },
      },
      { put: toml('new_identity = false'), after: {} },
    ],
  },
]
