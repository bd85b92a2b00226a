import { globSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import { UserError } from '../../lib/common/words/errors.ts'
import { didYouMean } from '../../lib/common/words/nearest.ts'
import { visible } from '../../lib/common/words/visible.ts'
import type { Catalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { soundcardsCalled } from '../../lib/plan/choices/soundcards.ts'
import { rules, whyNot } from '../../lib/plan/schema/values.ts'
import type { TextRule } from '../../lib/plan/schema/values.ts'
import { publicKeysIn } from '../ask/public-keys.ts'
import type { Answers } from './answers.ts'
import type { Question } from './ask.ts'

/** What was answered before a question. */
type Before = Pick<Answers, 'board' | 'base'>

/** Says nothing where these choices go together. Throws UserError. */
export type Fits = (answers: Before & Partial<Answers>) => void

const NONE = 'none'

/** What is asked, in this order, each with what was answered before. */
export const questions = (catalogue: Catalogue, folder: string, fits: Fits) => ({
  board: (): Question<Before> => ({
    ask: 'Board (? lists them)',
    help: () => [
      'several share one image, with commas between them',
      ...rowsOf(catalogue, 'boards'),
    ],
    words: catalogue.ids('boards'),
    read: (typed) => {
      const ids = typed.split(',').map((id) => id.trim())
      for (const id of ids) mustBe(catalogue, 'boards', id)
      return { board: ids, base: baseFor(catalogue, ids, fits) }
    },
  }),
  soundcard: (before: Before): Question<string> => ({
    ask: 'Sound card, or a part of its name',
    usual: 'usb',
    help: () => ['auto: what the first boot finds', ...rowsOf(catalogue, 'soundcards')],
    words: ['auto', ...catalogue.ids('soundcards')],
    read: (typed) => {
      const id = soundcardNamed(catalogue, typed)
      if (before.board.length > 0) fits({ ...before, soundcard: id })
      return id
    },
  }),
  profile: (before: Before & { soundcard: string }): Question<string | undefined> => ({
    ask: 'Use (? lists them)',
    usual: NONE,
    help: () => [...rowsOf(catalogue, 'profiles'), `${NONE}: everything for the lowest latency`],
    words: [NONE, ...catalogue.ids('profiles')],
    read: (typed) => {
      if (typed === NONE) return undefined
      mustBe(catalogue, 'profiles', typed)
      if (before.board.length > 0) fits({ ...before, profile: typed })
      return typed
    },
  }),
  name: (): Question<string> => ({
    ask: 'Name of the image',
    usual: nameFrom(basename(folder)),
    help: () => [
      rules.image_name.expected,
      'the Raspberry Pi is called so in the network, too, if that may be',
    ],
    read: (typed) => keptTo(rules.image_name, typed),
  }),
  user: (before: Before): Question<string> => ({
    ask: 'User',
    usual: 'musician',
    help: () => ['who logs in, and whom JACK runs as', rules.user_name.expected],
    read: (typed) => {
      const user = keptTo(rules.user_name, typed)
      if (before.board.length > 0) fits({ ...before, user })
      return user
    },
  }),
  keys: (): Question<string[]> => {
    const own = ownKeys()
    return {
      ask: 'Public SSH key, a file',
      usual: own[0] ?? NONE,
      help: () => [
        'It may log in; several with commas between them.',
        'There is no password in an image: without a key you say on the card who may log in.',
        own.length === 0
          ? 'You have none in ~/.ssh: ssh-keygen -t ed25519 makes one.'
          : `Yours: ${own.join(', ')}`,
      ],
      words: [NONE, ...own],
      read: (typed) =>
        typed === NONE ? [] : typed.split(',').flatMap((file) => keysIn(file.trim())),
    }
  },
  country: (): Question<string | undefined> => ({
    ask: 'Country, for Wi-Fi',
    usual: NONE,
    help: () => [rules.country.expected, `${NONE}: the radio keeps to what is allowed everywhere`],
    read: (typed) => (typed === NONE ? undefined : keptTo(rules.country, typed.toUpperCase())),
  }),
})

/**
 * The base that these boards run: undefined for the usual one, otherwise the first that they all run.
 * Throws UserError, as of the usual one, where there is none.
 */
function baseFor(catalogue: Catalogue, board: string[], fits: Fits): string | undefined {
  const all = [undefined, ...catalogue.ids('bases')]
  const refusals: UserError[] = []
  for (const base of all)
    try {
      fits({ board, base, soundcard: 'usb' })
      return base
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      refusals.push(error)
    }
  throw refusals[0]!
}

/** Public keys of the user who types this, as files. */
const ownKeys = (): string[] =>
  globSync('*.pub', { cwd: join(homedir(), '.ssh') })
    .sort()
    .map((file) => `~/.ssh/${file}`)

const keysIn = (file: string): string[] => {
  const path = file.replace(/^~(?=\/)/, homedir())
  const keys = publicKeysIn(path, visible(file))
  for (const key of keys) {
    const why = whyNot(rules.ssh_key, key)
    if (why !== undefined) throw new UserError(`${visible(file)}: ${why}`)
  }
  return keys
}

function keptTo(rule: TextRule, text: string): string {
  const why = whyNot(rule, text)
  if (why !== undefined) throw new UserError(why)
  return text
}

const mustBe = (catalogue: Catalogue, folder: 'boards' | 'profiles', id: string): void => {
  const ids = catalogue.ids(folder)
  if (!ids.includes(id))
    throw new UserError(
      `there is no ${folder}/${visible(id)}.yaml${didYouMean(id, ids) || '; ? lists those that there are'}`,
    )
}

/** The card that is meant by its id, or by a part of a name that just one has. */
function soundcardNamed(catalogue: Catalogue, typed: string): string {
  if (typed === 'auto' || catalogue.ids('soundcards').includes(typed)) return typed
  const called = soundcardsCalled(catalogue, typed)
  if (called.length === 1) return called[0]!
  throw new UserError(
    called.length === 0
      ? `no sound card here has "${visible(typed)}" in its name; ? lists them, and usb is any class-compliant interface`
      : [
          `several have "${visible(typed)}" in their names; type the id of one:`,
          ...called.map((id) => `  ${id}: ${nameOf(catalogue, 'soundcards', id)}`),
        ].join('\n'),
  )
}

const nameOf = (
  catalogue: Catalogue,
  folder: 'boards' | 'soundcards' | 'profiles',
  id: string,
): string => {
  const { value } = catalogue.entry(folder, id, folder)
  return 'name' in value ? value.name : value.about
}

const rowsOf = (catalogue: Catalogue, folder: 'boards' | 'soundcards' | 'profiles'): string[] =>
  catalogue.ids(folder).map((id) => `${id}: ${nameOf(catalogue, folder, id)}`)

/** A folder's name, as far as it may be that of an image. */
const nameFrom = (folder: string): string => {
  const name = folder
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return whyNot(rules.image_name, name) === undefined ? name : 'my-image'
}
