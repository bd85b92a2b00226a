import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { defineStage } from '../../../lib/engine/run/stage.ts'
import { toolbox } from '../../../stages/toolbox.ts'
import { runOn, settingsProgram } from '../settings/program.ts'
import { documentsOf, situationDocuments } from './values.ts'

/** The seeds of the values, and how many there are of each. */
export interface Differential {
  seeds: readonly number[]
  values: number
}

/**
 * The program that reads the settings on the card, on an emulated processor, with values as this
 * machine writes them: what it says of each file, first of the situations, then in the order of the
 * seeds.
 */
export const differentialOf = ({ seeds, values }: Differential) =>
  defineStage({
    name: 'settings-differential',
    about: 'Let the reader of settings on the card judge values that this machine has judged',
    source: import.meta.url,
    needs: { toolbox, program: settingsProgram },
    outputs: { said: 'said.json' },
    given: ({ tools: { arch } }) => ({ seeds, values, arch }),
    async run({ given, from, out, work, $ }) {
      const texts = [
        ...situationDocuments(),
        ...seeds.flatMap((seed) => documentsOf(seed, values)),
      ].map(({ text }) => text)
      for (const [i, text] of texts.entries()) {
        mkdirSync(`${work}/files/${i}`, { recursive: true })
        writeFileSync(`${work}/files/${i}/downbeat.toml`, text)
      }
      await $`for file in $(seq 0 ${texts.length - 1}); do
          ${runOn(given.arch, from.program.program)} read files/$file >/dev/null 2>files/$file/said || [ $? -eq 1 ]
        done`
      const said = texts.map((_, i) => readFileSync(`${work}/files/${i}/said`, 'utf8'))
      writeFileSync(out.said, JSON.stringify(said))
    },
  })
