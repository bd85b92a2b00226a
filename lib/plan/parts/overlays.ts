import type { TextFile } from '../../common/files/text-files.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { Settled } from '../choices/settle.ts'
import type { Plan, PlannedBoard } from '../plan.ts'
import type { TuningsInForce } from '../tunings/in-force.ts'
import type { BoardLine } from '../tunings/loaded.ts'

export type OverlaysPlan = NonNullable<Plan['overlays']>

/** The lines of config.txt: first the overlay of the card, then what the tunings ask for. */
export function linesOfConfig(
  { card, kernel, boards }: Settled,
  { inForce }: TuningsInForce,
): BoardLine[] {
  const overlay = card.overlay?.[kernel.data.family]
  const own =
    overlay === undefined
      ? []
      : [
          {
            text: `dtoverlay=${overlay}`,
            by: `soundcards/${card.id}`,
            boards: boards.map(({ id }) => id),
          },
        ]
  return [...own, ...inForce.flatMap((tuning) => tuning.config_txt)]
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
  const { card, cardAt, boards, kernel } = settled
  const { family } = kernel.data
  const sources = catalogue.texts('kernel/overlays')
  const ours = card.overlay?.mainline
  if (ours !== undefined)
    catalogue.file(
      'kernel/overlays',
      `${ours}.dts`,
      `${cardAt(['overlay', 'mainline'])} overlay.mainline`,
    )
  const lines = family === 'mainline' ? config : inForce.flatMap((tuning) => tuning.config_txt)
  const tried = triedOverlays(lines, boards, sources, family)
  if (family === 'mainline') return { sources, tried }
  const named = sources.filter(({ path }) => tried.some(({ overlay }) => path === `${overlay}.dts`))
  return named.length === 0 ? undefined : { sources: named, tried }
}

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
