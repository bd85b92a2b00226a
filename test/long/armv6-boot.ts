import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { disk, offsetOf } from '../../lib/common/disk/layout.ts'
import { machineOf, switchOn } from '../../lib/prove/emulator/emulator.ts'
import { defineStage } from '../../lib/engine/run/stage.ts'
import { compiler } from '../../stages/compiler.ts'
import { image } from '../../stages/image.ts'
import { jack } from '../../stages/jack.ts'
import { toolbox } from '../../stages/toolbox.ts'
import { root } from '../downbeat.ts'
import { armv6Library } from '../stand-in/armv6-library.ts'

/**
 * The image for the first boards, switched on: its kernel, device tree and files, but with an
 * ARMv6 C library and a first process of the test's own, because the packages of the stand-in of
 * Raspberry Pi OS are Debian's, for ARMv7. See armv6-boot/init.c.
 */
export const armv6Boot = defineStage({
  name: 'armv6-boot',
  about: 'Run what is added to the base on the emulated first Raspberry Pi',
  source: import.meta.url,
  needs: { toolbox, image, jack, compiler, armv6Library },
  outputs: { said: 'said' },
  evidence: ['said'],
  given: (plan) => ({
    board: plan.boards.find(({ emulator }) => emulator?.exact === true)!,
    arch: plan.jack.arch,
    client: readFileSync(join(root, 'test/image/jack/client.c'), 'utf8'),
  }),
  async run({ given, from, out, work, own, $ }) {
    writeFileSync(`${work}/client.c`, given.client)
    writeFileSync(
      `${work}/downbeat.toml`,
      'hostname = "first"\n[wifi]\nname = "hall"\npassword = "long enough"\n',
    )
    const fs = `${work}/card.img?offset=${offsetOf(disk.root)}`
    const fat = `${work}/card.img@@${offsetOf(disk.boot)}`
    await $`export PATH=${from.compiler!.bin}:$PATH MTOOLS_SKIP_CHECK=1
      cross=$(dpkg-architecture --host-arch ${given.arch} --query DEB_HOST_GNU_TYPE 2>/dev/null)
      mkdir files
      cp -L ${from.armv6Library!.root}/usr/lib/"$cross"/*.so* files
      for deb in ${from.jack.packages}/{libjack-jackd2-0,libjack-jackd2-dev}_*.deb; do dpkg-deb -x "$deb" jack; done
      "$cross"-gcc -std=gnu23 -O2 -Wall -Wextra -Ijack/usr/include -o files/client client.c jack/usr/lib/*/libjack.so.0 -Wl,--unresolved-symbols=ignore-in-shared-libs
      "$cross"-gcc -std=gnu23 -O2 -Wall -Wextra -Wl,--dynamic-linker=/armv6/ld-linux-armhf.so.3 -Wl,-rpath,/armv6 -o files/init ${own}/init.c
      cp --sparse=always ${from.image.disk} card.img
      { echo 'mkdir /armv6'; echo 'mkdir /armv6/settings'; echo 'write downbeat.toml /armv6/settings/downbeat.toml'
        for file in files/*; do echo "write $file /armv6/$(basename "$file")"; done; } >requests
      debugfs -w -f requests ${fs} >debugfs.log 2>&1
      mtype -i ${fat} ::cmdline.txt >cmdline
      sed 's| *$| init=/armv6/init|' cmdline >cmdline.txt
      mcopy -o -i ${fat} cmdline.txt ::`
    let said = ''
    const { console, ended, stop } = await switchOn($, {
      image: `${work}/card.img`,
      board: given.board,
      machine: machineOf(given.board, undefined),
      work,
      card_gib: 2,
      root_on_usb: false,
      onText: (text) => writeFileSync(out.said, (said += text)),
    })
    ended.catch(() => undefined)
    try {
      await console.waitFor(/^said all$/m)
    } finally {
      await stop()
    }
  },
})
