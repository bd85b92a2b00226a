import { join } from 'node:path'
import type { Catalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { readChoices } from '../../lib/plan/choices/choices.ts'
import { kernelSources, whyUnfit } from '../../lib/plan/choices/kernel.ts'
import { settle } from '../../lib/plan/choices/settle.ts'
import { socketLacking } from '../../lib/plan/choices/sockets.ts'
import { runs } from '../../lib/plan/instructions.ts'
import { usualCard } from '../../lib/plan/resolve/other-cards.ts'
import type { BoardData } from '../../lib/plan/schema/board.ts'
import { controlsOf } from '../../lib/plan/schema/mixer-controls.ts'
import type { SoundcardData } from '../../lib/plan/schema/soundcard.ts'
import { startedBoards } from '../../lib/plan/virt.ts'

type Card = { id: string } & SoundcardData
type Board = { id: string } & BoardData

/** What has been tried of a card here. Nothing of it is about the card itself: nobody has one. */
export interface Proven {
  /** the choices whose boot test starts an image for it, and hears an emulated card play */
  heard: string[]
  /** the choices whose boot test starts an image for it on an emulated board, which has no such card */
  started: string[]
  /** what of its file the tests compare with the kernel's own source */
  compared: ('overlay' | 'mixer')[]
}

/** A sound card, where it can be had, and what has been tried of it. */
export interface SoundcardFacts {
  card: Card
  /** the boards that it can be had on, each with the kernels that serve both, the best first */
  boards: { id: string; kernels: string[] }[]
  proven: Proven
}

/** The facts of every sound card. */
export function soundcardFacts(catalogue: Catalogue): SoundcardFacts[] {
  const boards = boardsOf(catalogue, catalogue.ids('boards'))
  const bootTests = bootTestsOf(catalogue)
  return catalogue.ids('soundcards').map((id) => {
    const card = { id, ...catalogue.entry('soundcards', id, 'soundcards').value }
    const files = bootTests.get(id) ?? []
    // the card of the emulator is one on USB that no file names
    const isEmulated = card.found_by.usb === 'any'
    return {
      card,
      boards: boards.flatMap((board) => {
        const kernels = kernelsFor(catalogue, [board], card)
        return kernels.length === 0 ? [] : [{ id: board.id, kernels }]
      }),
      proven: {
        heard: isEmulated ? files : [],
        started: isEmulated ? [] : files,
        compared: comparedOf(card),
      },
    }
  })
}

/** The kernels that serve these boards, in one image, with this card; on some base. */
export const kernelsFor = (
  catalogue: Catalogue,
  boards: readonly Board[],
  card: Card,
): string[] => {
  if (boards.some((board) => socketLacking(board, card) !== undefined)) return []
  const bases = catalogue
    .ids('bases')
    .map((id) => catalogue.entry('bases', id, 'bases').value)
    .filter((base) => boards.every((board) => runs(board, base)))
  return kernelSources(catalogue)
    .filter(({ data }) =>
      bases.some((base) => whyUnfit(data, { boards, card, base }) === undefined),
    )
    .map(({ id }) => id)
}

/** Boards by their ids. Throws UserError where there is none of that name. */
export const boardsOf = (catalogue: Catalogue, ids: readonly string[]): Board[] =>
  ids.map((id) => ({ id, ...catalogue.entry('boards', id, '--board').value }))

/** What of a card's file is compared: its overlay of Raspberry Pi's, and the mixer of its drivers. */
const comparedOf = ({ overlay, on, mixer }: Card): Proven['compared'] => [
  ...([overlay, ...on.map((pair) => pair.overlay)].some((one) => one?.downstream !== undefined)
    ? (['overlay'] as const)
    : []),
  ...(mixer && controlsOf(mixer.drivers) !== undefined ? (['mixer'] as const) : []),
]

/** The choices of this repository whose boot test starts an image, by the card that it is for. */
function bootTestsOf(catalogue: Catalogue): Map<string, string[]> {
  const found = new Map<string, string[]>()
  const files = ['image.yaml', ...catalogue.ids('variants').map((id) => `variants/${id}.yaml`)]
  for (const file of files) {
    const choices = readChoices(catalogue.root, join(catalogue.root, file), [])
    const { base, soundcard } = choices.value
    const card = soundcard === 'auto' ? usualCard(catalogue, file) : soundcard
    const { boards } = settle(catalogue, choices, card, { id: base })
    if (startedBoards(boards).length > 0) found.set(card, [...(found.get(card) ?? []), file])
  }
  return found
}
