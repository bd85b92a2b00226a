import { Command } from 'commander'
import { bytesOf, gib, itemsOf } from '../../lib/engine/cache/items.ts'
import { HostError } from '../../lib/common/words/errors.ts'
import { diskSpace } from '../session/disk-space.ts'
import { checkHost, requireHost } from '../session/host.ts'
import type { Check } from '../session/host.ts'
import { takeFolder } from '../../lib/engine/cache/own-folder.ts'
import { say, sayJson } from '../session/print.ts'
import { cacheBound, cacheFolder, oldCache, places } from '../session/session.ts'

export function doctorCommand(): Command {
  return new Command('doctor')
    .option('--json', 'for programs')
    .addHelpText('after', '\nExample:\n  ./downbeat doctor')
    .action(async (options: { json?: true }) => {
      const checks = [...(await checkHost(cacheFolder())), ...folders(), diskSpace()]
      if (options.json === true) sayJson(checks)
      else
        for (const { what, ok, found, mend, note } of checks)
          say(
            `${ok ? '✔' : '✖'} ${what}: ${found}`,
            ...(mend === undefined ? [] : [`    to mend it: ${mend}`]),
            ...(note === undefined ? [] : [`    note: ${note}`]),
          )
      requireHost(checks)
    })
}

function folders(): Check[] {
  const { out, cache } = places()
  const old = oldCache()
  return [
    folder('images and logs', out.path, () => takeFolder(out)),
    folder('cache', cache.path, () => {
      takeFolder(cache)
      return `, ${gib(bytesOf(itemsOf(cache.path)))} of ${cacheBound()} GiB (DOWNBEAT_CACHE_GIB) beside the compiler cache${old === undefined ? '' : `; ${old} is no longer used (./downbeat clean)`}`
    }),
  ]
}

function folder(what: string, path: string, take: () => string | void): Check {
  try {
    return { what, ok: true, found: `${path}${take() ?? ''}` }
  } catch (error) {
    if (error instanceof HostError)
      return { what, ok: false, found: error.message, mend: error.mend }
    throw error
  }
}
