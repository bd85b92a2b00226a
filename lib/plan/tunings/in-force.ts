import { entry, idsIn, textFiles } from '../catalogue/catalogue.ts'
import type { TextFile } from '../../common/files/text-files.ts'
import { refuseContradictions } from './contradictions.ts'
import { UserError } from '../../common/words/errors.ts'
import { didYouMean } from '../../common/words/nearest.ts'
import type { ChosenKernel } from '../choices/kernel.ts'
import type { PlannedBoard, PlannedSoundcard, PlannedTuning, SourcedLine } from '../plan.ts'
import type { ImageChoices } from '../schema/image.ts'
import type { ProfileData } from '../schema/profile.ts'
import type { TuningData } from '../schema/tuning.ts'
import { factsOf, fill, inWords, whyNot } from './facts.ts'
import type { Facts } from './facts.ts'
import type { Located } from '../catalogue/yaml.ts'

/** A tuning with what it changes. */
export interface LoadedTuning {
  planned: PlannedTuning
  data: TuningData
  /** lines of config.txt, each with the boards it is for */
  config_txt: (SourcedLine & { boards: string[] })[]
}

export interface TuningQuestion {
  root: string
  choices: Located<ImageChoices>
  profile: { id: string; at: Located<ProfileData>['at']; value: ProfileData } | undefined
  boards: PlannedBoard[]
  card: PlannedSoundcard
  kernel: ChosenKernel
  /** what `when` may ask and texts may name, beside the board */
  facts: Record<string, unknown>
}

/** Every tuning there is: whether it is in force for these choices, on which boards, and if not, why. */
export function planTunings(question: TuningQuestion): LoadedTuning[] {
  const { root, choices, profile } = question
  const ids = idsIn(root, 'tunings')
  const exists = (id: string, place: string): void => {
    if (!ids.includes(id)) throw new UserError(`${place} tunings.${id}: there is no tunings/${id}.yaml${didYouMean(id, ids)}`)
  }
  for (const id of Object.keys(choices.value.tunings)) exists(id, choices.at(['tunings', id]))
  for (const id of Object.keys(profile?.value.tunings ?? {})) exists(id, profile!.at(['tunings', id]))
  const known = knownFacts(root)
  const { family } = question.kernel.data
  const of = new Map(
    question.boards.map((board) => [
      board,
      { ...known, ...factsOf({ ...question.facts, board: { ...board, uart_midi: board.uart_midi[family] } }) },
    ]),
  )
  const facts = { ofImage: factsOf(question.facts), of: (board: PlannedBoard) => of.get(board)! }
  const tunings = ids.map((id) => {
    const { data, at } = load(root, id, exists)
    return planOne(id, data, at, facts, question)
  })
  dropWhatLacksAnother(tunings, choices)
  refuseContradictions(tunings, question)
  return tunings
}

/** A tuning that does nothing without another one is off with it; refused where it was asked for by itself. */
function dropWhatLacksAnother(tunings: LoadedTuning[], { value, at }: Located<ImageChoices>): void {
  for (let again = true; again;) {
    again = false
    for (const tuning of tunings.filter(({ planned }) => planned.off === undefined)) {
      const { id } = tuning.planned
      const missing = tuning.data.needs.find((needed) => tunings.some(({ planned }) => planned.id === needed && planned.off !== undefined))
      if (missing === undefined) continue
      if (value.tunings[id] === 'on')
        throw new UserError(`${at(['tunings', id])} tunings.${id}: does nothing without the tuning ${missing}`)
      tuning.config_txt = []
      tuning.planned = { ...tuning.planned, off: `does nothing without ${missing}, which is off`, proofs: [] }
      again = true
    }
  }
}

function load(root: string, id: string, exists: (id: string, place: string) => void): { data: TuningData; at: Located<TuningData>['at'] } {
  const { value, at } = entry(root, 'tunings', id, `tunings/${id}.yaml`)
  for (const key of ['conflicts', 'needs'] as const) for (const [i, other] of value[key].entries()) exists(other, at([key, i]))
  return { data: value, at }
}

/** What any board or card says may be asked of all: one that says nothing of it has it not set. */
function knownFacts(root: string): Record<string, undefined> {
  const all = [
    ...idsIn(root, 'boards').map((id) => ({ board: { id, ...entry(root, 'boards', id, 'boards').value } })),
    ...idsIn(root, 'soundcards').map((id) => ({ soundcard: { id, ...entry(root, 'soundcards', id, 'soundcards').value } })),
  ]
  return Object.fromEntries(all.flatMap((one) => Object.keys(factsOf(one))).map((fact) => [fact, undefined]))
}

function planOne(
  id: string,
  unfilled: TuningData,
  at: Located<TuningData>['at'],
  { ofImage, of }: { ofImage: Facts; of: (board: PlannedBoard) => Facts },
  question: TuningQuestion,
): LoadedTuning {
  const { boards } = question
  const place = `tunings/${id}.yaml`
  const refusals = boards.map((board) => whyNot(unfilled.when, of(board), (fact) => at(['when', fact])))
  const fitting = boards.filter((_, i) => refusals[i] === undefined)
  const misfit = fitting.length === 0 ? refusals[0]! : (onlySome(unfilled, fitting, boards) ?? lackedBy(question.kernel, id, unfilled))
  const { required } = unfilled
  const needed = required !== undefined && whyNot(required, of(boards[0]!), (fact) => at(['required', fact])) === undefined
  const off = whyOff(id, unfilled, misfit, needed, question)
  // A tuning that is not in force may speak of facts that this image does not have.
  const data = off === undefined ? fill({ ...unfilled, change: shared(unfilled.change) }, ofImage, place) : unfilled
  const linesFor = (board: PlannedBoard): LoadedTuning['config_txt'] =>
    fill(unfilled.change.config_txt ?? [], of(board), place).map((text) => ({ text, by: id, boards: [board.id] }))
  return {
    data,
    config_txt: off === undefined ? merged(fitting.flatMap(linesFor)) : [],
    planned: {
      id,
      about: data.about,
      source: data.source,
      ...(data.mend === undefined ? {} : { mend: data.mend }),
      ...(off === undefined ? {} : { off }),
      boards: fitting.map((board) => board.id),
      proofs: off === undefined ? data.proof : [],
    },
  }
}

/** Why a tuning is not in force, if it is not. The image's own word comes first, then the profile's, then the tuning's. */
function whyOff(
  id: string,
  { default: usual, otherwise, required }: TuningData,
  misfit: string | undefined,
  needed: boolean,
  { choices, profile }: TuningQuestion,
): string | undefined {
  const asked = choices.value.tunings[id]
  const grouped = profile?.value.tunings[id]
  const place = (): string => `${choices.at(['tunings', id])} tunings.${id}:`
  if (asked === 'on' && misfit !== undefined)
    throw new UserError(`${place()} cannot be had here: ${misfit}${otherwise === undefined ? '' : `. ${otherwise}`}`)
  if ((asked ?? grouped ?? usual) === 'on') return misfit
  if (needed) {
    const because = Object.entries(required!).map(([fact, value]) => `${fact}: ${inWords(value)}`)
    throw new UserError(`${place()} cannot be switched off with ${because.join(', ')}`)
  }
  if (asked === 'off') return `switched off at ${choices.at(['tunings', id])}`
  return grouped === 'off' ? `switched off by profiles/${profile!.id}.yaml` : 'switched off unless asked for'
}

function shared(change: TuningData['change']): TuningData['change'] {
  const { config_txt: _, ...rest } = change
  return rest
}

/** The same line for several boards is one line. */
function merged(lines: LoadedTuning['config_txt']): LoadedTuning['config_txt'] {
  const found = new Map<string, LoadedTuning['config_txt'][number]>()
  for (const line of lines) {
    const same = found.get(line.text)
    if (same) same.boards.push(...line.boards)
    else found.set(line.text, line)
  }
  return [...found.values()]
}

/** config.txt has sections for single boards; every other kind of change is shared by all boards of the image. */
function onlySome(data: TuningData, fitting: PlannedBoard[], boards: PlannedBoard[]): string | undefined {
  if (fitting.length === boards.length || data.harmless) return undefined
  return Object.keys(shared(data.change)).length === 0
    ? undefined
    : `fits only ${fitting.map(({ id }) => id).join(', ')} of the boards that share this image`
}

/** A kernel that is not built here has only the options that it is known to have. */
const lackedBy = ({ id, data }: ChosenKernel, tuning: string, { change }: TuningData): string | undefined =>
  data.kind === 'packaged' && change.kernel !== undefined && data.has[tuning] === undefined
    ? `kernel.source ${id} builds no kernel, and the package has not, or not for certain, what this asks of it`
    : undefined

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
