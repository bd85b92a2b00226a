import { defineStage } from '../lib/engine/run/stage.ts'
import { aptLists } from './steps/apt.ts'
import { toolbox } from './toolbox.ts'

/**
 * The files that the boards start with, from Debian's raspi-firmware: unpacked only, its scripts
 * would rewrite config.txt.
 */
export const firmware = defineStage({
  name: 'firmware',
  about: 'Fetch the boot firmware of the boards',
  source: import.meta.url,
  shared: true,
  needs: { toolbox },
  outputs: { files: 'firmware', wifi: 'brcm' },
  given: (plan) => plan.firmware,
  network: true,
  async run({ given, out, work, $ }) {
    const apt = await aptLists($, work)
    await $`apt-get ${apt} download ${given.package}
      dpkg-deb -x ./*.deb unpacked
      mkdir ${out.files}
      # settings of the boards' radios, and the 400's firmware, which firmware-brcm80211 does not have
      cp -r unpacked/usr/lib/firmware/brcm ${out.wifi}
      cd unpacked/usr/lib/raspi-firmware
      for file in ${given.files}; do cp --preserve=timestamps "$file" ${out.files}; done # a board may need none`
  },
})
