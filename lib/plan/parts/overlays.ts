import type { TextFile } from '../../common/files/text-files.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import { overlayOn } from '../choices/pairs.ts'
import type { Settled } from '../choices/settle.ts'
import type { Plan, PlannedBoard } from '../plan.ts'
import type { TuningsInForce } from '../tunings/in-force.ts'
import type { BoardLine } from '../tunings/loaded.ts'

export type OverlaysPlan = NonNullable<Plan['overlays']>

/**
 * The lines of config.txt: first the overlay of the card, then what the tunings ask for.
 *
 * Many a HAT has an overlay in its EEPROM, which the firmware loads before all others: one for the
 * kernels of its time, and a second one for the same chips. An empty line before any other keeps it
 * out (raspberrypi/linux issues 5062 and 5741).
 */
export function linesOfConfig(
  { card, kernel, boards }: Settled,
  { inForce }: TuningsInForce,
): BoardLine[] {
  const own = new Map<string, string[]>()
  for (const { id } of boards) {
    const overlay = overlayOn(card, id, kernel)
    if (overlay !== undefined) own.set(overlay, [...(own.get(overlay) ?? []), id])
  }
  const instead =
    own.size > 0
      ? [
          {
            text: 'dtoverlay=',
            by: `soundcards/${card.id}, not what a HAT's EEPROM has`,
            boards: boards.map(({ id }) => id),
          },
        ]
      : []
  return [
    ...instead,
    ...[...own].map(([overlay, ids]) => ({
      text: `dtoverlay=${overlay}`,
      by: `soundcards/${card.id}`,
      boards: ids,
    })),
    ...inForce.flatMap((tuning) => tuning.config_txt),
  ]
}

/**
 * Our own overlays that the image gets, and on which device trees they are tried. A mainline kernel
 * gets all of them. Raspberry Pi's own has its own of every card, so it gets just those that a
 * tuning names; undefined: it needs none.
 */
export function planOverlays(
  catalogue: Catalogue,
  settled: Settled,
  { inForce }: TuningsInForce,
  config: BoardLine[],
): Plan['overlays'] {
  const { card, cardAt, boards, kernel, choices } = settled
  const { family } = kernel.data
  const sources = catalogue.texts('kernel/overlays')
  const named = [
    { overlay: card.overlay?.mainline, at: ['overlay', 'mainline'] },
    ...card.on.map(({ overlay }, i) => ({
      overlay: overlay?.mainline,
      at: ['on', i, 'overlay', 'mainline'],
    })),
  ]
  for (const { overlay: ours, at } of named)
    if (ours !== undefined)
      catalogue.file('kernel/overlays', `${ours}.dts`, `${cardAt(at)} overlay.mainline`)
  const its = choices.value.config_txt.map((text) => ({
    text,
    by: 'config_txt',
    boards: boards.map(({ id }) => id),
  }))
  const lines = [
    ...(family === 'mainline' ? config : inForce.flatMap((tuning) => tuning.config_txt)),
    ...its,
  ]
  const tried = triedOverlays(lines, boards, sources, family)
  if (family === 'mainline')
    return { sources, tried: [...tried, ...ofSteppings(catalogue, boards)] }
  const needed = sources.filter(({ path }) =>
    tried.some(({ overlay }) => path === `${overlay}.dts`),
  )
  return needed.length === 0 ? undefined : { sources: needed, tried }
}

/** Those that the firmware itself puts on the tree of a board. */
const ofSteppings = (
  catalogue: Catalogue,
  boards: readonly PlannedBoard[],
): OverlaysPlan['tried'] =>
  boards.flatMap(({ id, stepping_overlays, device_tree }) =>
    stepping_overlays.map((overlay) => {
      catalogue.file(
        'kernel/overlays',
        `${overlay}.dts`,
        `${catalogue.called(`boards/${id}.yaml`)} stepping_overlays`,
      )
      return { overlay, device_tree: device_tree.mainline! }
    }),
  )

/**
 * Which of our own overlays a line of config.txt names, and the trees of the boards it does so for.
 */
function triedOverlays(
  lines: readonly BoardLine[],
  boards: readonly PlannedBoard[],
  sources: readonly TextFile[],
  family: 'mainline' | 'downstream',
): OverlaysPlan['tried'] {
  return lines.flatMap(({ text, boards: meant }) => {
    const overlay = /^dtoverlay=([\w-]+)/.exec(text)?.[1]
    if (overlay === undefined || !sources.some(({ path }) => path === `${overlay}.dts`)) return []
    return boards
      .filter(({ id }) => meant.includes(id))
      .map((board) => ({ overlay, device_tree: board.device_tree[family]! }))
  })
}
