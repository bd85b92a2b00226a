import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Shell } from '../../lib/engine/shell/shell.ts'
import type { Plan, PlannedBoard } from '../../lib/plan/plan.ts'
import type { ProofResult } from '../../lib/plan/proofs/proof.ts'
import type { DriverlessData } from '../../lib/plan/schema/driverless.ts'
import { readTree } from '../../lib/prove/firmware/device-tree.ts'
import { fatFolder } from '../../lib/prove/firmware/fat-files.ts'
import { firmwareBoot } from '../../lib/prove/firmware/firmware.ts'
import { devicesOf, driversOf, judgeDevices } from '../../lib/prove/proof/drivers.ts'
import { releaseOf } from '../../lib/prove/proof/kernel-config.ts'
import type { Kernel } from '../../lib/prove/proof/kernel-config.ts'

/** What is looked at: the boards of an image, and which overlays they can get beside their own. */
interface Given {
  boards: readonly PlannedBoard[]
  driverless: readonly DriverlessData[]
  tried: NonNullable<Plan['overlays']>['tried']
}

/** The image: its FAT partition as a folder, its kernel, and its root file system for debugfs. */
interface Copied {
  fat: string
  kernel: Kernel
  fs: string
}

/**
 * For every board each device of its tree has a driver in the kernel of the image: with the overlays
 * that its firmware puts there, with those for another stepping of its chip before them, and with
 * each that belongs to another sound card. Parameters of overlays are not applied.
 */
export async function drivers(
  $: Shell,
  { boards, driverless, tried }: Given,
  { fat, kernel, fs }: Copied,
  work: string,
): Promise<ProofResult[]> {
  const release = releaseOf(kernel)
  const trees = boards.flatMap((board) => treesOf(board, fat, tried))
  const words = trees.map(({ base, overlays }, i) => [i, base, ...overlays].join(' '))
  await $`mkdir trees modules
    for list in alias builtin.modinfo; do
      debugfs -R "dump /usr/lib/modules/"${release}"/modules.$list modules/$list" ${fs} 2>/dev/null
    done
    make() {
      tree=${work}/trees/$1 base=$2; shift 2
      if [ $# = 0 ]; then cp "$base" "$tree"; else fdtoverlay -i "$base" -o "$tree" "$@"; fi
    }
    cd ${fat}; for words in ${words}; do make $words; done`
  const list = (name: string): string => {
    const file = join(work, 'modules', name)
    return existsSync(file) ? readFileSync(file, 'latin1') : ''
  }
  const driver = driversOf(kernel, { alias: list('alias'), builtin: list('builtin.modinfo') })
  return boards.map((board): ProofResult => {
    const found = trees.flatMap((tree, i) =>
      tree.board === board ? devicesOf(readTree(readFileSync(join(work, 'trees', `${i}`)))) : [],
    )
    const devices = new Map(found.map((one) => [JSON.stringify(one), one]))
    const { counts, lacking } = judgeDevices(
      [...devices.values()],
      driver,
      kernel.config,
      driverless.filter(({ socs }) => socs === undefined || socs.includes(board.soc)),
    )
    return {
      tuning: 'kernel',
      proof: `every device of ${board.name} has a driver`,
      where: 'image',
      expected: 'a driver by an option in kernel/fragments, or a reason in driverless.yaml',
      passed: devices.size > 0 && lacking.length === 0,
      seen:
        lacking.length > 0
          ? `none for ${lacking.join(', ')}`
          : `${devices.size} devices: ${Object.entries(counts)
              .map(([where, count]) => `${count} ${where}`)
              .join(', ')}`,
    }
  })
}

/** A device tree of a board, and overlays for it: files below the FAT partition. */
interface Tree {
  board: PlannedBoard
  base: string
  overlays: string[]
}

/** Every tree that a board can be started with; none, where the firmware would not find its own. */
function treesOf(board: PlannedBoard, fat: string, tried: Given['tried']): Tree[] {
  const loaded = loadedBy(board, fat)
  if (loaded === undefined) return []
  const { base, own } = loaded
  const file = (name: string): string => `overlays/${name}.dtbo`
  const steppings = board.stepping_overlays.map(file)
  const others = tried
    .filter(({ device_tree }) => device_tree === basename(base, '.dtb'))
    .map(({ overlay }) => file(overlay))
    .filter((overlay) => ![...own, ...steppings].includes(overlay))
  return [
    { board, base, overlays: own },
    ...steppings.map((stepping) => ({ board, base, overlays: [stepping, ...own] })),
    ...others.map((overlay) => ({ board, base, overlays: [overlay] })),
  ]
}

function loadedBy(board: PlannedBoard, fat: string): { base: string; own: string[] } | undefined {
  try {
    const { deviceTree, overlays } = firmwareBoot(fatFolder(fat), board)
    return { base: deviceTree, own: overlays.map(({ path }) => path) }
  } catch {
    return undefined // a proof of its own says so
  }
}
