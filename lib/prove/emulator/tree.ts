import { readFileSync, writeFileSync } from 'node:fs'
import type { Shell } from '../../engine/shell/shell.ts'
import type { Machine } from './emulator.ts'
import { graft } from './graft.ts'

/** The device tree that a machine is started with. */
export interface Tree {
  /** of the board, and the overlays that its firmware applies, as files */
  board: string
  overlays: readonly string[]
  /** where the tree of the machine has to be written */
  file: string
  /** a folder for what comes in between */
  work: string
}

/** Makes it: what the machine takes of the board's tree, with the overlays, and then with the edits. */
export async function writeTreeFor(
  $: Shell,
  { deviceTree }: Machine,
  { board, overlays, file, work }: Tree,
): Promise<void> {
  const { edits = [], grafted } = deviceTree ?? {}
  if (grafted) {
    const own = `${work}/machine.dtb`
    await $`qemu-system-aarch64 ${grafted.machine} -machine dumpdtb=${own} -display none >&2`
    writeFileSync(file, graft(readFileSync(own), readFileSync(board), grafted))
  } else await $`cp ${board} ${file}`
  await $`cd ${work}
    for overlay in ${overlays}; do fdtoverlay -i ${file} -o next.dtb "$overlay"; mv next.dtb ${file}; done
    edit() {
      how=$1; shift
      [ "$how" != -t ] || { how="$how $1"; shift; }
      ! fdtget -p ${file} "$1" >/dev/null 2>&1 || fdtput $how ${file} "$@"
    }
    for words in ${edits}; do edit $words; done`
}
