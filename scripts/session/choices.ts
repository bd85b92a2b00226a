import { getCompileCacheDir } from 'node:module'
import { existsSync, statSync } from 'node:fs'
import { basename, join, resolve as resolvePath } from 'node:path'
import type { Command } from 'commander'
import { nameOf } from '../../lib/common/files/file-name.ts'
import { typedWord } from '../../lib/common/quote.ts'
import { UserError } from '../../lib/common/words/errors.ts'
import { withoutSecrets } from '../../lib/common/words/secrets.ts'
import { visible } from '../../lib/common/words/visible.ts'
import type { Catalogue } from '../../lib/plan/catalogue/catalogue.ts'
import type { Override } from '../../lib/plan/catalogue/yaml.ts'
import type { Said } from '../../lib/plan/choices/choices.ts'
import type { FoundBase } from '../../lib/plan/choices/find-base.ts'
import { keptPlan } from '../../lib/plan/kept-plan.ts'
import type { Checked } from '../../lib/plan/kept-plan.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { textOf } from '../../lib/common/files/text-files.ts'
import type { ResolveOptions } from '../../lib/plan/resolve/resolve.ts'
import { folderNamed, ownFolder } from './own-folder.ts'
import { mirror, networkSettings, root } from './session.ts'

/** What can be said on the command line of the image that is meant, beside the file of choices. */
export interface ChoiceOptions {
  /** the folder that is meant, with the choices and data of somebody's own */
  directory?: string
  set: string[]
  board?: string
  soundcard?: string
  base?: string
  baseSha256?: string
}

/** How a plan is made, beside the choices. */
export type How = Pick<ResolveOptions, 'plainEmulation' | 'keptOutLater'>

/** What Raspberry Pi Imager's list has at most. */
const LIST_BYTES = 20_000_000

const collect = (value: string, before: string[]): string[] => [...before, value]

/**
 * Gives a verb that is about an image the options that say something else than its file of choices.
 */
export const withChoices = (verb: Command): Command =>
  verb
    .option(
      '-C, --directory <folder>',
      'a folder of your own: its image.yaml, and its boards/, soundcards/, tunings/, templates/ and so on over ours (otherwise the folder of the file of choices)',
    )
    .option(
      '--set <key=value>',
      'a choice instead of the one in the file; may be repeated',
      collect,
      [],
    )
    .option(
      '--board <board>',
      'for this board, an id of boards/; for several, with a comma between them',
      (value: string, before?: string) => (before === undefined ? value : `${before},${value}`),
    )
    .option('--soundcard <card>', 'for this sound card: an id of soundcards/, or auto')
    .option(
      '--base <base>',
      'start from this: an id of bases/, <id>@latest, or the path or address of an image',
    )
    .option('--base-sha256 <sha256>', 'of the image at that address')

/** What repeats these choices, to be typed. */
export const typed = (
  file: string | undefined,
  { directory, set, board, soundcard, base, baseSha256 }: ChoiceOptions,
): string =>
  [
    ...(directory === undefined ? [] : ['-C', directory]),
    ...(file === undefined ? [] : [file]),
    ...(board === undefined ? [] : ['--board', board]),
    ...(soundcard === undefined ? [] : ['--soundcard', soundcard]),
    ...(base === undefined ? [] : ['--base', base]),
    ...(baseSha256 === undefined ? [] : ['--base-sha256', baseSha256]),
    ...set.flatMap((one) => ['--set', one]),
  ]
    .map((word) => ` ${typedWord(word)}`)
    .join('')

/** What was meant by a word that is no file of choices. */
function meantBy(word: string): string {
  const is = (folder: string): boolean =>
    basename(word) === word && existsSync(join(root, folder, `${word}.yaml`))
  if (is('boards')) return ` (did you mean --board ${word}?)`
  if (is('soundcards')) return ` (did you mean --soundcard ${word}?)`
  return is('variants') ? ` (did you mean variants/${word}.yaml?)` : ''
}

/** The file of choices that a verb was given, or image.yaml: of the folder that -C names, if any. */
export function choicesFile(given: string | undefined, directory?: string): string {
  const folder = directory === undefined ? undefined : folderNamed(directory)
  if (given === undefined) return join(folder ?? root, 'image.yaml')
  if (!given.endsWith('.yaml'))
    throw new UserError(
      `${visible(given)}: expected a YAML file of choices, such as variants/pi4b-usb.yaml${meantBy(given)}`,
    )
  return given.startsWith('/') ? given : join(folder ?? process.cwd(), given)
}

/** Whether a file of choices is a matrix: it has the key. */
export async function isMatrix(file: string): Promise<boolean> {
  const text =
    statSync(file, { throwIfNoEntry: false })?.isFile() === true ? textOf(file, root) : ''
  // most files are none, and what reads YAML is large
  if (!/(^|[\s{,'"])matrix['"]?\s*:/.test(text)) return false
  const { openDocument } = await import('../../lib/plan/catalogue/document.ts')
  return openDocument(text, nameOf(file, root)).doc.has('matrix')
}

/** One board, or a list of them. */
const boardsOf = (text: string): string | string[] =>
  text.includes(',') ? text.split(',').map((id) => id.trim()) : text

/** What the options say that are a choice each. */
const saidBy = ({ board, soundcard, base, baseSha256 }: ChoiceOptions): Override[] =>
  (
    [
      ['board', board],
      ['soundcard', soundcard],
      ['base', base],
      ['base-sha256', baseSha256],
    ] as const
  ).flatMap(([option, text]) => {
    if (text === undefined) return []
    const value = option === 'board' ? boardsOf(text) : text
    const shown = `--${option} ${typedWord(visible(withoutSecrets(text)))}`
    return [{ path: [option.replace('-', '_')], value, text: shown }]
  })

/** One image that is asked for. */
export interface Wanted {
  /** the file of choices, and the key of it that has them, where it is a matrix */
  file: string
  within?: string
  said: Said[]
  /** the folder that the path of a base starts from; otherwise that of the file */
  folder?: string
  /** the folder whose data lies over that of the repository */
  own?: string | undefined
}

/** What the plans of one command have in common: what one of them has read, the next need not. */
export interface Read {
  /** by the folders of somebody's own that lie over the data of the repository */
  catalogues: Map<string | undefined, Catalogue>
  checked?: Checked
  bases: Map<string, Promise<FoundBase>>
}

/** What is said on the command line of each image that is asked for. */
export const saidOf = (options: ChoiceOptions): Said[] => [...saidBy(options), ...options.set]

export const nothingRead = (): Read => ({ catalogues: new Map(), bases: new Map() })

/** One image by its file of choices. */
export const wantedOf = (file: string, options: ChoiceOptions): Wanted => ({
  file,
  said: saidOf(options),
  own: ownFolder(file, options.directory),
  ...(options.base === undefined ? {} : { folder: resolvePath(options.directory ?? '.') }),
})

/** The plan of what was chosen. Asks the network only where the choices say `@latest`. */
export async function chosenPlan(
  given: string | undefined,
  options: ChoiceOptions,
  how: How = {},
): Promise<Plan> {
  const file = choicesFile(given, options.directory)
  try {
    return await planFor(wantedOf(file, options), how, nothingRead())
  } catch (error) {
    if (!(error instanceof UserError) || !(await isMatrix(file))) throw error
    throw new UserError(
      `${nameOf(file, root)}: is a matrix, and here one image is asked about: name a file of choices (./downbeat list variants ${typedWord(visible(given ?? ''))} shows what the matrix stands for)`,
    )
  }
}

/** The plan of one image. Asks the network only where the choices say `@latest`. */
export async function planFor(
  { file, within, said, folder, own }: Wanted,
  how: How,
  read: Read,
): Promise<Plan> {
  const network = { ...networkSettings(), signal: new AbortController().signal, limit: LIST_BYTES }
  const from = { ...how, mirror: mirror(), within }
  const before = keptPlan(getCompileCacheDir(), { root, own }, [
    nameOf(file, root),
    textOf(file, root),
    said,
    from,
  ])
  const made = before.find()
  if (made) return made

  // What reads the data is large, and most runs ask for what they have asked for before.
  const { fetchText } = await import('../../lib/engine/fetch/small.ts')
  const { findBase, folderOf } = await import('../../lib/plan/choices/find-base.ts')
  const { openCatalogue } = await import('../../lib/plan/catalogue/catalogue.ts')
  const { readChoices } = await import('../../lib/plan/choices/choices.ts')
  const { resolve } = await import('../../lib/plan/resolve/resolve.ts')
  const checked = (read.checked ??= before.checked())
  const known = new Set(checked.values())
  const catalogue = read.catalogues.get(own) ?? openCatalogue(root, checked, own)
  read.catalogues.set(own, catalogue)
  const { value, at } = readChoices(root, file, said, within)
  const question = {
    base: value.base,
    sha256: value.base_sha256,
    like: value.base_like,
    place: at(['base']),
    folder: folder ?? folderOf(file),
  }
  const asked = JSON.stringify({ ...question, own, place: undefined })
  const finding =
    read.bases.get(asked) ?? findBase(catalogue, question, (url) => fetchText(url, network))
  read.bases.set(asked, finding)
  const base = await finding
  const plan = resolve(catalogue, file, said, { ...from, base })
  // an image of somebody's own may be another one tomorrow
  if (base.image === undefined) before.keep(plan)
  if ([...checked.values()].some((one) => !known.has(one))) before.keepChecked(checked)
  return plan
}
