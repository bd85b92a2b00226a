import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Command } from 'commander'
import type { Entry } from '../lib/cache.ts'
import { openCache } from '../lib/cache.ts'
import { keyOf } from '../lib/make.ts'
import { resolve } from '../lib/resolve.ts'
import { image } from '../stages/image.ts'
import { jack } from '../stages/jack.ts'
import { kernel } from '../stages/kernel.ts'
import { rootfs } from '../stages/rootfs.ts'
import { toolbox } from '../stages/toolbox.ts'
import type { AnyStage } from '../lib/stage.ts'
import { mirror, out, root } from './session.ts'

export function benchCommand(): Command {
  return new Command('bench')
    .description('measure what this project says about its speed, as ratios in one run on this machine')
    .addHelpText('after', '\nExample:\n  ./downbeat bench')
    .action(() => {
      const say = (what: string, figure: string): void => void process.stdout.write(`${what.padEnd(64)} ${figure}\n`)
      const cpu = (stage: AnyStage, ...args: string[]): number => {
        build('--until', stage.name, '--fresh', stage.name, ...args)
        const { usage } = entryOf(stage, args.includes('--plain-emulation'))
        return usage.user + usage.system
      }
      build()
      say('a build that has nothing to do', `${wall(() => build()).toFixed(2)} s`)
      say(
        'the image of the same choices, written anew',
        `${wall(() => build('--until', 'image', '--fresh', 'image')).toFixed(2)} s, ${entryOf(image, false).wall_s.toFixed(2)} s of it the stage`,
      )
      const [cold, again] = [coldly(jack), cpu(jack)]
      say('packages of both JACK servers without / with a compiler cache', `${cold.toFixed(1)} / ${again.toFixed(1)} CPU s`)
      const warm = cpu(kernel)
      say('kernel with a warm compiler cache', `${warm.toFixed(1)} CPU s`)
      const [twins, plain] = [cpu(rootfs), cpu(rootfs, '--plain-emulation')]
      say(
        'root with native twins / by plain emulation',
        `${twins.toFixed(1)} / ${plain.toFixed(1)} CPU s = 1 : ${(plain / twins).toFixed(1)}`,
      )
      for (const [what, figure] of flashing()) say(what, figure)
    })
}

/** Writing the image to a file, by flash and by what else there is: the best of three each, one after the other. */
function flashing(): [what: string, figure: string][] {
  const { name } = resolve(root, join(root, 'image.yaml'), [], { mirror: mirror() })
  const folder = mkdtempSync(join(out, 'bench-'))
  try {
    const [image, card, map] = ['x.img', 'card', 'x.img.bmap'].map((file) => join(folder, file)) as [string, string, string]
    symlinkSync(join(out, 'images', name, `${name}.img`), image) // the block map is looked for beside the link
    writeFileSync(card, '')
    truncateSync(card, statSync(image).size)
    const dd = (): void => void execFileSync('dd', [`if=${image}`, `of=${card}`, 'bs=4M', 'conv=fsync,notrunc', 'status=none'])
    const bmaptool = (...args: string[]): void => void execFileSync('bmaptool', ['--quiet', ...args])
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
    const rows: [string, string][] = [['all of the image to a file: flash, but for reading back / dd', compared(dd)]]
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
  const said = execFileSync(join(root, 'downbeat'), ['flash', image, card, '--yes'], { encoding: 'utf8' })
  const [, size, unit, rate] = /✔ .*: ([\d.]+) ([MG])B written in .*? \(([\d.]+) MB\/s\)/.exec(said)!
  return (Number(size) * (unit === 'G' ? 1000 : 1)) / Number(rate)
}

function build(...args: string[]): void {
  execFileSync(join(root, 'downbeat'), ['build', '--quiet', ...args], { stdio: ['ignore', 'ignore', 'inherit'] })
}

/** What a stage that needs the toolbox alone costs without anything kept from before: in a folder of results of its own. */
function coldly(stage: AnyStage): number {
  const folder = mkdtempSync(join(out, 'bench-'))
  try {
    const known = folderOf(toolbox, false)
    mkdirSync(join(folder, 'cache'))
    symlinkSync(known, join(folder, 'cache', basename(known)))
    execFileSync(join(root, 'downbeat'), ['build', '--quiet', '--until', stage.name], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DOWNBEAT_OUT: folder, DOWNBEAT_NODE: process.execPath },
    })
    const { usage } = entryOf(stage, false, join(folder, 'cache'))
    return usage.user + usage.system
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function wall(work: () => void): number {
  const started = performance.now()
  work()
  return (performance.now() - started) / 1000
}

function folderOf(stage: AnyStage, plainEmulation: boolean, cache = join(out, 'cache')): string {
  const plan = resolve(root, join(root, 'image.yaml'), [], { plainEmulation, mirror: mirror() })
  return openCache(cache).folder(stage.name, keyOf(stage, plan))
}

function entryOf(stage: AnyStage, plainEmulation: boolean, cache?: string): Entry {
  return JSON.parse(readFileSync(join(folderOf(stage, plainEmulation, cache), 'entry.json'), 'utf8')) as Entry
}
