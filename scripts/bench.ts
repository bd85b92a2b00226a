import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
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
    })
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
