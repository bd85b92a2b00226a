import { entry, idsIn, textFiles } from './catalogue.ts'
import type { TextFile } from './catalogue.ts'
import { UserError } from './errors.ts'
import { didYouMean } from './nearest.ts'
import type { PlannedBoard, PlannedSoundcard, PlannedTuning, SourcedLine } from './plan.ts'
import type { ImageChoices } from './schema/image.ts'
import type { ProfileData } from './schema/profile.ts'
import type { TuningData } from './schema/tuning.ts'
import { factsOf, fill, inWords, whyNot } from './when.ts'
import type { Located } from './yaml.ts'

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
  const tunings = ids.map((id) => {
    const { data, at } = load(root, id, exists)
    return planOne(id, data, at, known, question)
  })
  refuseContradictions(tunings, question)
  return tunings
}

function load(root: string, id: string, exists: (id: string, place: string) => void): { data: TuningData; at: Located<TuningData>['at'] } {
  const { value, at } = entry(root, 'tunings', id, `tunings/${id}.yaml`)
  for (const [i, other] of value.conflicts.entries()) exists(other, at(['conflicts', i]))
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
  known: Record<string, undefined>,
  { choices, profile, boards, facts }: TuningQuestion,
): LoadedTuning {
  const asked = choices.value.tunings[id]
  const state = asked ?? profile?.value.tunings[id] ?? unfilled.default
  const place = `tunings/${id}.yaml`
  const of = (board: PlannedBoard): ReturnType<typeof factsOf> => ({ ...known, ...factsOf({ ...facts, board }) })
  const refusals = boards.map((board) => whyNot(unfilled.when, of(board), (fact) => at(['when', fact])))
  const fitting = boards.filter((_, i) => refusals[i] === undefined)
  const misfit = fitting.length === 0 ? refusals[0]! : onlySome(unfilled, fitting, boards)
  if (asked === 'on' && misfit !== undefined) {
    const why = unfilled.otherwise === undefined ? '' : `. ${unfilled.otherwise}`
    throw new UserError(`${choices.at(['tunings', id])} tunings.${id}: cannot be had here: ${misfit}${why}`)
  }
  const { required } = unfilled
  if (state === 'off' && required !== undefined && whyNot(required, of(boards[0]!), (fact) => at(['required', fact])) === undefined) {
    const because = Object.entries(required).map(([fact, value]) => `${fact}: ${inWords(value)}`)
    throw new UserError(`${choices.at(['tunings', id])} tunings.${id}: cannot be switched off with ${because.join(', ')}`)
  }
  const switchedOff =
    asked === 'off'
      ? `switched off at ${choices.at(['tunings', id])}`
      : profile?.value.tunings[id] === 'off'
        ? `switched off by profiles/${profile.id}.yaml`
        : 'switched off unless asked for'
  const off = state === 'off' ? switchedOff : misfit
  // A tuning that is not in force may speak of facts that this image does not have.
  const data = off === undefined ? { ...fill({ ...unfilled, change: shared(unfilled.change) }, factsOf(facts), place) } : unfilled
  const config_txt =
    off === undefined
      ? fitting.flatMap((board) =>
          fill(unfilled.change.config_txt ?? [], of(board), place).map((text) => ({ text, by: id, boards: [board.id] })),
        )
      : []
  return {
    data,
    config_txt: merged(config_txt),
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

/** Two tunings that exclude each other, and two things on one pin of the GPIO header. */
function refuseContradictions(tunings: LoadedTuning[], { choices, profile, card }: TuningQuestion): void {
  const inForce = tunings.filter(({ planned }) => planned.off === undefined)
  const asked = (id: string): string | undefined =>
    choices.value.tunings[id] !== undefined
      ? choices.at(['tunings', id])
      : profile?.value.tunings[id] === undefined
        ? undefined
        : profile.at(['tunings', id])
  /** Of two that do not go together the one that somebody asked for is named first, and the other is to go. */
  const refuse = (one: string, two: string, why: (other: string) => string): never => {
    const [first, other] = asked(one) === undefined && asked(two) !== undefined ? [two, one] : [one, two]
    throw new UserError(
      `${asked(first) ?? `tunings/${first}.yaml`} tunings.${first}: ${why(other)}: one of the two has to go, such as --set tunings.${other}=off`,
    )
  }
  for (const { planned, data } of inForce) {
    const other = data.conflicts.find((id) => inForce.some((one) => one.planned.id === id))
    if (other !== undefined) refuse(planned.id, other, (id) => `does not go with the tuning ${id}`)
  }
  const taken = new Map<number, string>()
  for (const { planned, data } of inForce) {
    for (const pin of data.pins) {
      const owner = taken.get(pin)
      if (owner !== undefined) refuse(planned.id, owner, (id) => `GPIO ${pin} is taken by the tuning ${id}, too`)
      if (card.pins.includes(pin)) {
        throw new UserError(
          `${asked(planned.id) ?? `tunings/${planned.id}.yaml`} tunings.${planned.id}: GPIO ${pin} is what soundcards/${card.id}.yaml takes: one of the two has to go, such as --set tunings.${planned.id}=off`,
        )
      }
      taken.set(pin, planned.id)
    }
  }
}

/** A package cannot be asked for and banned in one image. `asked`: every package with the place that asks for it. */
export function refuseUnwanted(absent: readonly SourcedLine[], asked: readonly { name: string; place: string }[]): void {
  for (const { name, place } of asked) {
    const banned = absent.find(({ text }) => text === name)
    if (banned)
      throw new UserError(`${place}: ${name} is what the tuning ${banned.by} keeps out; --set tunings.${banned.by}=off lets it in`)
  }
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
