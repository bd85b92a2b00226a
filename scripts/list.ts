import { Command } from 'commander'
import { entry, folders, idsIn } from '../lib/catalogue.ts'
import type { Folder } from '../lib/catalogue.ts'
import { UserError } from '../lib/errors.ts'
import { didYouMean } from '../lib/nearest.ts'
import { root } from './session.ts'

export function listCommand(): Command {
  return new Command('list')
    .description('list what there is to choose from')
    .argument('[what]', 'boards, soundcards, tunings, bases, kernel or variants (all of them when left out)')
    .option('--json', 'for programs')
    .addHelpText('after', '\nExample:\n  ./downbeat list boards')
    .action((what: string | undefined, options: { json?: true }) => {
      const kinds = [...(Object.keys(folders) as Folder[]), 'variants']
      if (what !== undefined && !kinds.includes(what)) throw new UserError(`there is no list of "${what}"${didYouMean(what, kinds)}`)
      const found = Object.fromEntries(kinds.filter((kind) => what === undefined || kind === what).map((kind) => [kind, named(kind)]))
      if (options.json === true) return void process.stdout.write(`${JSON.stringify(found, null, 2)}\n`)
      for (const [kind, entries] of Object.entries(found)) {
        if (what === undefined) process.stdout.write(`${kind}\n`)
        const wide = Math.max(...Object.keys(entries).map((id) => id.length))
        for (const [id, name] of Object.entries(entries)) process.stdout.write(`  ${id.padEnd(wide)}  ${name}\n`)
      }
    })
}

/** id: the one line that says what it is. */
function named(kind: string): Record<string, string> {
  const ids = idsIn(root, kind)
  if (kind === 'variants') return Object.fromEntries(ids.map((id) => [id, `./downbeat build variants/${id}.yaml`]))
  return Object.fromEntries(
    ids.map((id) => {
      const { value } = entry(root, kind as Folder, id, kind)
      return [id, 'name' in value ? value.name : value.about]
    }),
  )
}
