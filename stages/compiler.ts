import { crossPrefix } from '../lib/plan/instructions.ts'
import { defineStage } from '../lib/engine/run/stage.ts'
import { toolbox } from './toolbox.ts'

/**
 * A compiler for processors older than those that Debian's cross compiler is for. That one makes
 * code for them, too, when it is told so. But the start files and libgcc that it puts into every
 * program and library are not for them. Here these are made of Debian's own sources, and a wrapper
 * of the compiler takes them instead. Libraries that a program is only linked with may stay
 * Debian's.
 */
export const compiler = defineStage({
  name: 'compiler',
  about: 'Make start files and libgcc for older processors, and a compiler that uses them',
  source: import.meta.url,
  shared: true,
  needs: { toolbox },
  outputs: { bin: 'bin', lib: 'lib' },
  given: (plan) => plan.compiler,
  network: true,
  async run({ given, out, own, settings, $ }) {
    const triplet = crossPrefix[given.arch].slice(0, -1)
    await $`mkdir ${out.bin} ${out.lib}
      bash ${own}/sources.sh ${triplet}
      bash ${own}/libgcc.sh ${triplet} ${out.lib} ${settings.jobs} ${given.flags}
      bash ${own}/glibc.sh ${triplet} ${out.lib} ${settings.jobs} ${given.flags}
      echo ${given.flags.join(' ')} >${out.bin}/flags
      for name in gcc g++; do install ${own}/wrapper.sh ${out.bin}/${triplet}-$name; done`
  },
})
