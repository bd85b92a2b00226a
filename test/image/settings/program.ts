import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Arch } from '../../../lib/plan/schema/common.ts'
import { defineStage } from '../../../lib/engine/run/stage.ts'
import { compiler } from '../../../stages/compiler.ts'
import { libraries } from '../../../stages/libraries.ts'
import { toolbox } from '../../../stages/toolbox.ts'
import { armv6Library } from '../../stand-in/armv6-library.ts'

const emulators: Record<Arch, string> = {
  arm64: 'qemu-aarch64',
  armhf: 'qemu-arm',
  armel: 'qemu-arm',
}

/** How a program is run on an emulated processor; `older`: the libraries of one that is for ARMv6. */
export const runOn = (arch: Arch, program: string, older?: { root: string }): string[] => [
  ...(older === undefined ? [] : ['env', 'QEMU_CPU=arm1176', `QEMU_LD_PREFIX=${older.root}`]),
  emulators[arch],
  program,
]

/** downbeat-settings for the processors of an image. It needs no other file, but for ARMv6. */
export const settingsProgram = defineStage({
  name: 'settings-program',
  about: 'Compile the reader of settings for an emulated processor',
  source: import.meta.url,
  needs: { toolbox, compiler, libraries, armv6Library },
  outputs: { program: 'program', machine: 'machine' },
  given: ({ tools: { sources, arch } }) => ({
    arch,
    sources: sources.filter(({ path }) => path.startsWith('settings')),
  }),
  async run({ given, from, out, work, $ }) {
    for (const { path, text } of given.sources) {
      mkdirSync(dirname(`${work}/${path}`), { recursive: true })
      writeFileSync(`${work}/${path}`, text)
    }
    await $`export PATH=${from.compiler?.bin ?? '/usr/bin'}:$PATH
      cross=$(dpkg-architecture --host-arch ${given.arch} --query DEB_HOST_GNU_TYPE 2>/dev/null)-
      "$cross"g++ -std=c++17 -O1 -Wall -Wextra -Werror ${from.armv6Library === undefined ? ['-static'] : []} -I${from.libraries.include} -o ${out.program} settings.cc $(find settings -name '*.cc' | sort) \
        -L${from.libraries.lib} -lnettle -lyaml
      "$cross"readelf -h ${out.program} | sed -n 's/ *Machine: *//p' >${out.machine}`
  },
})
