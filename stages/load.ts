import { readFileSync, writeFileSync } from 'node:fs'
import { defineStage } from '../lib/engine/run/stage.ts'
import { aptLists } from './steps/apt.ts'
import { toolbox } from './toolbox.ts'

/** Static busybox, cyclictest and hackbench, and the libraries of those two. */
const PACKAGES = ['busybox-static', 'rt-tests', 'libc6', 'libnuma1']
const PROGRAMS = ['usr/bin/cyclictest', 'usr/bin/hackbench']

/**
 * All files of the machine in which wake-ups are measured, as an initramfs: nothing is read from a
 * disk, so the same instructions are executed each time.
 */
export const load = defineStage({
  name: 'load',
  about: 'Fetch what measures wake-ups, and what keeps the processor busy meanwhile',
  source: import.meta.url,
  needs: { toolbox },
  outputs: { initramfs: 'initramfs.gz', versions: 'versions' },
  given: ({ toolbox: { arch }, virt_cpu }) => (virt_cpu === undefined ? undefined : { arch }),
  network: true,
  async run({ given, own, out, work, $ }) {
    writeFileSync(`${work}/init`, readFileSync(`${own}/init.sh`))
    const apt = await aptLists($, work, given.arch)
    await $`mkdir -p root/{bin,dev,proc,sys,tmp,lib}
      apt-get ${apt} download ${PACKAGES}
      for deb in *.deb; do
        dpkg-deb -x "$deb" unpacked
        dpkg-deb -W --showformat='\${Package} \${Version}\n' "$deb"
      done >${out.versions}
      install -m 755 init root/init
      install -D -t root/bin unpacked/usr/bin/busybox
      for program in ${PROGRAMS}; do install -D -t root/usr/bin unpacked/"$program"; done
      # where the programs look for their interpreter, and it for the libraries
      cp -P unpacked/usr/lib/*/{libc,libm,libpthread,librt,libnuma}.so.* root/lib
      cp -L unpacked/usr/lib/*/ld-linux*.so.* root/lib
      find root -exec touch -h -d @0 {} +
      cd root; find . | LC_ALL=C sort | cpio --quiet -o -H newc --reproducible -R 0:0 | gzip -9n >${out.initramfs}`
  },
})
