import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Command } from 'commander'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import type { Entry } from '../../lib/engine/cache/cache.ts'
import { nameOf } from '../../lib/engine/cache/cache.ts'
import { UserError } from '../../lib/common/words/errors.ts'
import { keyOf } from '../../lib/engine/run/key.ts'
import { enoughSpace } from '../../lib/engine/run/make.ts'
import { didYouMean } from '../../lib/common/words/nearest.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { image } from '../../stages/image.ts'
import { jack } from '../../stages/jack.ts'
import { kernel } from '../../stages/kernel.ts'
import { rootfs } from '../../stages/rootfs.ts'
import { toolbox } from '../../stages/toolbox.ts'
import type { AnyStage } from '../../lib/engine/run/stage.ts'
import { downloadMemory } from '../bench/download-memory.ts'
import { flashing } from '../bench/flashing.ts'
import { unpacking, unpackingGib } from '../bench/unpacking.ts'
import type { Unpacking } from '../bench/unpacking.ts'
import { variantSeconds } from '../bench/variant.ts'
import { cpuOf, inTurn, wall } from '../bench/wall.ts'
import { say as sayLine } from '../session/print.ts'
import { cacheFolder, mirror, out, root, runStages } from '../session/session.ts'

const say = (what: string, figure: string): void => sayLine(`${what.padEnd(64)} ${figure}`)

/** Each row of figures, and how it is measured. */
const rows: Record<string, () => void | Promise<void>> = {
  nothing: () => {
    build()
    say('a build that has nothing to do', `${wall(() => build()).toFixed(2)} s`)
  },
  startup: () => {
    build()
    const downbeat = join(root, 'downbeat')
    const [node, help, nothing] = inTurn(
      [
        () => cpuOf(process.execPath, '-e', '0'),
        () => cpuOf(downbeat, 'help'),
        () => cpuOf(downbeat, 'build', '--quiet'),
      ],
      7,
    ) as [number, number, number]
    say(
      'help / a start of Node',
      `${help.toFixed(3)} / ${node.toFixed(3)} CPU s = ${(help / node).toFixed(1)} : 1 (limit 4)`,
    )
    say(
      'a build that has nothing to do / a start of Node',
      `${nothing.toFixed(3)} / ${node.toFixed(3)} CPU s = ${(nothing / node).toFixed(1)} : 1 (limit 8)`,
    )
  },
  variant: () => {
    build()
    const { variant, copy } = variantSeconds(join(folderOf(image, false), 'disk.img'))
    say(
      'an image that differs in a text / a sparse copy and its sha256',
      `${variant.toFixed(2)} / ${copy.toFixed(2)} s = ${(variant / copy).toFixed(1)} : 1`,
    )
  },
  image: () => {
    build()
    say(
      'the image of the same choices, written anew',
      `${wall(() => build('--until', 'image', '--fresh', 'image')).toFixed(2)} s, ${entryOf(image, false).wall_s.toFixed(2)} s of it the stage`,
    )
  },
  jack: () => {
    build('--until', 'jack')
    const [cold, again] = [coldly(jack), cpu(jack)]
    say(
      'packages of both JACK servers without / with a compiler cache',
      `${cold.toFixed(1)} / ${again.toFixed(1)} CPU s`,
    )
  },
  kernel: () => {
    build('--until', 'kernel')
    say('kernel with a warm compiler cache', `${cpu(kernel).toFixed(1)} CPU s`)
  },
  root: () => {
    const [twins, plain] = [cpu(rootfs), cpu(rootfs, '--plain-emulation')]
    say(
      'root with native twins / by plain emulation',
      `${twins.toFixed(1)} / ${plain.toFixed(1)} CPU s = 1 : ${(plain / twins).toFixed(1)}`,
    )
  },
  flash: () => {
    build()
    for (const [what, figure] of flashing(usual().name)) say(what, figure)
  },
  memory: async () => {
    const folder = mkdtempSync(join(out, 'bench-'))
    try {
      enoughSpace(folder, 1)
      const { mb } = await downloadMemory(500_000_000, folder)
      say('memory of a process that fetches 500 MB', `${mb.toFixed(0)} MB at most (limit 150)`)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
  unpacking: async () => {
    const { plain, unpack, rebuild } = await unpackingSeconds()
    const [both, ratio] = [unpack + rebuild, (unpack + rebuild) / plain]
    say(
      'an image of 3 GB taken apart and rebuilt / xz -dc and one copy',
      `${unpack.toFixed(1)} + ${rebuild.toFixed(1)} = ${both.toFixed(1)} / ${plain.toFixed(1)} s = ${ratio.toFixed(2)} : 1 (limit 2)`,
    )
  },
}

export function benchCommand(): Command {
  return new Command('bench')
    .argument('[rows...]', `some rows only: ${Object.keys(rows).join(', ')}`)
    .addHelpText('after', '\nExample:\n  ./downbeat bench')
    .action(async (asked: string[]) => {
      const unknown = asked.find((name) => !Object.hasOwn(rows, name))
      if (unknown !== undefined)
        throw new UserError(`there is no row "${unknown}"${didYouMean(unknown, Object.keys(rows))}`)
      mkdirSync(out, { recursive: true })
      for (const [name, measure] of Object.entries(rows))
        if (asked.length === 0 || asked.includes(name)) await measure()
    })
}

function build(...args: string[]): void {
  execFileSync(join(root, 'downbeat'), ['build', '--quiet', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

function cpu(stage: AnyStage, ...args: string[]): number {
  build('--until', stage.name, '--fresh', stage.name, ...args)
  const { usage } = entryOf(stage, args.includes('--plain-emulation'))
  return usage.user + usage.system
}

/**
 * What a stage that needs the toolbox alone costs without anything kept from before: in a cache of
 * its own.
 */
function coldly(stage: AnyStage): number {
  const folder = mkdtempSync(join(out, 'bench-'))
  try {
    const known = folderOf(toolbox, false)
    const cache = join(folder, 'cache')
    mkdirSync(cache)
    symlinkSync(known, join(cache, basename(known)))
    execFileSync(join(root, 'downbeat'), ['build', '--quiet', '--until', stage.name], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        DOWNBEAT_OUT: folder,
        DOWNBEAT_CACHE: cache,
        DOWNBEAT_NODE: process.execPath,
      },
    })
    const { usage } = entryOf(stage, false, cache)
    return usage.user + usage.system
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Measured anew each time: nothing of it stays. */
async function unpackingSeconds(): Promise<Unpacking> {
  enoughSpace(cacheFolder(), unpackingGib)
  const { made } = await runStages(usual(), [unpacking], { quiet: true, fresh: unpacking.name })
  const { folder, outputs } = made.get(unpacking.name)!
  const seconds = JSON.parse(readFileSync(outputs['seconds']!, 'utf8')) as Unpacking
  rmSync(folder, { recursive: true })
  return seconds
}

const usual = (plainEmulation = false): Plan =>
  resolve(openCatalogue(root), join(root, 'image.yaml'), [], { plainEmulation, mirror: mirror() })

const folderOf = (stage: AnyStage, plainEmulation: boolean, cache = cacheFolder()): string =>
  join(cache, nameOf(stage.name, keyOf(stage, usual(plainEmulation))))

function entryOf(stage: AnyStage, plainEmulation: boolean, cache?: string): Entry {
  return JSON.parse(
    readFileSync(join(folderOf(stage, plainEmulation, cache), 'entry.json'), 'utf8'),
  ) as Entry
}
