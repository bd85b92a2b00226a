import { join } from 'node:path'
import type { Catalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { readChoices } from '../../lib/plan/choices/choices.ts'
import { anyUsbCard, kernelSources, whyUnfit } from '../../lib/plan/choices/kernel.ts'
import type { OfferedCard } from '../../lib/plan/choices/kernel.ts'
import { settle } from '../../lib/plan/choices/settle.ts'
import { runs } from '../../lib/plan/instructions.ts'
import { usualCard } from '../../lib/plan/resolve/other-cards.ts'
import type { BoardData } from '../../lib/plan/schema/board.ts'
import { startedBoards } from '../../lib/plan/virt.ts'

/** What can be had on a board, and what of that is tried here. */
export interface BoardFacts {
  board: { id: string } & BoardData
  /** the bases that it runs, each with the kernels that serve it there, the best first */
  bases: { id: string; kernels: string[] }[]
  /** the kernels that serve it on some base, the best first */
  kernels: string[]
  /** the kernels that serve it on no base, with the reason */
  unfit: { kernel: string; why: string }[]
  /** the kernels that serve it on some base, but no card on its header, with the reason */
  headerless: { kernel: string; why: string }[]
  /** the choices of this repository whose boot test starts it */
  bootTests: string[]
}

/** And one on the header. */
const header: OfferedCard = { ...anyUsbCard, bus: 'i2s' }

/** The facts of every board. */
export function boardFacts(catalogue: Catalogue): BoardFacts[] {
  const tests = bootTestsIn(catalogue)
  const all = catalogue
    .ids('bases')
    .map((id) => ({ id, data: catalogue.entry('bases', id, 'bases').value }))
  const kernels = kernelSources(catalogue)
  return catalogue.ids('boards').map((id) => {
    const board = { id, ...catalogue.entry('boards', id, 'boards').value }
    const its = all.filter(({ data }) => runs(board, data))
    const answers = kernels.map((kernel) => ({
      kernel: kernel.id,
      on: its.map((base) => ({
        base: base.id,
        why: whyUnfit(kernel.data, { boards: [board], card: anyUsbCard, base: base.data }),
        lacks: whyUnfit(kernel.data, { boards: [board], card: header, base: base.data }),
      })),
    }))
    return {
      board,
      bases: its.map((base) => ({
        id: base.id,
        kernels: answers
          .filter(({ on }) => on.some((one) => one.base === base.id && one.why === undefined))
          .map(({ kernel }) => kernel),
      })),
      kernels: answers
        .filter(({ on }) => on.some(({ why }) => why === undefined))
        .map(({ kernel }) => kernel),
      unfit: answers.flatMap(({ kernel, on }) =>
        on.some(({ why }) => why === undefined) || on.length === 0
          ? []
          : [{ kernel, why: on[0]!.why! }],
      ),
      headerless: answers.flatMap(({ kernel, on }) => {
        const one = on.find(({ why, lacks }) => why === undefined && lacks !== undefined)
        return one === undefined ? [] : [{ kernel, why: one.lacks! }]
      }),
      bootTests: tests.get(id) ?? [],
    }
  })
}

/** The boot tests of the choices of this repository, by the ids of the boards that they start. */
function bootTestsIn(catalogue: Catalogue): Map<string, BoardFacts['bootTests']> {
  const found = new Map<string, BoardFacts['bootTests']>()
  const files = ['image.yaml', ...catalogue.ids('variants').map((id) => `variants/${id}.yaml`)]
  for (const file of files) {
    const choices = readChoices(catalogue.root, join(catalogue.root, file), [])
    const { base, soundcard } = choices.value
    const card = soundcard === 'auto' ? usualCard(catalogue, file) : soundcard
    for (const { id } of startedBoards(settle(catalogue, choices, card, { id: base }).boards))
      found.set(id, [...(found.get(id) ?? []), file])
  }
  return found
}
