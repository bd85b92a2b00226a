import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { Command } from 'commander'
import { UserError } from '../../lib/common/words/errors.ts'
import { didYouMean } from '../../lib/common/words/nearest.ts'
import { root } from '../session/session.ts'

/** What can be killed; test/chaos says how. */
const names = ['build', 'flash', 'personalize', 'settings', 'first-boot']

export function chaosCommand(): Command {
  return new Command('chaos')
    .argument('[what...]', `${names.join(', ')} (all of these when left out)`)
    .option('--kills <number>', 'how many in all', '100')
    .option('--seed <number>', 'the moments of another run, which it has printed')
    .addHelpText(
      'after',
      '\nNeeds a built image: ./downbeat build\n\nExample:\n  ./downbeat chaos --kills 40 flash personalize',
    )
    .action(kill)
}

function kill(asked: string[], options: { kills: string; seed?: string }): void {
  const mistakes = [
    ...asked
      .filter((name) => !names.includes(name))
      .map((name) => `there is nothing named "${name}" to be killed${didYouMean(name, names)}`),
    ...Object.entries(options)
      .filter(([, value]) => !/^\d{1,9}$/.test(value))
      .map(([name, value]) => `--${name} ${value}: expected a whole number`),
  ]
  if (mistakes.length > 0) throw new UserError(mistakes.join('\n'))
  const wanted = names.filter((name) => asked.length === 0 || asked.includes(name))
  const { status } = spawnSync(
    process.execPath,
    [
      join(root, 'test/chaos/run.ts'),
      '--kills',
      options.kills,
      '--seed',
      options.seed ?? `${randomInt(1e9)}`,
      ...wanted,
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  )
  process.exitCode = status ?? 130
}
