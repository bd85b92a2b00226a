import { entry, idsIn, textFiles } from './catalogue.ts'
import type { TextFile } from './catalogue.ts'
import { UserError } from './errors.ts'
import { didYouMean } from './nearest.ts'
import type { Plan, PlannedBoard, PlannedTuning } from './plan.ts'
import type { ImageChoices } from './schema/image.ts'
import type { TuningData } from './schema/tuning.ts'
import { factsOf, fill, whyNot } from './when.ts'
import type { Located } from './yaml.ts'

/** A tuning with what it changes. */
export interface LoadedTuning {
  planned: PlannedTuning
  data: TuningData
}

/** Every tuning there is: whether it is in force for these choices, on which boards, and if not, why. */
export function planTunings(
  root: string,
  choices: Located<ImageChoices>,
  boards: PlannedBoard[],
  facts: Record<string, unknown>,
): LoadedTuning[] {
  const ids = idsIn(root, 'tunings')
  const wanted = choices.value.tunings
  for (const id of Object.keys(wanted)) {
    if (!ids.includes(id))
      throw new UserError(`${choices.at(['tunings', id])} tunings.${id}: there is no tunings/${id}.yaml${didYouMean(id, ids)}`)
  }
  // What any board or card says may be asked of all: one that says nothing of it has it not set.
  const all = [
    ...idsIn(root, 'boards').map((id) => ({ board: { id, ...entry(root, 'boards', id, 'boards').value } })),
    ...idsIn(root, 'soundcards').map((id) => ({ soundcard: { id, ...entry(root, 'soundcards', id, 'soundcards').value } })),
  ]
  const known = Object.fromEntries(all.flatMap((one) => Object.keys(factsOf(one))).map((fact) => [fact, undefined]))
  return ids.map((id) => {
    const { value: unfilled, at } = entry(root, 'tunings', id, `tunings/${id}.yaml`)
    const state = wanted[id] ?? unfilled.default
    const refusals = boards.map((board) =>
      whyNot(unfilled.when, { ...known, ...factsOf({ ...facts, board }) }, (fact) => at(['when', fact])),
    )
    const applies = boards.filter((_, i) => refusals[i] === undefined).map((board) => board.id)
    const off =
      state === 'off'
        ? `switched off${id in wanted ? ` at ${choices.at(['tunings', id])}` : ' unless asked for'}`
        : applies.length === 0
          ? refusals[0]
          : onlySome(unfilled, applies, boards)
    // A tuning that is not in force may speak of facts that this image does not have.
    const data = off === undefined ? fill(unfilled, factsOf(facts), `tunings/${id}.yaml`) : unfilled
    return {
      data,
      planned: {
        id,
        about: data.about,
        source: data.source,
        ...(off === undefined ? {} : { off }),
        boards: applies,
        proofs: off === undefined ? data.proof : [],
      },
    }
  })
}

/** A package cannot be asked for and banned in one image. */
export function refuseUnwanted({ packages, absent }: Plan['rootfs'], { value, at }: Located<ImageChoices>): void {
  const banned = absent.find(({ text }) => packages.includes(text))
  if (!banned) return
  const mine = value.packages.indexOf(banned.text)
  const asked = mine < 0 ? 'the base system or a tuning' : at(['packages', mine])
  throw new UserError(`${asked} packages: ${banned.text} is what the tuning ${banned.by} keeps out (tunings.${banned.by}=off allows it)`)
}

/** config.txt has sections for single boards; every other kind of change is shared by all boards of the image. */
function onlySome(data: TuningData, applies: string[], boards: PlannedBoard[]): string | undefined {
  if (applies.length === boards.length) return undefined
  const shared = Object.keys(data.change).filter((kind) => kind !== 'config_txt')
  return shared.length === 0 ? undefined : `fits only ${applies.join(', ')} of the boards that share this image`
}

/** Templates, without those that belong to a tuning which is not in force. */
export function templatesInForce(root: string, tunings: LoadedTuning[]): TextFile[] {
  const files = textFiles(root, 'templates')
  const paths = files.map(({ path }) => path)
  const dropped = new Set<string>()
  for (const { planned, data } of tunings) {
    for (const path of data.change.files ?? []) {
      if (!paths.includes(path))
        throw new UserError(`tunings/${planned.id}.yaml change.files: there is no templates/${path}${didYouMean(path, paths)}`)
      if (planned.off !== undefined) dropped.add(path)
    }
  }
  return files.filter(({ path }) => !dropped.has(path))
}
