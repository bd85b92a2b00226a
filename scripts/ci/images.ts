import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { UserError } from '../../lib/common/words/errors.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { manifestSuffix } from '../publish/imager.ts'
import type { BuildRecord } from '../publish/publish.ts'
import { nothingRead, planFor } from '../session/choices.ts'
import type { Read } from '../session/choices.ts'
import { collecting, wantedImages } from '../session/wanted.ts'
import type { Said } from './inputs.ts'

/** Where the images and logs go: DOWNBEAT_OUT, or what the input `out` says. */
export const outOf = ({ out }: Said): string => resolve(process.env['DOWNBEAT_OUT'] || out)

/** The plans of all images that the files stand for. Throws UserError with all that is wrong in any. */
export async function plansOf(said: Said): Promise<Plan[]> {
  const missing = said.choices
    .filter((file) => !existsSync(file))
    .map((file) => `input choices: there is no file ${file} in ${process.cwd()}`)
  if (missing.length > 0) throw new UserError(missing.join('\n'))
  const { images, mistakes: before } = await wantedImages(said.choices, {
    set: said.set,
    ...(said.board === '' ? {} : { board: said.board }),
    ...(said.soundcard === '' ? {} : { soundcard: said.soundcard }),
    ...(said.base === '' ? {} : { base: said.base }),
    ...(said['base-sha256'] === '' ? {} : { baseSha256: said['base-sha256'] }),
  })
  const { mistakes, collect } = collecting(before)
  const plans: Plan[] = []
  const read: Read = nothingRead()
  for (const image of images)
    await collect(async () => void plans.push(await planFor(image, {}, read)))
  if (said.measure && images.length > said.choices.length)
    mistakes.push('input measure: measures one image a file: name no matrix and no folder')
  if (mistakes.length > 0) throw new UserError([...new Set(mistakes)].join('\n'))
  return plans
}

/** An image that was made. */
export interface Image {
  folder: string
  record: BuildRecord
}

/** The images that lie in a folder of results; `names`: only these. */
export function imagesIn(out: string, names?: readonly string[]): Image[] {
  const all = join(out, 'images')
  if (!existsSync(all)) return []
  return readdirSync(all)
    .filter((name) => names?.includes(name) !== false)
    .map((name) => join(all, name))
    .filter((folder) => existsSync(join(folder, 'build.json')))
    .map((folder) => ({
      folder,
      record: JSON.parse(readFileSync(join(folder, 'build.json'), 'utf8')) as BuildRecord,
    }))
}

/** What changes when an image is built again, by its name. */
export const stampsIn = (out: string): Map<string, string> =>
  new Map(
    imagesIn(out).map(({ folder, record }) => {
      const { ino, mtimeMs } = statSync(join(folder, 'build.json'))
      return [record.name, `${ino} ${mtimeMs}`]
    }),
  )

/** The image itself, its sum, and the file that Raspberry Pi Imager opens, if it was packed. */
export function factsOf({ folder, record }: Image): {
  image: string
  sha256: string
  manifest: string
  packed: boolean
} {
  const manifest = join(folder, `${record.name}${manifestSuffix}`)
  const packed = existsSync(manifest)
  return {
    image: join(folder, `${record.name}.img`),
    sha256: record.files[`${record.name}.img`]!.sha256,
    manifest: packed ? manifest : '',
    packed,
  }
}
