import { existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { disk, offsetOf, partitionTable } from '../lib/common/disk/layout.ts'
import { nameOf } from '../lib/common/files/file-name.ts'
import { UserError } from '../lib/common/words/errors.ts'
import { visible } from '../lib/common/words/visible.ts'
import { mergeConfig } from './image/merge-config.ts'
import { defineStage } from '../lib/engine/run/stage.ts'
import { configure } from './configure.ts'
import { firmware } from './firmware.ts'
import { kernel } from './kernel.ts'
import { ownFiles } from './own-files.ts'
import { overlays, pairsOf } from './overlays.ts'
import { rootfs } from './rootfs.ts'
import { toolbox } from './toolbox.ts'
import { tools } from './tools.ts'

/**
 * Bytes of a root that is not held in memory, where it would be twice: on every machine, and on one
 * that has little of it.
 */
const large = (): number => Math.min(2 ** 29, process.availableMemory() / 4)

/**
 * The finished disk: the root (image/tree.sh) and the boot partition (image/boot.sh), written in
 * place into one sparse file (image/disk.sh).
 */
export const image = defineStage({
  name: 'image',
  about: 'Write the disk image',
  source: import.meta.url,
  needs: { toolbox, kernel, firmware, overlays, rootfs, tools, configure, ownFiles },
  outputs: { disk: 'disk.img', packages: 'packages.lock' },
  given: ({ image: own, overlays: { tried } = { tried: [] } }) => ({
    ...own,
    ...(own.kernel_of_package ? { tried } : {}),
  }),
  async run({ given, from, out, work, own, yours, $ }) {
    // In memory: the tree lives for a second, and a disk that is rather full takes several to find
    // room for it. mke2fs writes each block by itself, and then waits until the disk has them all.
    const inMemory = statSync(from.rootfs.tree).size < large()
    const tree = `${inMemory ? '/tmp' : work}/tree`
    const made = inMemory ? '/tmp/disk.img' : out.disk
    const fat = '/tmp/fat'
    const { boot, root } = disk
    writeFileSync(`${work}/keys`, given.user.ssh_keys.map((key) => `${key}\n`).join(''))
    writeFileSync(`${work}/table`, partitionTable(given.disk.signature))

    const hooks = (given.hooks ?? []).map(({ on, text }) => ({
      text,
      file: join(yours!, 'hooks', on),
      script: `${work}/hooks/${on}`,
    }))
    mkdirSync(`${work}/hooks`)
    for (const { script, text } of hooks) writeFileSync(script, text, { mode: 0o755 })

    if (given.boot_of_base) {
      const theirs = await $.text`tar -xOf ${from.rootfs.tree} ./boot/firmware/config.txt`
      const { unfit } = given.boot_of_base
      const merge = (ours: string, into: string): void =>
        writeFileSync(into, mergeConfig(theirs, readFileSync(ours, 'utf8'), unfit))
      merge(`${from.configure.boot}/config.txt`, `${work}/config.txt`)
      // What it is for other sound cards: one is put in the place of another as a whole.
      await $`mkdir shelf; tar -xf ${from.configure.root} -C shelf`
      for (const path of globSync('shelf/usr/share/downbeat/soundcards/*/boot/config.txt', {
        cwd: work,
      }))
        merge(`${work}/${path}`, `${work}/${path}`)
    }
    const boots = [from.configure.boot, from.firmware?.files, from.kernel?.device_trees].filter(
      (folder) => folder !== undefined,
    )
    const overlays = [from.kernel?.overlays, from.overlays?.files].filter(
      (folder) => folder !== undefined,
    )
    const names = (lines: readonly { text: string }[]): string =>
      lines.map(({ text }) => text).join(' ')
    const written = $`sort ${from.rootfs.packages} ${from.tools.packages} >${out.packages}
      export TREE=${tree} FAT=${fat} EPOCH=${given.epoch}

      export ROOTFS=${from.rootfs.tree} CONFIGURED=${from.configure.root} PROGRAMS=${from.tools.programs}
      export MODULES=${from.kernel?.modules ?? ''} WIFI=${from.firmware?.wifi ?? ''} CARDS=${work}/shelf/usr/share/downbeat/soundcards
      export ACCOUNT=${given.user.name} KEYS=${work}/keys SSH=${given.user.ssh_keys.length > 0 ? 'enable' : 'disable'}
      export MASK=${names(given.mask)} ENABLE=${names(given.enable)}
      export OWN_FILES=${from.ownFiles?.files ?? ''} HOOKS=${work}/hooks
      bash ${own}/tree.sh
      export TRIED=${pairsOf(given.tried ?? []).join('\n')} TRIED_OVERLAYS=${from.overlays?.files ?? ''}
      [ -z ${given.kernel_of_package ? 'yes' : ''} ] || bash ${own}/packaged-kernel.sh

      export REMOVE=${(given.boot_of_base?.remove ?? []).join(' ')} CONFIG=${work}/config.txt
      export BOOTS=${boots.join('\n')} OVERLAYS=${overlays.join('\n')}
      export KERNEL=${from.kernel?.image ?? ''} KERNEL_NAME=${given.kernel_file_name ?? ''}
      bash ${own}/boot.sh

      export DISK=${made} TABLE=${work}/table ROOT_MIB=${given.root_mb ?? ''} BOOT_AT=${offsetOf(boot)} ROOT_AT=${offsetOf(root)}
      export BOOT_START=${boot.start} BOOT_SECTORS=${boot.sectors} BOOT_LABEL=${boot.label} FAT_SERIAL=${given.disk.fat_serial}
      export ROOT_LABEL=${root.label} ROOT_UUID=${given.disk.root_uuid} HASH_SEED=${given.disk.hash_seed}
      bash ${own}/disk.sh
      [ ${made} = ${out.disk} ] || cp ${made} ${out.disk}`
    await written.catch((error: unknown) => {
      const failed = hooks.find(({ script }) => existsSync(`${script}.why`))
      if (failed === undefined && existsSync(`${work}/hooks/files.why`)) {
        const [path, why] = ['path', 'why'].map((end) =>
          readFileSync(`${work}/hooks/files.${end}`, 'utf8').trim(),
        )
        throw new UserError(`${nameOf(join(yours!, 'files', path!), own)}: ${visible(why!)}`)
      }
      if (failed === undefined) throw error
      const why = readFileSync(`${failed.script}.why`, 'utf8').trim()
      throw new UserError(`${nameOf(failed.file, own)}: ${visible(why)}`)
    })
  },
})
