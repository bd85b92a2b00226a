import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { removeOwn } from '../lib/cache.ts'
import { HostError, UserError } from '../lib/errors.ts'
import { lock } from '../lib/lock.ts'
import { createShell, enter } from '../lib/shell.ts'
import { out, ownMark } from './session.ts'

// The launcher keeps Node and npm's lock there, and runs from it just now.
const running = new Set(['node'])

export function cleanCommand(): Command {
  return new Command('clean')
    .description('remove what stages have made; downloads and the compiler cache stay, and so do images')
    .option('--all', 'downloads, compiler cache, logs and images too')
    .addHelpText('after', '\nExample:\n  ./downbeat clean')
    .action(async (options: { all?: true }) => {
      if (!existsSync(ownMark)) throw new UserError(`${out} was not made by downbeat: nothing removed`)
      const held = await lock(join(out, 'cache.lock'), { wait: false })
      if (!held) throw new HostError('a build is using the cache just now', 'wait for it to end, or stop it')
      const cache = join(out, 'cache')
      const there = existsSync(cache) ? readdirSync(cache) : []
      const doomed = there
        .filter((name) => !running.has(name) && (options.all === true || name !== 'kept'))
        .map((name) => join(cache, name))
      if (options.all === true) doomed.push(...['images', 'logs'].map((name) => join(out, name)))
      for (const path of doomed) await remove(path)
      held.release()
      process.stdout.write(
        `removed ${doomed.length} entries from ${out}${options.all === true ? '' : '; downloads, compiler cache and images stay (--all removes them too)'}\n`,
      )
    })
}

/** Unfinished trees of an ordinary user's build have owners that exist in a namespace only. */
async function remove(path: string): Promise<void> {
  if (removeOwn(path)) return
  const usage = { user: 0, system: 0, peak_kib: 0 }
  const shell = createShell({
    wrap: [...enter(false), 'bash', '-c'],
    onLine: (line) => process.stderr.write(`${line}\n`),
    signal: new AbortController().signal,
    usage,
    timeFile: join(out, 'clean.time'),
  })
  await shell`rm -rf ${path}`
}
