import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { FatFiles } from './firmware.ts'
import { overlayMap } from './overlay-map.ts'

/** The files of a FAT partition that was copied into a folder, for the model of the firmware. */
export function fatFolder(dir: string): FatFiles {
  const map = join(dir, 'overlays/overlay_map.dtb')
  return {
    ...(existsSync(map) ? { overlayMap: overlayMap(readFileSync(map)) } : {}),
    read: (path) =>
      existsSync(join(dir, path)) ? readFileSync(join(dir, path), 'utf8') : undefined,
    has: (path) => existsSync(join(dir, path)) && statSync(join(dir, path)).isFile(),
    list: () =>
      readdirSync(dir, { recursive: true, withFileTypes: true })
        .filter((found) => found.isFile())
        .map((found) => relative(dir, join(found.parentPath, found.name))),
  }
}
