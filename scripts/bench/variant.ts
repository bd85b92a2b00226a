import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { nameOf } from '../../lib/engine/cache/cache.ts'
import { keyOf } from '../../lib/engine/run/key.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { configure } from '../../stages/configure.ts'
import { image } from '../../stages/image.ts'
import { verify } from '../../stages/verify.ts'
import { cacheFolder, mirror, out, root } from '../session/session.ts'
import { inTurn, wall } from './wall.ts'

/**
 * Seconds from the command to the finished image, where just a text of it is new, and of a sparse
 * copy of an image with its sha256.
 */
export function variantSeconds(disk: string): { variant: number; copy: number } {
  const folder = mkdtempSync(join(out, 'bench-'))
  const names: string[] = []
  const build = (): void => {
    names.push(`hostname=bench-${process.pid}-${names.length}`)
    const env = { ...process.env, DOWNBEAT_OUT: join(folder, 'out') }
    execFileSync(join(root, 'downbeat'), ['build', '--quiet', '--set', names.at(-1)!], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env,
    })
  }
  const script = 'cp --sparse=always "$1" "$2" && sha256sum "$2"'
  const plainly = (): void =>
    void execFileSync('sh', ['-ec', script, 'sh', disk, join(folder, 'copy')], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  try {
    const [variant, copy] = inTurn([() => wall(build), () => wall(plainly)], 5) as [number, number]
    return { variant, copy }
  } finally {
    rmSync(folder, { recursive: true, force: true })
    for (const name of names) {
      const plan = resolve(openCatalogue(root), join(root, 'image.yaml'), [name], {
        plainEmulation: false,
        mirror: mirror(),
      })
      for (const stage of [configure, image, verify])
        rmSync(join(cacheFolder(), nameOf(stage.name, keyOf(stage, plan))), {
          recursive: true,
          force: true,
        })
    }
  }
}
