import { UserError } from '../../common/words/errors.ts'
import { didYouMean } from '../../common/words/nearest.ts'
import type { OverclockPlan, PlannedBoard } from '../plan.ts'
import type { Clocks } from '../schema/common.ts'
import type { ImageChoices } from '../schema/image.ts'
import type { Located } from '../catalogue/yaml.ts'

/**
 * The clocks that the image asks for: a preset of its boards, settings of its own, or the
 * firmware's. Refused with the reason: a preset that a board does not have, one that means
 * something else on each board of the image, and what is known to corrupt SD cards or to set the
 * warranty bit, unless that is accepted.
 */
export function planOverclock(
  { value: image, at }: Located<ImageChoices>,
  boards: readonly PlannedBoard[],
): OverclockPlan {
  const choice = image.overclock
  const place = `${at(['overclock'])} overclock:`
  if (choice === 'none')
    return { preset: 'none', settings: [], arm_freq: boards[0]!.clocks.arm_freq, force_turbo: true }
  if (typeof choice !== 'string' && new Set(boards.map(({ clocks }) => clocks.arm_freq)).size > 1)
    throw new UserError(
      `${place} settings of your own cannot fit ${boards.map(({ id }) => id).join(', ')} at once: make an image for each`,
    )
  const [first, ...others] = boards.map((board) =>
    typeof choice === 'string' ? presetOf(board, choice, place) : choice,
  )
  const settings = Object.entries(first!).map(([key, setting]) => `${key}=${setting}`)
  const differs = others.findIndex((other) => JSON.stringify(other) !== JSON.stringify(first))
  if (differs >= 0)
    throw new UserError(
      `${place} ${JSON.stringify(choice)} means other clocks on ${boards[differs + 1]!.id} than on ${boards[0]!.id}: make an image for each`,
    )
  for (const board of boards) refuseRisks(board, first!, image, place)
  return {
    preset: typeof choice === 'string' ? choice : 'custom',
    settings,
    arm_freq: first!.arm_freq!,
    force_turbo:
      needsForceTurbo(first!) ||
      ((first!.over_voltage ?? 0) <= 0 && (first!.over_voltage_delta ?? 0) === 0),
  }
}

function presetOf(board: PlannedBoard, preset: string, place: string): Clocks {
  const presets = Object.keys(board.overclock)
  const found = Object.hasOwn(board.overclock, preset) ? board.overclock[preset] : undefined
  if (found) return found
  throw new UserError(
    presets.length === 0
      ? `${place} ${board.name} has no presets: raspi-config says that it cannot be overclocked. Settings of your own: overclock: { arm_freq: … }`
      : `${place} ${board.name} has no preset "${preset}"${didYouMean(preset, presets)}`,
  )
}

function refuseRisks(
  board: PlannedBoard,
  clocks: Clocks,
  { root, accept }: ImageChoices,
  place: string,
): void {
  const limit = board.core_freq_limit
  if (
    limit !== undefined &&
    (clocks.core_freq ?? 0) > limit &&
    root === 'sd' &&
    !accept.includes('sd-corruption')
  ) {
    throw new UserError(
      `${place} core_freq=${clocks.core_freq} on ${board.name}: above ${limit} MHz SD cards have been corrupted. Put the root file system on a USB drive (root: usb), or use a card that is known to bear it and say so (accept: [sd-corruption])`,
    )
  }
  // overclocking.adoc: "SDRAM overclocking on Raspberry Pi 4 or newer is not supported"
  if (clocks.sdram_freq !== undefined && (board.soc === 'bcm2711' || board.soc === 'bcm2712'))
    throw new UserError(
      `${place} sdram_freq cannot be changed on ${board.name}; only the boards up to the Pi 3 have that setting`,
    )
  if (needsForceTurbo(clocks) && !accept.includes('warranty')) {
    throw new UserError(
      `${place} over_voltage=${clocks.over_voltage} works only with force_turbo=1, and the two together set the bit that voids the warranty of ${board.name}. At most 6, or accept: [warranty]`,
    )
  }
}

/**
 * Above 6 the firmware takes over_voltage only together with force_turbo=1. That pair, whatever the
 * voltage above 0, sets the warranty bit for good (raspberrypi/documentation, overclocking.adoc),
 * so lower voltages go without force_turbo.
 */
const needsForceTurbo = ({ over_voltage }: Clocks): boolean => (over_voltage ?? 0) > 6
