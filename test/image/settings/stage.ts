import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { defineStage } from '../../../lib/engine/run/stage.ts'
import { toolbox } from '../../../stages/toolbox.ts'
import { cases } from './cases.ts'

export interface SettingsSaid {
  machine: string
  /** for each case: standard output, standard error, and downbeat.toml after `mask` */
  said: { out: string; err: string; masked: string }[]
  /** how many bytes of a wiped file were not zero, and whether it is gone */
  wiped: string
}

const emulators: Record<string, string> = {
  arm64: 'qemu-aarch64',
  armhf: 'qemu-arm',
  armel: 'qemu-arm',
}

/**
 * downbeat-settings, compiled for an architecture and run by qemu-user on the files of each case.
 */
export const settingsRuns = defineStage({
  name: 'settings-runs',
  about: 'Run the reader of settings on an emulated processor',
  source: import.meta.url,
  needs: { toolbox },
  outputs: { said: 'said.json' },
  given: ({ tools: { sources, arch } }) => ({
    arch,
    sources: sources.filter(({ path }) => path.startsWith('settings')),
  }),
  async run({ given, out, work, $ }) {
    for (const { path, text } of given.sources) {
      mkdirSync(dirname(`${work}/${path}`), { recursive: true })
      writeFileSync(`${work}/${path}`, text)
    }
    for (const [i, { files }] of cases.entries()) {
      mkdirSync(`${work}/${i}`)
      for (const [name, text] of Object.entries(files)) writeFileSync(`${work}/${i}/${name}`, text)
    }
    await $`cross=$(dpkg-architecture --host-arch ${given.arch} --query DEB_HOST_GNU_TYPE 2>/dev/null)-
      "$cross"g++ -std=c++17 -O1 -Wall -Wextra -Werror -static -o program settings.cc settings/*.cc -lnettle
      "$cross"readelf -h program | sed -n 's/ *Machine: *//p' >machine
      for case in $(seq 0 ${cases.length - 1}); do
        ${emulators[given.arch]!} ./program read $case >$case/out 2>$case/err || [ $? -eq 1 ]
        ${emulators[given.arch]!} ./program mask $case/downbeat.toml || [ $? -eq 1 ]
      done
      echo 'a secret that is longer than nothing' >secret; ln secret twin
      ${emulators[given.arch]!} ./program wipe secret
      { tr -d '\0' <twin | wc -c; stat -c %s twin; ls secret 2>/dev/null || echo gone; } | xargs >wiped`
    const text = (name: string): string => readFileSync(`${work}/${name}`, 'utf8')
    const said: SettingsSaid = {
      machine: text('machine').trim(),
      said: cases.map(({ files }, i) => ({
        out: text(`${i}/out`),
        err: text(`${i}/err`),
        masked: files['downbeat.toml'] === undefined ? '' : text(`${i}/downbeat.toml`),
      })),
      wiped: text('wiped').trim(),
    }
    writeFileSync(out.said, JSON.stringify(said))
  },
})
