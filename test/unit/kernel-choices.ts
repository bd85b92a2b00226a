import { UserError } from '../../lib/common/words/errors.ts'
import { readChoices } from '../../lib/plan/choices/choices.ts'
import { kernelSources } from '../../lib/plan/choices/kernel.ts'
import { settle } from '../../lib/plan/choices/settle.ts'
import type { Settled } from '../../lib/plan/choices/settle.ts'
import type { SoundcardData } from '../../lib/plan/schema/soundcard.ts'
import { catalogueAt, idsOf, repository } from './fixtures.ts'

// Every choice of a board, a base, a sound card and a kernel.

export const catalogue = catalogueAt(repository)
export const boards = idsOf('boards')
export const bases = idsOf('bases')
export const kernels = kernelSources(catalogue).map(({ id }) => id)
const cards = idsOf('soundcards')

/** What comes of these choices: all that is settled, or the words of the refusal. */
export function asked(boards: string[], base: string, card: string, kernel = ''): Settled | string {
  const choices = readChoices(repository, `${repository}/image.yaml`, [
    `board=[${boards.join(',')}]`,
    `soundcard=${card}`,
    `base=${base}`,
    ...(kernel === '' ? [] : [`kernel.source=${kernel}`]),
  ])
  try {
    return settle(catalogue, choices, card, { id: base })
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
}

/** The overlays of ours that packages of kernels have every driver for. */
const driven = kernelSources(catalogue).flatMap(({ data }) =>
  data.kind === 'packaged'
    ? Object.values(data.builds).flatMap(({ sound_overlays }) => [sound_overlays ?? []])
    : [],
)

/** What of a card decides whether it can be had, with which kernel, and why not. */
function decidedBy({ bus, i2s_lanes, overlay, on, driver }: SoundcardData): unknown {
  const families = (one: SoundcardData['overlay']): unknown =>
    one && {
      mainline: one.mainline !== undefined && driven.map((list) => list.includes(one.mainline!)),
      downstream: one.downstream !== undefined,
    }
  return [
    bus,
    i2s_lanes,
    families(overlay),
    typeof driver,
    on.flatMap(({ board, kernel, overlay: its, modprobe, cannot }) =>
      its === undefined && modprobe.length === 0 && cannot === undefined
        ? [] // a note alone
        : [{ board, kernel, overlay: families(its), modprobe: modprobe.length > 0, cannot }],
    ),
  ]
}

/** The sound cards, those together that are alike in all of that. */
export const classes: string[][] = [
  ...Map.groupBy(cards, (id) =>
    JSON.stringify(decidedBy(catalogue.entry('soundcards', id, 'test').value)),
  ).values(),
]
