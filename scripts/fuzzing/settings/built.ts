import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { defineStage } from '../../../lib/engine/run/stage.ts'
import { fuzzers } from '../../../stages/fuzzers.ts'
import { root } from '../../session/session.ts'

const own = join(root, 'scripts/fuzzing/settings')
/** The forms, by their numbers in target.cc: the first byte of an input. */
export const forms = [
  'downbeat.toml',
  'custom.toml',
  'user-data',
  'meta-data',
  'network-config',
  'wpa_supplicant.conf',
  'userconf.txt',
]

/** The readers of settings, compiled for the fuzzer. */
export const built = defineStage({
  name: 'fuzzed-settings',
  about: 'Compile the readers of settings for the fuzzer',
  source: import.meta.url,
  needs: { fuzzers },
  outputs: { program: 'settings', seeds: 'seeds' },
  given: ({ tools: { sources } }) => ({
    sources: sources.filter(({ path }) => path.startsWith('settings/')),
    target: readFileSync(join(own, 'target.cc'), 'utf8'),
    compile: readFileSync(join(own, 'compile.sh'), 'utf8'),
    // boot partitions to begin from
    seeds: globSync('test/cases/settings/*/*', { cwd: root })
      .sort()
      .map((path) => ({
        form: forms.indexOf(basename(path)),
        base64: readFileSync(join(root, path), 'base64'),
      })),
  }),
  async run({ given, out, work, settings, $ }) {
    const files = [...given.sources, { path: 'target.cc', text: given.target }]
    for (const { path, text } of [...files, { path: 'compile.sh', text: given.compile }]) {
      mkdirSync(dirname(`${work}/${path}`), { recursive: true })
      writeFileSync(`${work}/${path}`, text)
    }
    mkdirSync(out.seeds)
    for (const [i, { form, base64 }] of given.seeds.entries())
      writeFileSync(
        `${out.seeds}/${i}`,
        Buffer.concat([Buffer.from([form]), Buffer.from(base64, 'base64')]),
      )
    await $`bash compile.sh ${work} ${work}/target.cc ${out.program} ${settings.jobs}`
  },
})
