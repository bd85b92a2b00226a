import { Command, CommanderError } from 'commander'
import { HostError, Interrupted, ProofError, StageError, systemError, UserError } from '../lib/errors.ts'
import { nearest } from '../lib/nearest.ts'
import { benchCommand } from './bench.ts'
import { buildCommand } from './build.ts'
import { cleanCommand } from './clean.ts'
import { doctorCommand } from './doctor.ts'
import { flashCommand } from './flash.ts'
import { generateCommand } from './generate.ts'
import { listCommand } from './list.ts'
import { manifestCommand } from './manifest.ts'
import { personalizeCommand } from './personalize.ts'
import { planCommand } from './plan.ts'
import { testCommand } from './test.ts'

// The command line: every verb is a file of its own in this folder.

const program = new Command('downbeat')
  .description('Builds Raspberry Pi images for realtime, low-latency audio, and proves every tuning in them')
  .usage('<verb> [options]')
  .helpCommand('help [verb]', 'say what a verb does, with an example')
  .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
  .exitOverride()
// `./downbeat plan | head` closes the pipe before everything is said.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

for (const make of [
  buildCommand,
  flashCommand,
  personalizeCommand,
  manifestCommand,
  testCommand,
  planCommand,
  listCommand,
  doctorCommand,
  cleanCommand,
  generateCommand,
  benchCommand,
])
  program.addCommand(make())
for (const command of program.commands) command.exitOverride().showHelpAfterError(`(./downbeat help ${command.name()} says more)`)

/** Turns whatever went wrong into a message and an exit code; only a fault of downbeat itself shows where it happened. */
function explain(thrown: unknown): number {
  const error = systemError(thrown)
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (error instanceof Interrupted) {
    process.stderr.write(`\nstopped; ${error.left}\n`)
    return error.exitCode
  }
  if (error instanceof UserError || error instanceof ProofError) {
    process.stderr.write(`✖ ${error.message}\n`)
    return error.exitCode
  }
  if (error instanceof HostError) {
    process.stderr.write(`✖ ${error.message}\n  to mend it: ${error.mend}\n`)
    return error.exitCode
  }
  if (error instanceof StageError) {
    const last = error.lines.map((line) => `  | ${line}\n`).join('')
    process.stderr.write(`✖ ${error.message}\n${last}  everything it printed: ${error.log}\n`)
    return error.exitCode
  }
  process.stderr.write(
    `downbeat has a fault; please report it with these lines:\n${error instanceof Error ? error.stack : String(error)}\n`,
  )
  return 70
}

const verb = process.argv[2]
if (verb === undefined) {
  program.outputHelp()
} else {
  try {
    const known = program.commands.map((command) => command.name())
    const asked = verb === 'help' ? process.argv[3] : verb
    if (asked !== undefined && !asked.startsWith('-') && asked !== 'help' && !known.includes(asked)) {
      const guess = nearest(asked, known)
      throw new UserError(
        `there is no verb "${asked}"${guess === undefined ? '' : ` (did you mean "${guess}"?)`}; ./downbeat help lists them`,
      )
    }
    await program.parseAsync()
  } catch (error) {
    process.exitCode = explain(error)
  }
}
// Locks and timers of a run that ended must not keep the process.
if (process.exitCode !== undefined && process.exitCode !== 0) process.exit()
