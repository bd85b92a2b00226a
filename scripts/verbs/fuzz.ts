import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { Interrupted, ProofError, UserError } from '../../lib/common/words/errors.ts'
import { takeFolder } from '../../lib/engine/cache/own-folder.ts'
import { didYouMean } from '../../lib/common/words/nearest.ts'
import { fuzzProperty } from '../fuzzing/property.ts'
import { aboutOf } from '../fuzzing/target.ts'
import type { Target } from '../fuzzing/target.ts'
import { say, sayBeside } from '../session/print.ts'
import { out, places, root, shown } from '../session/session.ts'

interface Options {
  minutes?: number
  runs?: number
  seed: number
}

const targets = join(root, 'scripts', 'fuzz')
const fileOf = (name: string): string => join(targets, `${name}.ts`)
const load = async (name: string): Promise<Target> =>
  ((await import(fileOf(name))) as { target: Target }).target

/** A number above 0, such as of minutes. */
function amount(text: string): number {
  const number = Number(text)
  if (!(number > 0) || !Number.isFinite(number))
    throw new InvalidArgumentError('Expected a number above 0.')
  return number
}

/** A whole number that all inputs are made from. */
function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text))
    throw new InvalidArgumentError('Expected a whole number of at most 9 digits.')
  return Number(text)
}

export function fuzzCommand(): Command {
  return new Command('fuzz')
    .argument('[target]', 'what is given odd inputs; without one: which targets there are')
    .option('--minutes <minutes>', 'how long, at most (60, unless --runs is given)', amount)
    .option('--runs <count>', 'how many inputs, at most', amount)
    .option('--seed <number>', 'the same number makes the same inputs', whole, 1)
    .addHelpText('after', '\nExample:\n  ./downbeat fuzz resolve --minutes 60')
    .action(fuzz)
}

async function fuzz(name: string | undefined, { minutes, runs, seed }: Options): Promise<void> {
  const names = readdirSync(targets).flatMap((file) => /^(.+)\.ts$/.exec(file)?.[1] ?? [])
  if (name === undefined) {
    for (const one of names.sort()) say(`${one.padEnd(14)} ${aboutOf(await load(one))}`)
    return
  }
  if (!names.includes(name))
    throw new UserError(`there is no target "${name}"${didYouMean(name, names)}`)
  const target = await load(name)
  takeFolder(places().out)
  const folder = join(out, 'fuzz', name)
  mkdirSync(folder, { recursive: true })
  const stop = new AbortController()
  const abort = (): void => stop.abort()
  process.on('SIGINT', abort).on('SIGTERM', abort)
  const bounds = {
    seed,
    runs: runs ?? Number.POSITIVE_INFINITY,
    ms: (minutes ?? (runs === undefined ? 60 : Number.POSITIVE_INFINITY)) * 60_000,
    folder,
    say: (line: string) => sayBeside(`- ${name}: ${line}`),
    signal: stop.signal,
  }
  const { inputs, findings } =
    'property' in target
      ? await fuzzProperty(fileOf(name), name, bounds)
      : await target.fuzz(bounds)
  process.off('SIGINT', abort).off('SIGTERM', abort)
  const count = inputs === undefined ? 'inputs that were not counted' : `${inputs} inputs`
  say(`${name}: ${count} from seed ${seed}, ${findings.length} found`)
  if (findings.length > 0) {
    const told = findings.map(({ file, why }) => `${shown(file)}: ${why}`)
    throw new ProofError(
      `${told.join('\n')}\nmend it, and keep each of these inputs as a case below test/cases`,
    )
  }
  if (stop.signal.aborted) throw new Interrupted('stopped', 'nothing was found until then')
}
