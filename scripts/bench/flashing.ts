import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { out, root } from '../session/session.ts'
import { wall } from './wall.ts'

/**
 * Writing the image to a file, by flash and by what else there is: the best of three each, one
 * after the other.
 */
export function flashing(name: string): [what: string, figure: string][] {
  const folder = mkdtempSync(join(out, 'bench-'))
  try {
    const [image, card, map] = ['x.img', 'card', 'x.img.bmap'].map((file) =>
      join(folder, file),
    ) as [string, string, string]
    // the block map is looked for beside the link
    symlinkSync(join(out, 'images', name, `${name}.img`), image)
    writeFileSync(card, '')
    truncateSync(card, statSync(image).size)
    const dd = (): void =>
      void execFileSync('dd', [
        `if=${image}`,
        `of=${card}`,
        'bs=4M',
        'conv=fsync,notrunc',
        'status=none',
      ])
    const bmaptool = (...args: string[]): void =>
      void execFileSync('bmaptool', ['--quiet', ...args])
    const compared = (other: () => void): string => {
      const [theirs, ours]: [number[], number[]] = [[], []]
      for (let i = 0; i < 3; i++) {
        theirs.push(wall(other))
        ours.push(writing(image, card))
      }
      const [a, b] = [Math.min(...ours), Math.min(...theirs)]
      return `${a.toFixed(2)} / ${b.toFixed(2)} s = 1 : ${(b / a).toFixed(1)}`
    }
    dd() // so that the file has its room, for all alike
    const rows: [string, string][] = [
      ['all of the image to a file: flash, but for reading back / dd', compared(dd)],
    ]
    const mapped = 'its mapped blocks: flash, but for reading back / bmaptool'
    try {
      bmaptool('create', image, '--output', map)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      return [...rows, [mapped, 'bmaptool is not on this machine']]
    }
    return [...rows, [mapped, compared(() => bmaptool('copy', '--bmap', map, image, card))]]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Seconds that flash takes to write, of what it says about itself: the others do not read back. */
function writing(image: string, card: string): number {
  const said = execFileSync(join(root, 'downbeat'), ['flash', image, card, '--yes'], {
    encoding: 'utf8',
  })
  const [, size, unit, rate] = /✔ .*: ([\d.]+) ([MG])B written in .*? \(([\d.]+) MB\/s\)/.exec(
    said,
  )!
  return (Number(size) * (unit === 'G' ? 1000 : 1)) / Number(rate)
}
