import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { UserError } from '../../lib/common/words/errors.ts'
import { nameOf } from '../../lib/common/files/file-name.ts'
import { didYouMean } from '../../lib/common/words/nearest.ts'
import { visible } from '../../lib/common/words/visible.ts'
import type { ImageChoices } from '../../lib/plan/schema/image.ts'
import { choicesFile, isMatrix, saidOf, wantedOf } from './choices.ts'
import type { ChoiceOptions, Wanted } from './choices.ts'
import { folderNamed } from './own-folder.ts'
import { root, shown } from './session.ts'

/** One of several images that are asked for: its name, and its choices as far as its file says them. */
export interface Named extends Wanted {
  name: string
  /** what people call it where a name would not tell: its file */
  source: string
  choices: ImageChoices
}

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/** Whether these words ask for several images: more than one of them, a folder, or a matrix. */
export async function asksForSeveral(
  words: readonly string[],
  { directory }: Pick<ChoiceOptions, 'directory'>,
): Promise<boolean> {
  if (words.length > 1) return true
  const [word] = words
  if (word !== undefined && (word.endsWith('/') || isFolder(wordIn(word, directory)))) return true
  return (
    (word !== undefined || directory !== undefined) &&
    (await isMatrix(choicesFile(word, directory)))
  )
}

/** A word that names a file or a folder of the folder that -C names, if any. */
const wordIn = (word: string, directory: string | undefined): string =>
  directory === undefined ? word : resolve(folderNamed(directory), word)

/**
 * The images that files, folders of files and matrices ask for, in this order. `only`: some of them,
 * by their names. `mistakes`: all that is wrong in any of the files.
 */
export async function wantedImages(
  words: readonly string[],
  options: ChoiceOptions,
  only: readonly string[] = [],
): Promise<{ images: Named[]; mistakes: string[] }> {
  const { overrides } = await import('../../lib/plan/choices/choices.ts')
  const { mistakes, collect } = collecting()
  const files: string[] = []
  for (const word of words) await collect(() => files.push(...filesOf(word, options.directory)))
  mistakes.push(
    ...twice(files, realpathOf).map(([file]) => `${called(file)}: is named twice: name it once`),
  )
  const images: Named[] = []
  for (const file of new Set(files))
    await collect(async () => void images.push(...(await imagesIn(file, options))))
  const names = images.map(({ name }) => name)
  const named = overrides(saidOf(options)).find(({ path }) => path[0] === 'name')
  if (named && images.length > 1)
    mistakes.push(`${named.text}: several images cannot have one name: leave it out`)
  else
    for (const [one, other] of twice(images, ({ name }) => name))
      mistakes.push(
        `${called(one.file)}: its image is called ${visible(one.name)}, and so is that of ${called(other.file)}: say name: in one of them`,
      )
  for (const name of only)
    if (mistakes.length === 0 && !names.includes(name))
      mistakes.push(`--only ${visible(name)}: there is no such image${didYouMean(name, names)}`)
  return {
    images: only.length === 0 ? images : images.filter(({ name }) => only.includes(name)),
    mistakes,
  }
}

/** Calls that may each find mistakes, and all that they found. */
export function collecting(before: readonly string[] = []): {
  mistakes: string[]
  collect: (call: () => unknown) => Promise<void>
} {
  const mistakes = [...before]
  return {
    mistakes,
    async collect(call) {
      try {
        await call()
      } catch (error) {
        if (!(error instanceof UserError)) throw error
        mistakes.push(...error.message.split('\n'))
      }
    },
  }
}

/** The files that a word stands for. */
function filesOf(word: string, directory: string | undefined): string[] {
  const folder = wordIn(word, directory)
  if (!isFolder(folder)) {
    if (word.endsWith('/')) throw new UserError(`${visible(word)}: there is no such folder`)
    return [choicesFile(word, directory)]
  }
  const ids = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -'.yaml'.length))
  if (ids.length === 0)
    throw new UserError(
      `${visible(word)}: there is no file of choices in it: their names end in .yaml, as variants/pi4b-usb.yaml does`,
    )
  return ids.sort().map((id) => choicesFile(join(folder, `${id}.yaml`)))
}

/** What messages call a file. */
const called = (file: string): string => nameOf(file, root)

const realpathOf = (file: string): string => (existsSync(file) ? realpathSync(file) : file)

/** Each that has the same key as one before it, and that one. */
function twice<T>(all: readonly T[], key: (one: T) => string): [T, T][] {
  const known = new Map<string, T>()
  return all.flatMap((one): [T, T][] => {
    const before = known.get(key(one))
    if (before === undefined) known.set(key(one), one)
    return before === undefined ? [] : [[one, before]]
  })
}

/** The images of one file. */
async function imagesIn(file: string, options: ChoiceOptions): Promise<Named[]> {
  const { readChoices } = await import('../../lib/plan/choices/choices.ts')
  const source = shown(file)
  if (!(await isMatrix(file))) {
    const { defaultName } = await import('../../lib/plan/choices/boards.ts')
    const wanted = wantedOf(file, options)
    const { value } = readChoices(root, file, wanted.said)
    const boards = value.board.map((id) => ({ id }))
    const name = value.name ?? defaultName(file, boards, value.soundcard)
    return [{ ...wanted, name, source, choices: value }]
  }
  const { readYaml } = await import('../../lib/plan/catalogue/yaml.ts')
  const { Matrix } = await import('../../lib/plan/schema/matrix.ts')
  const { imagesOf } = await import('../../lib/plan/choices/matrix.ts')
  const within = 'same'
  const matrix = readYaml(file, Matrix, root)
  const { mistakes, collect } = collecting()
  const images: Named[] = []
  for (const { name, said } of imagesOf(matrix, saidOf(options)))
    await collect(() => {
      const wanted = { ...wantedOf(file, options), within, said: [...said, ...saidOf(options)] }
      const { value } = readChoices(root, file, wanted.said, within)
      images.push({ ...wanted, name: value.name ?? name, source, choices: value })
    })
  if (mistakes.length > 0) throw new UserError([...new Set(mistakes)].join('\n'))
  return images
}
