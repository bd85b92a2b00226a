import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import type { Entry } from '../lib/cache.ts'
import { openCache } from '../lib/cache.ts'
import { keyOf } from '../lib/make.ts'
import { resolve } from '../lib/resolve.ts'
import { image } from '../stages/image.ts'
import { kernel } from '../stages/kernel.ts'
import { rootfs } from '../stages/rootfs.ts'
import type { AnyStage } from '../lib/stage.ts'
import { out, root } from './session.ts'

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

function wall(work: () => void): number {
  const started = performance.now()
  work()
  return (performance.now() - started) / 1000
}

function entryOf(stage: AnyStage, plainEmulation: boolean): Entry {
  const plan = resolve(root, join(root, 'image.yaml'), [], { plainEmulation })
  return JSON.parse(readFileSync(join(openCache(join(out, 'cache')).folder(stage.name, keyOf(stage, plan)), 'entry.json'), 'utf8')) as Entry
}
