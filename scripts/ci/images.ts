import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { UserError } from '../../lib/common/words/errors.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { manifestSuffix } from '../publish/imager.ts'
import type { BuildRecord } from '../publish/publish.ts'
import { chosenPlan } from '../session/choices.ts'
import type { Said } from './inputs.ts'

/** Where the images and logs go: DOWNBEAT_OUT, or what the input `out` says. */
export const outOf = ({ out }: Said): string => resolve(process.env['DOWNBEAT_OUT'] || out)

/** The plan of a file of choices. Throws UserError as `./downbeat build` does. */
export const planOf = (file: string, said: Said): Promise<Plan> =>
  chosenPlan(file, {
    set: said.set,
    ...(said.board === '' ? {} : { board: said.board }),
    ...(said.soundcard === '' ? {} : { soundcard: said.soundcard }),
    ...(said.base === '' ? {} : { base: said.base }),
    ...(said['base-sha256'] === '' ? {} : { baseSha256: said['base-sha256'] }),
  })

/** The plans of all files. Throws UserError with all that is wrong in any of them. */
export async function plansOf(said: Said): Promise<Plan[]> {
  const plans: Plan[] = []
  const mistakes: string[] = []
  for (const file of said.choices) {
    if (!existsSync(file)) {
      mistakes.push(`input choices: there is no file ${file} in ${process.cwd()}`)
      continue
    }
    try {
      const plan = await planOf(file, said)
      if (plans.some(({ name }) => name === plan.name))
        mistakes.push(
          `${file}: its image is called ${plan.name}, and so is another one: change name`,
        )
      plans.push(plan)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      mistakes.push(...error.message.split('\n'))
    }
  }
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
