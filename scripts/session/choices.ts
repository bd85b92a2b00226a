import { getCompileCacheDir } from 'node:module'
import { join, relative } from 'node:path'
import type { Command } from 'commander'
import { UserError } from '../../lib/common/words/errors.ts'
import { keptPlan } from '../../lib/plan/kept-plan.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { textOf } from '../../lib/common/files/text-files.ts'
import { mirror, networkSettings, root } from './session.ts'

/** What can be said on the command line of the image that is meant, beside the file of choices. */
export interface ChoiceOptions {
  set: string[]
  base?: string
  baseSha256?: string
}

/** What Raspberry Pi Imager's list has at most. */
const LIST_BYTES = 20_000_000

const collect = (value: string, before: string[]): string[] => [...before, value]

/**
 * Gives a verb that is about an image the options that say something else than its file of choices.
 */
export const withChoices = (verb: Command): Command =>
  verb
    .option(
      '--set <key=value>',
      'a choice instead of the one in the file; may be repeated',
      collect,
      [],
    )
    .option(
      '--base <base>',
      'start from this: an id of bases/, <id>@latest, or the path or address of an image',
    )
    .option('--base-sha256 <sha256>', 'of the image at that address')

/** What repeats these choices, to be typed. */
export const typed = (file: string | undefined, { set, base, baseSha256 }: ChoiceOptions): string =>
  [
    ...(file === undefined ? [] : [file]),
    ...(base === undefined ? [] : ['--base', base]),
    ...(baseSha256 === undefined ? [] : ['--base-sha256', baseSha256]),
    ...set.flatMap((one) => ['--set', one]),
  ]
    .map((word) => ` ${word}`)
    .join('')

/** The file of choices that a verb was given, or image.yaml. */
function choicesFile(given: string | undefined): string {
  if (given === undefined) return join(root, 'image.yaml')
  if (!given.endsWith('.yaml'))
    throw new UserError(`${given}: expected a YAML file of choices, such as variants/pi4b-usb.yaml`)
  return given.startsWith('/') ? given : join(process.cwd(), given)
}

/** The plan of what was chosen. Asks the network only where the choices say `@latest`. */
export async function chosenPlan(
  given: string | undefined,
  options: ChoiceOptions,
  plainEmulation = false,
): Promise<Plan> {
  const file = choicesFile(given)
  const sets = [
    ...(options.base === undefined ? [] : [`base=${options.base}`]),
    ...(options.baseSha256 === undefined ? [] : [`base_sha256=${options.baseSha256}`]),
    ...options.set,
  ]
  const network = { ...networkSettings(), signal: new AbortController().signal, limit: LIST_BYTES }
  const from = { plainEmulation, mirror: mirror() }
  const before = keptPlan(getCompileCacheDir(), root, [
    relative(root, file),
    textOf(file, root),
    sets,
    from,
  ])
  const known = before.find()
  if (known) return known

  // What reads the data is large, and most runs ask for what they have asked for before.
  const { fetchText } = await import('../../lib/engine/fetch/small.ts')
  const { findBase, folderOf } = await import('../../lib/plan/choices/find-base.ts')
  const { openCatalogue } = await import('../../lib/plan/catalogue/catalogue.ts')
  const { readChoices } = await import('../../lib/plan/choices/choices.ts')
  const { resolve } = await import('../../lib/plan/resolve/resolve.ts')
  const catalogue = openCatalogue(root)
  const { value, at } = readChoices(root, file, sets)
  const question = {
    base: value.base,
    sha256: value.base_sha256,
    like: value.base_like,
    place: options.base === undefined ? at(['base']) : '--base',
    folder: options.base === undefined ? folderOf(file) : process.cwd(),
  }
  const base = await findBase(catalogue, question, (url) => fetchText(url, network))
  const plan = resolve(catalogue, file, sets, { ...from, base })
  // an image of somebody's own may be another one tomorrow
  if (base.image === undefined) before.keep(plan)
  return plan
}
