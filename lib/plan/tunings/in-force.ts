import type { TextFile } from '../../common/files/text-files.ts'
import { together } from '../../common/words/together.ts'
import { thereIsNo } from '../catalogue/catalogue.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import { refuseContradictions } from './contradictions.ts'
import { sortedUnique } from '../../common/unique.ts'
import { UserError } from '../../common/words/errors.ts'
import type { ChosenKernel } from '../choices/kernel.ts'
import type { Settled } from '../choices/settle.ts'
import type { PlannedBoard, SourcedLine } from '../plan.ts'
import type { ImageChoices } from '../schema/image.ts'
import type { KernelSourceData } from '../schema/kernel.ts'
import type { TuningData } from '../schema/tuning.ts'
import { answeredBefore, answersTo } from './answers.ts'
import type { Answered } from './answers.ts'
import { factsOf, factsOver, fill, factInWords, whyNotMet } from './facts.ts'
import type { Facts } from './facts.ts'
import type { Located } from '../catalogue/yaml.ts'
import type { BoardLine, LoadedTuning } from './loaded.ts'
import { templatesInForce } from './templates.ts'

/** All tunings, and what those in force bring into an image. */
export interface TuningsInForce {
  /** every tuning there is, in force or not */
  all: LoadedTuning[]
  inForce: LoadedTuning[]
  /** lines of one kind of all in force, each with its tuning */
  lines: (pick: (tuning: TuningData) => readonly string[] | undefined) => SourcedLine[]
  /** without those of tunings that are not in force */
  templates: TextFile[]
}

/**
 * Which tunings are in force for what was chosen, on which boards, and if not, why. Throws
 * UserError for two that exclude each other. `before`: what was found for other sound cards of the
 * same choices.
 */
export function tuningsInForce(
  catalogue: Catalogue,
  settled: Settled,
  before: Answered,
): TuningsInForce {
  const { choices, profile, boards } = settled
  const ids = catalogue.ids('tunings')
  const exists = (id: string, place: () => string): void => {
    if (!ids.includes(id))
      throw new UserError(`${place()} tunings.${id}: ${thereIsNo('tunings', id, ids)}`)
  }
  together(
    ...Object.keys(choices.value.tunings).map(
      (id) => () => exists(id, () => choices.at(['tunings', id])),
    ),
    ...Object.keys(profile?.value.tunings ?? {}).map(
      (id) => () => exists(id, () => profile!.at(['tunings', id])),
    ),
  )
  const nowhere = knownFacts(catalogue)
  const { family } = settled.kernel.data
  const ofImage = factsOf(factsToAsk(settled))
  const here = factsOver(nowhere, ofImage)
  const ports = boards.map((board) => devicePort(board, settled))
  const found = new Map<PlannedBoard, Facts>()
  const of = (board: PlannedBoard): Facts => {
    const port = ports[boards.indexOf(board)]!
    const facts =
      found.get(board) ?? factsOver(here, factsOf({ board: boardToAsk(board, family, port) }))
    found.set(board, facts)
    return facts
  }
  const facts = { ofImage, of }
  const free = ports.map((port) => port['free'])
  const all = together(
    ...ids.map((id) => () => {
      const file = catalogue.called(`tunings/${id}.yaml`)
      const { data, at } = load(catalogue, id, exists)
      const answers = [settled.kernel.data, ...free, ...answersTo(data, ofImage)]
      return answeredBefore(before, id, answers, () =>
        planOne({ id, file, data, at }, facts, settled),
      )
    }),
  )
  dropWhatLacksAnother(all, choices)
  refuseContradictions(all, settled)
  const inForce = all.filter(({ planned }) => planned.off === undefined)
  return {
    all,
    inForce,
    lines: (pick) =>
      inForce.flatMap(({ planned, data }) =>
        (pick(data) ?? []).map((text) => ({ text, by: planned.id })),
      ),
    templates: templatesInForce(catalogue.texts('templates'), all),
  }
}

/** What `when` may ask and texts may name of a board. */
const boardToAsk = (
  board: PlannedBoard,
  family: KernelSourceData['family'],
  device: Record<string, unknown>,
): Record<string, unknown> => ({
  ...board,
  uart_midi: board.uart_midi[family],
  power_off_button: board.power_off_button[family],
  serial_console: board.serial_console[family].line,
  held_clock: board.held_clock[family],
  usb: { ...board.usb, device },
  has_own_lines: board.config_txt.length > 0,
})

/**
 * The port by which a board can be a device of a computer, with this kernel, and whether anything
 * else is on it.
 */
function devicePort(
  { usb: { device } }: PlannedBoard,
  { kernel, card, choices }: Settled,
): Record<string, unknown> {
  const lines = device?.[kernel.data.family]
  const taken = device?.shared === true && (card.bus === 'usb' || choices.value.root === 'usb')
  return { socket: device?.socket, can: lines !== undefined, lines, free: !taken }
}

/** What `when` may ask and texts may name, beside the board. */
const factsToAsk = ({
  card,
  base,
  jack,
  priorities,
  overclock,
  choices,
  cores,
  kernel,
  boards,
}: Settled): Record<string, unknown> => ({
  soundcard: card,
  base: base.data,
  jack,
  priorities,
  overclock: { ...overclock, chosen: overclock.preset !== 'none' },
  root: choices.value.root,
  cores,
  kernel: { source: kernel.id, usb_full_speed: undefined, ...kernel.data },
  boards: {
    ethernet_drivers: sortedUnique(boards.flatMap(({ ethernet }) => ethernet?.driver ?? [])),
    config_txt: sortedUnique(boards.flatMap((board) => board.config_txt)),
    consoles: consolesOf(boards, kernel.data),
  },
})

/** console= of every board; the last one is the one of most boards, the header's. */
const consolesOf = (
  boards: Settled['boards'],
  { family, serial_console }: ChosenKernel['data'],
): string[] => {
  const ports = sortedUnique(
    boards.map((board) => board.serial_console[family].port ?? serial_console),
  )
  const usual = (port: string): boolean => port === serial_console
  return [...ports.filter((port) => !usual(port)), ...ports.filter(usual)]
}

/**
 * A tuning that does nothing without another one is off with it; refused where it was asked for by
 * itself.
 */
function dropWhatLacksAnother(tunings: LoadedTuning[], { value, at }: Located<ImageChoices>): void {
  for (let again = true; again;) {
    again = false
    for (const tuning of tunings.filter(({ planned }) => planned.off === undefined)) {
      const { id } = tuning.planned
      const missing = tuning.data.needs.find((needed) =>
        tunings.some(({ planned }) => planned.id === needed && planned.off !== undefined),
      )
      if (missing === undefined) continue
      if (value.tunings[id] === 'on')
        throw new UserError(
          `${at(['tunings', id])} tunings.${id}: does nothing without the tuning ${missing}`,
        )
      tuning.config_txt = []
      tuning.planned = {
        ...tuning.planned,
        off: `does nothing without ${missing}, which is off`,
        proofs: [],
      }
      again = true
    }
  }
}

function load(
  catalogue: Catalogue,
  id: string,
  exists: (id: string, place: () => string) => void,
): { data: TuningData; at: Located<TuningData>['at'] } {
  const { value, at } = catalogue.entry('tunings', id, `tunings/${id}.yaml`)
  for (const key of ['conflicts', 'needs'] as const)
    for (const [i, other] of value[key].entries()) exists(other, () => at([key, i]))
  return { data: value, at }
}

// They are the same for every sound card that an image can be told.
const factsOfAll = new WeakMap<Catalogue, Record<string, undefined>>()

/**
 * Every fact that at least one board or card has. A condition may ask for such a fact on every
 * board and card. Where a board or card does not have it, the fact is undefined ("not set").
 */
function knownFacts(catalogue: Catalogue): Record<string, undefined> {
  const before = factsOfAll.get(catalogue)
  if (before) return before
  const all = [
    ...catalogue
      .ids('boards')
      .map((id) => ({ board: { id, ...catalogue.entry('boards', id, 'boards').value } })),
    ...catalogue.ids('soundcards').map((id) => ({
      soundcard: { id, ...catalogue.entry('soundcards', id, 'soundcards').value },
    })),
  ]
  const found = Object.fromEntries(
    all.flatMap((one) => Object.keys(factsOf(one))).map((fact) => [fact, undefined]),
  )
  factsOfAll.set(catalogue, found)
  return found
}

function planOne(
  {
    id,
    file,
    data: unfilled,
    at,
  }: { id: string; file: string; data: TuningData; at: Located<TuningData>['at'] },
  { ofImage, of }: { ofImage: Facts; of: (board: PlannedBoard) => Facts },
  settled: Settled,
): LoadedTuning {
  const { boards } = settled
  // The facts of a board are many: they are put together where somebody asks for one.
  const asks = Object.keys(unfilled.when).length > 0
  const refusals = boards.map((board) =>
    asks ? whyNotMet(unfilled.when, of(board), (fact) => at(['when', fact])) : undefined,
  )
  const able = boards.filter((_, i) => refusals[i] === undefined)
  const usual = usually(id, unfilled, able, settled, (board, when) =>
    whyNotMet(when, of(board), (fact) => at(['default', fact])),
  )
  const fitting = usual.boards
  const misfit =
    fitting.length === 0
      ? refusals[0]!
      : (onlySome(unfilled, fitting, boards) ?? lackedBy(settled.kernel, id, unfilled))
  const { required } = unfilled
  const needed =
    required !== undefined &&
    whyNotMet(required, of(boards[0]!), (fact) => at(['required', fact])) === undefined
  const off = whyOff(id, { ...unfilled, default: usual.default }, misfit, needed, settled)
  // A tuning that is not in force may speak of facts that this image does not have.
  const { change, proof, ...words } = unfilled
  const data =
    off === undefined
      ? {
          ...fill(words, ofImage, file),
          ...fill({ change: shared(change), proof }, ofImage, file, 'program'),
        }
      : unfilled
  const lines = unfilled.change.config_txt ?? []
  const linesFor = (board: PlannedBoard): BoardLine[] =>
    lines.length === 0
      ? []
      : fill(lines, of(board), file, 'program').map((text) => ({
          text,
          by: id,
          boards: [board.id],
        }))
  return {
    file,
    data,
    config_txt: off === undefined ? merged(fitting.flatMap(linesFor)) : [],
    planned: {
      id,
      about: data.about,
      source: data.source,
      ...(data.mend === undefined ? {} : { mend: data.mend }),
      ...(off === undefined ? {} : { off }),
      boards: fitting.map((board) => board.id),
      proofs: off === undefined ? proofsWith(settled.kernel, id, data.proof) : [],
    },
  }
}

/** Of the boards that a tuning fits, those that it is for, and whether it is on by itself there. */
function usually(
  id: string,
  { default: usual }: TuningData,
  able: PlannedBoard[],
  { choices, profile }: Settled,
  whyNot: (board: PlannedBoard, when: Exclude<TuningData['default'], string>) => string | undefined,
): { boards: PlannedBoard[]; default: 'on' | 'off' } {
  if (typeof usual === 'string') return { boards: able, default: usual }
  const asked = choices.value.tunings[id] ?? profile?.value.tunings[id]
  const meant = able.filter((board) => whyNot(board, usual) === undefined)
  return asked === undefined && meant.length > 0
    ? { boards: meant, default: 'on' }
    : { boards: able, default: able.length === 0 ? 'on' : 'off' }
}

/**
 * Why a tuning is not in force, if it is not. The image's own word comes first, then the profile's,
 * then the tuning's.
 */
function whyOff(
  id: string,
  {
    default: usual,
    otherwise,
    required,
  }: Pick<TuningData, 'otherwise' | 'required'> & { default: 'on' | 'off' },
  misfit: string | undefined,
  needed: boolean,
  { choices, profile }: Settled,
): string | undefined {
  const asked = choices.value.tunings[id]
  const grouped = profile?.value.tunings[id]
  const place = (): string => `${choices.at(['tunings', id])} tunings.${id}:`
  if (asked === 'on' && misfit !== undefined)
    throw new UserError(
      `${place()} cannot be had here: ${misfit}${otherwise === undefined ? '' : `. ${otherwise}`}`,
    )
  if ((asked ?? grouped ?? usual) === 'on') return misfit
  if (needed) {
    const because = Object.entries(required!).map(
      ([fact, value]) => `${fact}: ${factInWords(value)}`,
    )
    throw new UserError(`${place()} cannot be switched off with ${because.join(', ')}`)
  }
  if (asked === 'off') return `switched off at ${choices.at(['tunings', id])}`
  return grouped === 'off'
    ? `switched off by profiles/${profile!.id}.yaml`
    : 'switched off unless asked for'
}

function shared(change: TuningData['change']): TuningData['change'] {
  const { config_txt: _, ...rest } = change
  return rest
}

/** The same line for several boards is one line. */
function merged(lines: BoardLine[]): BoardLine[] {
  const found = new Map<string, BoardLine>()
  for (const line of lines) {
    const same = found.get(line.text)
    if (same) same.boards.push(...line.boards)
    else found.set(line.text, line)
  }
  return [...found.values()]
}

/**
 * config.txt has sections for single boards; every other kind of change is shared by all boards of
 * the image.
 */
function onlySome(
  data: TuningData,
  fitting: PlannedBoard[],
  boards: PlannedBoard[],
): string | undefined {
  if (fitting.length === boards.length || data.harmless) return undefined
  return Object.keys(shared(data.change)).length === 0
    ? undefined
    : `fits only ${fitting.map(({ id }) => id).join(', ')} of the boards that share this image`
}

/** A kernel that is not built here has only the options that it is known to have. */
const lackedBy = (
  { id, data }: ChosenKernel,
  tuning: string,
  { change }: TuningData,
): string | undefined =>
  data.kind === 'packaged' && change.kernel !== undefined && data.has[tuning] === undefined
    ? `kernel.source ${id} builds no kernel; its package lacks the kernel options for this, or nobody has checked`
    : undefined

/** The options of a packaged kernel in the place of those that one of ours is built with. */
function proofsWith(
  { data }: ChosenKernel,
  tuning: string,
  proofs: TuningData['proof'],
): TuningData['proof'] {
  const has = data.kind === 'packaged' ? data.has[tuning] : undefined
  if (has === undefined) return proofs
  return [
    ...has.map((config) => ({ config, on: 'boot' as const })),
    ...proofs.filter((proof) => !('config' in proof)),
  ]
}
