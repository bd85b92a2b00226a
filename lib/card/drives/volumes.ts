import { basename } from 'node:path'
import { typedWord } from '../../common/quote.ts'

/** How a volume is closed that is open, by what lsblk calls its type. */
const closes: readonly (readonly [type: RegExp, command: (device: string) => string])[] = [
  [/^crypt$/, (device) => `sudo cryptsetup close ${typedWord(basename(device))}`],
  [/^lvm$/, (device) => `sudo lvchange --activate n ${typedWord(device)}`],
  [/^(raid|linear)/, (device) => `sudo mdadm --stop ${typedWord(device)}`],
]

/** What to type so that none of these is open: what lies upon another is closed before it. */
export function closing(users: readonly { device: string; type: string }[]): string {
  const commands = users
    .toReversed()
    .flatMap(({ device, type }) => closes.find(([one]) => one.test(type))?.[1](device) ?? [])
  return ['close that volume first', ...commands].join('; ')
}

/**
 * What lsblk's FSTYPE (the names are libblkid's) says of a file system, or a member of something,
 * that nothing shows to be in use while it is closed: what it is called. A plain file system on a
 * card is none of these; it goes with what was on the card.
 */
export const volumes: readonly (readonly [type: RegExp, what: string])[] = [
  [/^crypto_LUKS$/, 'an encrypted volume'],
  [/^BitLocker$/, 'a volume that BitLocker has encrypted'],
  [/^(apfs|cs_fvault2)$/, 'volumes of macOS'],
  [/^(LVM[12]_member|DM_snapshot_cow|stratis|vdo)$/, 'a physical volume of LVM'],
  [/^DM_(integrity|verity_hash)$/, 'a part of a checked volume'],
  [/_raid_member$/, 'a member of a RAID'],
  [/^zfs(_member)?$/, 'a member of a ZFS pool'],
  [/^(btrfs|bcachefs)$/, 'a file system that may have other disks, too'],
  [/^bcache$/, 'a part of a cached disk'],
  [/^(mpath_member|drbd.*|ceph_bluestore|oracleasm)$/, 'a member of a cluster'],
  [/^VMFS(_volume_member)?$/, 'disks of virtual machines'],
  [/^swsuspend$/, 'a system that sleeps'],
]
