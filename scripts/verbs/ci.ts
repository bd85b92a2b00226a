import { Command } from 'commander'
import { UserError } from '../../lib/common/words/errors.ts'
import { didYouMean } from '../../lib/common/words/nearest.ts'
import { inputs, readInputs } from '../ci/inputs.ts'
import type { Said } from '../ci/inputs.ts'

/** What CI does, in this order: action.yml has a step for each. Each returns its exit status. */
const steps: Record<string, (said: Said, texts: Record<string, string>) => Promise<number | void>> =
  {
    prepare: async (said, texts) => (await import('../ci/prepare.ts')).prepare(said, texts),
    build: async (said) => (await import('../ci/build.ts')).build(said),
    release: async (said) => (await import('../ci/release.ts')).release(said),
    summary: async (said) => (await import('../ci/summary.ts')).summary(said),
  }

export function ciCommand(): Command {
  const names = Object.keys(steps)
  const wide = Math.max(...Object.keys(inputs).map((name) => name.length))
  const listed = Object.entries(inputs).map(
    ([name, { about, otherwise }]) =>
      `  ${name.padEnd(wide)}  ${about}${otherwise === '' ? '' : ` (${otherwise})`}`,
  )
  return new Command('ci')
    .argument('<step>', `${names.join(', ')}, in this order`)
    .argument('[inputs...]', '<input>=<value>, as the action of GitHub has them')
    .addHelpText(
      'after',
      `\nInputs:\n${listed.join('\n')}\n\nExample:\n  ./downbeat ci build choices=image.yaml set=jack.period=64 boot=false`,
    )
    .action(async (name: string, words: string[]) => {
      const step = steps[name]
      if (step === undefined)
        throw new UserError(`there is no step "${name}" of ci${didYouMean(name, names)}`)
      const { said, texts } = readInputs(words, process.env)
      const status = await step(said, texts)
      if (status) process.exitCode = status
    })
}
