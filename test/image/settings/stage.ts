import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { defineStage } from '../../../lib/engine/run/stage.ts'
import { toolbox } from '../../../stages/toolbox.ts'
import { armv6Library } from '../../stand-in/armv6-library.ts'
import { cases } from './cases.ts'
import { runOn, settingsProgram } from './program.ts'

export interface SettingsSaid {
  machine: string
  /**
   * for each case: standard output, standard error, the files after `mask`, and what is read of
   * those
   */
  said: { out: string; err: string; masked: Record<string, string>; again: string }[]
  /** how many bytes of a wiped file were not zero, and whether it is gone */
  wiped: string
}

/** downbeat-settings of an architecture, run by qemu-user on the files of each case. */
export const settingsRuns = defineStage({
  name: 'settings-runs',
  about: 'Run the reader of settings on an emulated processor',
  source: import.meta.url,
  needs: { toolbox, program: settingsProgram, armv6Library },
  outputs: { said: 'said.json' },
  given: ({ tools: { arch } }) => ({ arch }),
  async run({ given, from, out, work, $ }) {
    for (const [i, { files, folders = [] }] of cases.entries()) {
      mkdirSync(`${work}/${i}/boot`, { recursive: true })
      for (const name of folders) mkdirSync(`${work}/${i}/boot/${name}`)
      for (const [name, text] of Object.entries(files))
        writeFileSync(`${work}/${i}/boot/${name}`, text)
    }
    const run = runOn(given.arch, from.program.program, from.armv6Library)
    await $`for case in $(seq 0 ${cases.length - 1}); do
        ${run} read $case/boot >$case/out 2>$case/err || [ $? -eq 1 ]
        for file in downbeat.toml $(sed -n 's/^keep\t//p' $case/out); do
          ${run} mask $case/boot/$file || [ $? -eq 1 ]
        done
        ${run} read $case/boot >$case/again 2>&1 || [ $? -eq 1 ]
      done
      echo 'a secret that is longer than nothing' >secret; ln secret twin
      ${run} wipe secret
      { tr -d '\0' <twin | wc -c; stat -c %s twin; ls secret 2>/dev/null || echo gone; } | xargs >wiped`
    const text = (name: string): string => readFileSync(`${work}/${name}`, 'utf8')
    const said: SettingsSaid = {
      machine: readFileSync(from.program.machine, 'utf8').trim(),
      said: cases.map(({ files }, i) => ({
        out: text(`${i}/out`),
        err: text(`${i}/err`),
        again: text(`${i}/again`),
        masked: Object.fromEntries(
          Object.keys(files).map((name) => [name, text(`${i}/boot/${name}`)]),
        ),
      })),
      wiped: text('wiped').trim(),
    }
    writeFileSync(out.said, JSON.stringify(said))
  },
})
