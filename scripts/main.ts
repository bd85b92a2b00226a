import { dirname } from 'node:path'
import { Command, CommanderError } from 'commander'
import { Failure, systemError, UserError } from '../lib/common/words/errors.ts'
import { nearest } from '../lib/common/words/nearest.ts'
import { annotated } from './session/on-github.ts'
import { ofCommander, sayBeside } from './session/print.ts'

// The command line: every verb is a file of its own in this folder, and only the one that is asked
// for is loaded.

delete process.env['NODE_COMPILE_CACHE'] // the launcher's word to this Node, and to none that it starts

/** What follows the verb, what it does, and where it is. */
const verbs: Record<string, [words: string, about: string, load: () => Promise<Command>]> = {
  build: [
    '[options] [choices...]',
    'build a flashable image for the choices in a file (image.yaml), or in each of several',
    async () => (await import('./verbs/build.ts')).buildCommand(),
  ],
  new: [
    '[options] <folder>',
    'make a folder of your own with the choices for an image: asks for board, sound card and the like',
    async () => (await import('./verbs/new.ts')).newCommand(),
  ],
  flash: [
    '[options] <image> [disk]',
    'write an image to a card and read it back; refuse every disk that is not a card',
    async () => (await import('./verbs/flash.ts')).flashCommand(),
  ],
  personalize: [
    '[options] <image>',
    'tell an image, or a card that is in use, its name, its user, its Wi-Fi and the like',
    async () => (await import('./verbs/personalize.ts')).personalizeCommand(),
  ],
  manifest: [
    '[options] [folders...]',
    'write one list for Raspberry Pi Imager of all images that are packed for release',
    async () => (await import('./verbs/manifest.ts')).manifestCommand(),
  ],
  test: [
    '[parts...]',
    'prove everything this project promises: checks, unit and golden tests, the booted image, faults',
    async () => (await import('./verbs/test.ts')).testCommand(),
  ],
  measure: [
    '[options] [choices]',
    "measure how late a realtime thread wakes up, in instructions, beside Debian's own kernels",
    async () => (await import('./verbs/measure.ts')).measureCommand(),
  ],
  report: [
    '[options] [image] [second]',
    'write a page about an image, with pictures, or about two images beside each other',
    async () => (await import('./verbs/report.ts')).reportCommand(),
  ],
  chaos: [
    '[options] [what...]',
    'kill builds, flash, personalize and a card at random moments, and see that nothing is lost',
    async () => (await import('./verbs/chaos.ts')).chaosCommand(),
  ],
  plan: [
    '[options] [choices]',
    'show what a build would make: each value and the file it comes from',
    async () => (await import('./verbs/plan.ts')).planCommand(),
  ],
  list: [
    '[options] [what] [which]',
    'list what there is to choose from',
    async () => (await import('./verbs/list.ts')).listCommand(),
  ],
  'add-soundcard': [
    '[options] [dump]',
    'make a file of soundcards/ of what downbeat-soundcard-dump says of a card',
    async () => (await import('./verbs/add-soundcard.ts')).addSoundcardCommand(),
  ],
  proven: [
    '[options] <step> <what...>',
    'write a record of what a build, or somebody on a real board, has proven (docs/proven.md)',
    async () => (await import('./verbs/proven.ts')).provenCommand(),
  ],
  ci: [
    '<step> [inputs...]',
    'do what CI does, a step at a time: prepare, build, release, summary',
    async () => (await import('./verbs/ci.ts')).ciCommand(),
  ],
  doctor: [
    '[options]',
    'say whether this machine can build, and what to do where it cannot',
    async () => (await import('./verbs/doctor.ts')).doctorCommand(),
  ],
  clean: [
    '[options]',
    'remove what stages have made; downloads and the compiler cache stay, and so do images',
    async () => (await import('./verbs/clean.ts')).cleanCommand(),
  ],
  generate: [
    '[options]',
    'write what is made of other files: schemas/*.json for editors, docs/tunings.md, docs/boards.md, docs/soundcards.md, docs/proven.md and docs/which-interface.md, and the keys of downbeat.toml for its reader',
    async () => (await import('./verbs/generate.ts')).generateCommand(),
  ],
  format: [
    '[options]',
    'lay out this repository: TypeScript and documents, shell, C and C++',
    async () => (await import('./verbs/format.ts')).formatCommand(),
  ],
  fuzz: [
    '[options] [target]',
    'give a part of downbeat odd inputs until something is wrong with one',
    async () => (await import('./verbs/fuzz.ts')).fuzzCommand(),
  ],
  bench: [
    '[rows...]',
    'measure what this project says about its speed, as ratios in one run on this machine',
    async () => (await import('./verbs/bench.ts')).benchCommand(),
  ],
}

const program = new Command('downbeat')
  .description(
    'Builds Raspberry Pi images for realtime, low-latency audio, and proves every tuning in them',
  )
  .usage('<verb> [options]')
  .helpCommand('help [verb]', 'say what a verb does, with an example')
  .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
  .exitOverride()
  .configureOutput(ofCommander)
// `./downbeat plan | head` closes the pipe before everything is said.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

/** The asked verb as it is; of the others the line that help has for them. */
async function addVerbs(asked: string | undefined): Promise<void> {
  for (const [name, [words, about, load]] of Object.entries(verbs)) {
    if (name !== asked) program.command(`${name} ${words}`).description(about)
    else
      program.addCommand(
        (await load())
          .description(about)
          .exitOverride()
          .configureOutput(ofCommander)
          .showHelpAfterError(`(./downbeat help ${name} says more)`),
      )
  }
}

/** Turns whatever went wrong into a message and an exit code. */
async function tellError(thrown: unknown): Promise<number> {
  const error = systemError(thrown)
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  const { tell } = await import('./session/tell.ts')
  const root = dirname(import.meta.dirname)
  sayBeside(...tell(error, root))
  sayBeside(...(await annotated(error, root)))
  return error instanceof Failure ? error.exitCode : 70
}

try {
  const [verb, helped] = process.argv.slice(2).filter((word) => !word.startsWith('-'))
  const asked = verb === 'help' ? helped : verb
  const known = Object.keys(verbs)
  if (asked !== undefined && asked !== 'help' && !known.includes(asked)) {
    const guess = nearest(asked, known)
    throw new UserError(
      `there is no verb "${asked}"${guess === undefined ? '' : ` (did you mean "${guess}"?)`}; ./downbeat help lists them`,
    )
  }
  await addVerbs(asked)
  if (process.argv.length === 2) program.outputHelp()
  else await program.parseAsync()
} catch (error) {
  process.exitCode = await tellError(error)
}
// Locks and timers of a run that ended must not keep the process.
if (process.exitCode !== undefined && process.exitCode !== 0) process.exit()
