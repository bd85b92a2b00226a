import { writeFileSync } from 'node:fs'
import { defineStage } from '../lib/stage.ts'
import { rootfs } from './rootfs.ts'
import { toolbox } from './toolbox.ts'

/** The small programs of our own that go into the image, compiled against the JACK library that is in it. */
export const tools = defineStage({
  name: 'tools',
  about: 'Compile the small programs of our own',
  source: import.meta.url,
  needs: { toolbox, rootfs },
  outputs: { tone: 'downbeat-tone' },
  given: (plan) => plan.tools,
  async run({ given, from, out, work, $ }) {
    for (const { path, text } of given.sources) writeFileSync(`${work}/${path}`, text)
    const flags = [
      '-std=c11',
      '-O2',
      '-Wall',
      '-Wextra',
      '-Werror',
      '-D_FORTIFY_SOURCE=2',
      '-fPIE',
      '-pie',
      '-Wl,-z,relro,-z,now',
      '-Wl,--build-id=none',
    ]
    // The libraries that libjack itself uses are in the image; the linker need not see them.
    await $`tar -xf ${from.rootfs.tree} --wildcards './usr/lib/*/libjack.so*'
      ${given.cross_compile}gcc ${flags} -o ${out.tone} tone.c usr/lib/*/libjack.so.0 -Wl,--unresolved-symbols=ignore-in-shared-libs -lm
      ${given.cross_compile}strip ${out.tone}`
  },
})
