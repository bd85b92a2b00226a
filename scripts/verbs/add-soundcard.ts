import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Command } from 'commander'
import { nameOf } from '../../lib/common/files/file-name.ts'
import { textOf } from '../../lib/common/files/text-files.ts'
import { typedWord } from '../../lib/common/quote.ts'
import { UserError } from '../../lib/common/words/errors.ts'
import { visible } from '../../lib/common/words/visible.ts'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { soundcardOf } from '../dump/add.ts'
import { ANEW } from '../dump/read.ts'
import { ownFolder } from '../session/own-folder.ts'
import { say } from '../session/print.ts'
import { root } from '../session/session.ts'

interface Options {
  directory?: string
  id?: string
  card?: string
}

/** It runs on the card of an image, and on any other Linux. */
const PROGRAM = 'templates/root/usr/bin/downbeat-soundcard-dump'

export function addSoundcardCommand(): Command {
  return new Command('add-soundcard')
    .argument(
      '[dump]',
      'what downbeat-soundcard-dump has printed; left out: of a card of this machine',
    )
    .option('-C, --directory <folder>', 'make it in this folder of your own, instead of in ours')
    .option('--id <id>', 'the name of the file; left out: what the card calls itself')
    .option('--card <card>', 'of this machine: its number or its id, as in /proc/asound/cards')
    .addHelpText(
      'after',
      `
Makes soundcards/<id>.yaml. What only a person can know is marked with FILL_IN, and a build refuses the file until it is
filled in. Where the card is, on the Raspberry Pi or on any Linux with alsa-utils:

  downbeat-soundcard-dump > dump.txt     # on an image of downbeat
  sh ${PROGRAM} > dump.txt

Examples:
  ./downbeat add-soundcard dump.txt
  ./downbeat add-soundcard dump.txt --id my-card
  ./downbeat add-soundcard --card 1`,
    )
    .action((dump: string | undefined, { id, card, directory }: Options) => {
      if (dump !== undefined && card !== undefined)
        throw new UserError('--card is about this machine: leave it out where a dump is named')
      const [text, name] =
        dump === undefined ? [ownDump(card), 'the dump of this machine'] : [fileOf(dump), dump]
      const folder = directory === undefined ? undefined : ownFolder('', directory)
      const made = soundcardOf(openCatalogue(root, undefined, folder), text, name, id)
      const { id: own, file, card: found, marks } = made
      const path = join(folder ?? root, file)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, made.text, { flag: 'wx' })
      say(
        `wrote ${nameOf(path, root)}: ${found.name}${found.usb === undefined ? '' : `, ${found.usb} on USB`}`,
      )
      if (marks.length > 0)
        say(
          '',
          'to be filled in; until then a build refuses it:',
          ...marks.map((one) => `  ${one}`),
        )
      say(
        '',
        'then:',
        ...(folder === undefined
          ? [
              `  ./downbeat test soundcards/${own}`,
              `  ./downbeat build --soundcard ${own}`,
              '  ./downbeat generate     # before you give it to others: the pages that list it',
            ]
          : [`  ./downbeat build -C ${typedWord(visible(directory!))} --soundcard ${own}`]),
      )
    })
}

/** The text of a file that is named. UserError, with how a dump is made, for what is no text. */
function fileOf(file: string): string {
  try {
    return textOf(resolve(file), process.cwd())
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    throw new UserError(`${error.message}; ${ANEW}`)
  }
}

/** What the program says of a card of this machine. */
function ownDump(card: string | undefined): string {
  const { status, stdout, stderr } = spawnSync(
    'sh',
    [join(root, PROGRAM), ...(card === undefined ? [] : [card])],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 16 * 1024 * 1024 },
  )
  if (status === 0) return stdout
  const said = stderr.trim().replace(/^downbeat-soundcard-dump: /, '')
  throw new UserError(
    `this machine: ${said}; or name a dump of another one: ./downbeat add-soundcard dump.txt`.replaceAll(
      'downbeat-soundcard-dump ID > dump.txt',
      './downbeat add-soundcard --card ID',
    ),
  )
}
