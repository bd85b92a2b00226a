import { execFileSync } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve as resolvePath } from 'node:path'
import { Command } from 'commander'
import { typedWord } from '../../lib/common/quote.ts'
import { UserError } from '../../lib/common/words/errors.ts'
import { visible } from '../../lib/common/words/visible.ts'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import type { Catalogue } from '../../lib/plan/catalogue/catalogue.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import type { Answers } from '../new/answers.ts'
import { askAt } from '../new/ask.ts'
import type { Question } from '../new/ask.ts'
import { choicesOf, writeFolder } from '../new/files.ts'
import { questions } from '../new/questions.ts'
import { say } from '../session/print.ts'
import { root } from '../session/session.ts'

interface Options {
  board?: string
  soundcard?: string
  profile?: string
  name?: string
  user?: string
  sshKey?: string
  wifiCountry?: string
  workflow?: true
  owner?: string
}

export function newCommand(): Command {
  return new Command('new')
    .argument('<folder>', 'to be made; it may be there if nothing is in it')
    .option('--board <board>', 'an id of boards/; several with commas between them')
    .option(
      '--soundcard <card>',
      'an id of soundcards/, a part of a name that one card has, or auto',
    )
    .option('--profile <profile>', 'an id of profiles/, or none')
    .option('--name <name>', 'of the image')
    .option('--user <name>', 'who logs in, and whom JACK runs as')
    .option(
      '--ssh-key <file>',
      'public key that may log in; several with commas between them, or none',
    )
    .option('--wifi-country <code>', 'where you are, such as DE, or none')
    .option(
      '--workflow',
      'with a workflow for GitHub Actions, which builds the image on every push',
    )
    .option('--owner <owner>', 'who has downbeat on GitHub, for that workflow')
    .addHelpText(
      'after',
      `
Asks for what no option says, a line each. Without a terminal it asks nothing: the board and the sound card have to be
said then. Writes nothing before the last answer.

Examples:
  ./downbeat new ~/my-image
  ./downbeat new ~/my-image --board ${openCatalogue(root).ids('boards').at(-1)!} --soundcard usb --workflow`,
    )
    .action(make)
}

async function make(given: string, options: Options): Promise<void> {
  if (options.owner !== undefined && options.workflow !== true)
    throw new UserError('--owner: is for a workflow: say --workflow, too')
  if (/\p{Cc}/u.test(given))
    throw new UserError(`${visible(given)}: a name with control characters: name another folder`)
  const folder = resolvePath(given)
  mustBeFree(folder, given)
  if (options.owner !== undefined && !/^[A-Za-z0-9][A-Za-z0-9-]{0,38}$/.test(options.owner))
    throw new UserError(
      `--owner ${visible(options.owner)}: expected the name of an account of GitHub`,
    )
  const answers = await answersTo(folder, options)
  const owner = options.workflow === true ? (options.owner ?? ownerHere()) : undefined
  const plan = planOf(openCatalogue(root), answers)
  put(folder, given, (into) => writeFolder(into, answers, { repository: root, owner }))
  for (const warning of plan.warnings) say(`note: ${warning}`)
  if (owner === 'OWNER')
    say(
      'note: .github/workflows/image.yml has OWNER in it: write there who has downbeat on GitHub (--owner says it)',
    )
  const typed = typedWord(given)
  say(`wrote ${typed}`, `  ./downbeat plan -C ${typed}`, `  ./downbeat build -C ${typed}`)
}

/** All answers: those of the options, and of a person where there is a terminal. */
async function answersTo(folder: string, options: Options): Promise<Answers> {
  const catalogue = openCatalogue(root)
  const all = questions(catalogue, folder, (answers) => {
    planOf(catalogue, { ...nothing, ...answers })
  })
  const missing = [
    ...(options.board === undefined ? ['--board'] : []),
    ...(options.soundcard === undefined ? ['--soundcard'] : []),
  ]
  const person = process.stdin.isTTY ? askAt(process.stdin, process.stdout, true) : undefined
  if (person === undefined && missing.length > 0)
    throw new UserError(
      `there is no terminal to ask at: say ${missing.join(' and ')} (./downbeat list shows what there is)`,
    )
  const mistakes: string[] = []
  /** What an option says, or undefined; what is wrong with it is said with that of the others. */
  const said = <Value>(option: string, text: string | undefined, question: Question<Value>) => {
    if (text === undefined) return undefined
    try {
      return { value: question.read(text) }
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      mistakes.push(`--${option} ${visible(text)}: ${error.message}`)
      return undefined
    }
  }
  const board = said('board', options.board, all.board())
  const before = board?.value ?? { board: [], base: undefined }
  const soundcard = said('soundcard', options.soundcard, all.soundcard(before))
  const pair = { ...before, soundcard: soundcard?.value ?? 'usb' }
  const profile = said('profile', options.profile, all.profile(pair))
  const name = said('name', options.name, all.name())
  const user = said('user', options.user, all.user(before))
  const keys = said('ssh-key', options.sshKey, all.keys())
  const country = said('wifi-country', options.wifiCountry, all.country())
  if (mistakes.length > 0) throw new UserError(mistakes.join('\n'))

  const answer = async <Value>(
    known: { value: Value } | undefined,
    question: Question<Value>,
    unasked = question.usual!,
  ): Promise<Value> => {
    if (known !== undefined) return known.value
    return person === undefined ? question.read(unasked) : await person.ask(question)
  }
  if (person !== undefined)
    say(
      'An empty line: what stands in brackets. ?: what there is. Tab: completes. Ctrl-C: stops, and nothing is written.',
    )
  try {
    const boards = await answer(board, all.board())
    const card = await answer(soundcard, all.soundcard(boards))
    return {
      ...boards,
      soundcard: card,
      profile: await answer(profile, all.profile({ ...boards, soundcard: card })),
      name: await answer(name, all.name()),
      user: await answer(user, all.user(boards)),
      // nobody's key is taken unasked
      keys: await answer(keys, all.keys(), 'none'),
      country: await answer(country, all.country()),
    }
  } finally {
    person?.close()
  }
}

const nothing = {
  soundcard: 'usb',
  profile: undefined,
  name: 'x',
  user: 'musician',
  keys: [],
  country: undefined,
}

/** The plan of these answers. Throws UserError where they do not go together. */
function planOf(catalogue: Catalogue, answers: Answers): Plan {
  const folder = mkdtempSync(join(tmpdir(), 'downbeat-new-'))
  try {
    const file = join(folder, 'image.yaml')
    writeFileSync(file, choicesOf(answers))
    return resolve(catalogue, file, [], { alone: true })
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    // the place in a file that is not there yet
    throw new UserError(error.message.replaceAll(/^\S*image\.yaml:\d+:\d+:? /gm, ''))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function mustBeFree(folder: string, given: string): void {
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) return
  const state = statSync(folder, { throwIfNoEntry: false })
  if (state === undefined)
    throw new UserError(`${visible(given)}: is a link to nothing: name another folder`)
  if (!state.isDirectory())
    throw new UserError(`${visible(given)}: is a file: name a folder that is not there yet`)
  const entries = readdirSync(folder)
  if (entries.length > 0)
    throw new UserError(
      `${visible(given)}: has files in it already (${visible(entries.sort()[0]!)}): name a folder that is not there yet`,
    )
}

/** Makes a folder whole: what is in it comes there at once, in the end. */
function put(folder: string, given: string, fill: (into: string) => void): void {
  try {
    const there = existsSync(folder)
    mkdirSync(there ? folder : dirname(folder), { recursive: true })
    const half = mkdtempSync(join(there ? folder : dirname(folder), '.half-'))
    try {
      fill(half)
      if (there)
        // somebody may be in it, and it has an owner and a mode
        for (const name of readdirSync(half)) renameSync(join(half, name), join(folder, name))
      else renameSync(half, folder)
    } finally {
      rmSync(half, { recursive: true, force: true })
    }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    const known: Readonly<Record<string, string>> = {
      ENOTDIR: 'a part of its path is no folder',
      EEXIST: 'a part of its path is no folder',
      ENOENT: 'it cannot be made there',
      ENAMETOOLONG: 'its name is too long',
      EACCES: 'you may not write there',
      EROFS: 'what it lies on is read-only',
    }
    if (known[code] === undefined) throw error
    throw new UserError(`${visible(given)}: ${known[code]}: name another folder`)
  }
}

/** Who has the clone of downbeat that runs here on GitHub; OWNER where nobody can say. */
function ownerHere(): string {
  try {
    const url = execFileSync('git', ['-C', root, 'remote', 'get-url', 'origin'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return /github\.com[/:]([A-Za-z0-9-]+)\//.exec(url)?.[1] ?? 'OWNER'
  } catch {
    return 'OWNER'
  }
}
