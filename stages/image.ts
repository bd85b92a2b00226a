import { globSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { disk, offsetOf, partitionTable } from '../lib/common/disk/layout.ts'
import { mergeConfig } from './image/merge-config.ts'
import { defineStage } from '../lib/engine/run/stage.ts'
import { configure } from './configure.ts'
import { firmware } from './firmware.ts'
import { kernel } from './kernel.ts'
import { overlays } from './overlays.ts'
import { rootfs } from './rootfs.ts'
import { toolbox } from './toolbox.ts'
import { tools } from './tools.ts'

/** Bytes of a root that is not held in memory. */
const LARGE = 2 ** 30

/** The finished disk: partition table, FAT and ext4, each written in place into one sparse file. */
export const image = defineStage({
  name: 'image',
  about: 'Write the disk image',
  source: import.meta.url,
  needs: { toolbox, kernel, firmware, overlays, rootfs, tools, configure },
  outputs: { disk: 'disk.img', packages: 'packages.lock' },
  given: (plan) => plan.image,
  async run({ given, from, out, work, own, $ }) {
    // In memory: the tree lives for a second, and a disk that is rather full takes several to find room for it.
    const tree = `${statSync(from.rootfs.tree).size > LARGE ? work : '/tmp'}/tree`
    const fat = '/tmp/fat'
    const home = `${tree}/home/${given.user.name}`
    const { boot, root } = disk
    writeFileSync(`${work}/keys`, given.user.ssh_keys.map((key) => `${key}\n`).join(''))
    writeFileSync(`${work}/table`, partitionTable(given.disk.signature))
    const ext4 = `hash_seed=${given.disk.hash_seed},root_owner=0:0,lazy_itable_init=0,lazy_journal_init=0,nodiscard,offset=${offsetOf(root)}`

    if (given.boot_of_base) {
      const theirs = await $.text`tar -xOf ${from.rootfs.tree} ./boot/firmware/config.txt`
      const { unfit } = given.boot_of_base
      const merge = (ours: string, into: string): void => writeFileSync(into, mergeConfig(theirs, readFileSync(ours, 'utf8'), unfit))
      merge(`${from.configure.boot}/config.txt`, `${work}/config.txt`)
      // What it is for other sound cards: one is put in the place of another as a whole.
      await $`mkdir shelf; tar -xf ${from.configure.root} -C shelf`
      for (const path of globSync('shelf/usr/share/downbeat/soundcards/*/boot/config.txt', { cwd: work }))
        merge(`${work}/${path}`, `${work}/${path}`)
    }
    const boots = [from.configure.boot, from.firmware?.files, from.kernel?.device_trees].filter((folder) => folder !== undefined)
    const overlays = [from.kernel?.overlays, from.overlays?.files].filter((folder) => folder !== undefined)
    await $`wifi=${from.firmware?.wifi ?? ''} kernel=${from.kernel?.image ?? ''} modules=${from.kernel?.modules ?? ''}
      sort ${from.rootfs.packages} ${from.tools.packages} >${out.packages}
      mkdir ${tree}
      tar -xpf ${from.rootfs.tree} -C ${tree} --numeric-owner --acls --xattrs --xattrs-include='*'
      mkdir -p ${tree}/boot/firmware ${tree}/var/lib/downbeat
      [ -z "$modules" ] || tar -xpf "$modules" -C ${tree} --keep-directory-symlink
      tar -xpf ${from.configure.root} -C ${tree} --keep-directory-symlink --no-overwrite-dir
      [ ! -d shelf/usr/share/downbeat/soundcards ] || cp -r shelf/usr/share/downbeat/soundcards ${tree}/usr/share/downbeat
      cp -r ${from.tools.programs}/. ${tree}
      [ -z "$wifi" ] || cp --update=none "$wifi"/* ${tree}/usr/lib/firmware/brcm/
      bash ${own}/add-user.sh ${tree} ${given.user.name}
      uid=$(stat -c %u ${home})
      install -d -m 700 -o "$uid" -g "$uid" ${home}/.ssh
      install -m 600 -o "$uid" -g "$uid" keys ${home}/.ssh/authorized_keys
      rm -f ${tree}/etc/*- ${tree}/etc/.pwd.lock
      # What the scripts of Raspberry Pi Imager look for, where the base has none of its own.
      for twin in raspberrypi-sys-mods/imager_custom=imager-custom userconf-pi/userconf=userconf; do
        path=${tree}/usr/lib/"\${twin%%=*}"
        [ -e "$path" ] || { mkdir -p "$(dirname "$path")" && ln -s ../downbeat/"\${twin##*=}" "$path"; }
      done
      export SYSTEMCTL_SKIP_SYSV=1 # for a unit with a script of old it would run a program of the tree
      systemctl --quiet --root=${tree} mask ${given.mask.map(({ text }) => text)}
      systemctl --quiet --root=${tree} enable ${given.enable.map(({ text }) => text)}
      # Without a key nobody could log in: the settings of a card switch it on.
      systemctl --quiet --root=${tree} ${given.user.ssh_keys.length > 0 ? 'enable' : 'disable'} ssh.service
      # With these two systemd knows that nothing has changed since the image was made, and rebuilds no caches.
      touch ${tree}/etc/.updated ${tree}/var/.updated

      # The boot partition: what a published base has on it, without what belongs to its own kernels, and then ours.
      mkdir ${fat}
      find ${tree}/boot/firmware -mindepth 1 -maxdepth 1 -exec mv -t ${fat} {} +
      for name in ${given.boot_of_base?.remove ?? []}; do rm -rf ${fat}/$name; done
      mkdir -p ${fat}/overlays
      for folder in ${boots}; do cp -r "$folder"/. ${fat}; done
      for folder in ${overlays}; do cp -r "$folder"/. ${fat}/overlays; done
      [ ! -e config.txt ] || cp config.txt ${fat}
      [ -z "$kernel" ] || cp "$kernel" ${fat}/${given.kernel_file_name ?? ''}
      # downbeat.toml as it is here asks for nothing: only another one is read.
      (cd ${fat} && sha256sum downbeat.toml) | sed 's|  |  /boot/firmware/|' >${tree}/var/lib/downbeat/applied.sha256
      find ${tree} ${fat} -exec touch -hd @${given.epoch} {} +

      # As large as it must be, with room for a journal and for what the first boot writes before it grows.
      needed=$(find ${tree} -printf '%s\n' | awk '{ blocks += int(($1 + 4095) / 4096) } END { print int(blocks / 256) + 1 }')
      mib=${given.root_mb ?? ''}
      : "\${mib:=$(((needed * 11 / 10 + 83) / 4 * 4))}"
      truncate -s "$((${offsetOf(root)} + mib * 1048576))" ${out.disk}
      sfdisk --quiet --no-reread --no-tell-kernel ${out.disk} <table

      write_fat() {
        export MTOOLS_SKIP_CHECK=1
        at=${out.disk}@@${offsetOf(boot)}
        mformat -i "$at" -F -v ${boot.label} -N ${given.disk.fat_serial} -T ${boot.sectors} -h 255 -s 63 -c 4 -H ${boot.start} ::
        cd ${fat}
        find . -type d -printf '%P\n' | LC_ALL=C sort | while read -r dir; do
          [ -z "$dir" ] || mmd -i "$at" "::$dir"
          find "./$dir" -maxdepth 1 -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sh -c 'mcopy -m -i "$0" "$@" "::'"$dir"'"' "$at"
        done
      }
      write_fat & # beside the other partition

      # The features are named because the defaults differ from release to release.
      export E2FSPROGS_FAKE_TIME=${given.epoch}
      mke2fs -q -F -t ext4 -b 4096 -I 256 -i 8192 -m 1 -L ${root.label} -U ${given.disk.root_uuid} \
        -O ^metadata_csum_seed,^orphan_file,64bit,metadata_csum,has_journal -J size=16 -E ${ext4} \
        -d ${tree} ${out.disk} "$mib"M
      wait $! # for the other, and whether it failed`
  },
})
