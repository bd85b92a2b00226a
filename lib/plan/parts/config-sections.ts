import { UserError } from '../../common/words/errors.ts'
import type { PlannedBoard, SourcedLine } from '../plan.ts'

/**
 * Sorts lines of config.txt into its sections: `[all]` for what every board of the image takes,
 * else the widest filter that selects just the boards meant (`[pi3]`), else one section per board
 * (`[board-type=0x08]`). Source: raspberrypi/documentation, conditional.adoc. Throws UserError for a
 * line for one of two boards that not even their types tell apart.
 */
export function configSections(
  boards: readonly PlannedBoard[],
  lines: readonly (SourcedLine & { boards: readonly string[] })[],
): { filter: string; lines: SourcedLine[] }[] {
  const sections = new Map<string, SourcedLine[]>()
  for (const { text, by, boards: meant } of lines) {
    refuseTwins(boards, meant, `${by}: ${text}`)
    for (const filter of filtersFor(boards, meant)) {
      const section = sections.get(filter) ?? []
      sections.set(filter, section)
      section.push({ text, by })
    }
  }
  return [...sections]
    .map(([filter, section]) => ({ filter, lines: section }))
    .sort(
      (a, b) =>
        Number(b.filter === 'all') - Number(a.filter === 'all') || (a.filter < b.filter ? -1 : 1),
    )
}

/** Versions of one board have one type, and config.txt has no other word for them. */
function refuseTwins(
  boards: readonly PlannedBoard[],
  meant: readonly string[],
  line: string,
): void {
  const [its, others] = [true, false].map((mine) =>
    boards.filter(({ id }) => meant.includes(id) === mine),
  )
  for (const one of its!) {
    const twin = others!.find((other) => other.board_type === one.board_type)
    if (twin)
      throw new UserError(
        `${line} is for ${one.id} and not for ${twin.id}, which config.txt cannot tell apart: make an image for each`,
      )
  }
}

function filtersFor(boards: readonly PlannedBoard[], meant: readonly string[]): string[] {
  if (boards.every((board) => meant.includes(board.id))) return ['all']
  const left = new Set(meant)
  const chosen: string[] = []
  const widest = new Map<string, string[]>()
  for (const board of boards) {
    for (const filter of board.filters)
      widest.set(filter, [...(widest.get(filter) ?? []), board.id])
  }
  for (const [filter, selected] of [...widest].sort((a, b) => b[1].length - a[1].length)) {
    const fits = selected.every((id) => meant.includes(id)) && selected.every((id) => left.has(id))
    if (!fits) continue
    chosen.push(filter)
    for (const id of selected) left.delete(id)
  }
  for (const board of boards)
    if (left.has(board.id))
      chosen.push(`board-type=0x${board.board_type.toString(16).padStart(2, '0')}`)
  return chosen
}
