import { statfsSync, mkdirSync } from 'node:fs'
import { Command } from 'commander'
import { checkHost, requireHost } from '../lib/host.ts'
import type { Check } from '../lib/host.ts'
import { out } from './session.ts'

const WANTED_GIB = 8

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('say whether this machine can build, and what to do where it cannot')
    .option('--json', 'for programs')
    .addHelpText('after', '\nExample:\n  ./downbeat doctor')
    .action((options: { json?: true }) => {
      const checks = [...checkHost(), diskSpace()]
      if (options.json === true) process.stdout.write(`${JSON.stringify(checks, null, 2)}\n`)
      else
        for (const { what, ok, found, mend } of checks)
          process.stdout.write(`${ok ? '✔' : '✖'} ${what}: ${found}${mend === undefined ? '' : `\n    to mend it: ${mend}`}\n`)
      requireHost(checks)
    })
}

function diskSpace(): Check {
  mkdirSync(out, { recursive: true })
  const { bavail, bsize } = statfsSync(out)
  const free = (bavail * bsize) / 2 ** 30
  const ok = free >= WANTED_GIB
  return {
    what: 'free disk space',
    ok,
    found: `${free.toFixed(1)} GiB (a first build needs about ${WANTED_GIB})`,
    ...(ok ? {} : { mend: './downbeat clean' }),
  }
}
