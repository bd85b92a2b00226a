import { hasTooSmallPages } from '../lib/plan/virt.ts'
import { defineStage } from '../lib/engine/run/stage.ts'
import { toolbox } from './toolbox.ts'

/**
 * What QEMU's Raspberry Pis are started with, so that they run the code that is in memory: see the
 * source of it.
 */
export const pages = defineStage({
  name: 'pages',
  about: "Compile what gives QEMU's Raspberry Pis pages of 4 KiB",
  source: import.meta.url,
  needs: { toolbox },
  outputs: { library: 'pages.so' },
  given: ({ boards }) => (boards.some(hasTooSmallPages) ? {} : undefined),
  async run({ out, own, $ }) {
    await $`gcc -std=gnu11 -O2 -Wall -Wextra -Werror -shared -fPIC -Wl,--build-id=none -o ${out.library} ${own}/pages.c`
  },
})
