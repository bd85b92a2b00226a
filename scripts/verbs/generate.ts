import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Command } from 'commander'
import { UserError } from '../../lib/common/words/errors.ts'
import { jsonSchemas } from '../generate/json-schemas.ts'
import { settingsHeader } from '../../lib/plan/settings/text.ts'
import { tuningTable } from '../generate/tuning-table.ts'
import { root } from '../session/session.ts'

export function generateCommand(): Command {
  return new Command('generate')
    .option('--check', 'only say whether they are up to date')
    .addHelpText('after', '\nExample:\n  ./downbeat generate')
    .action((options: { check?: true }) => {
      const made = {
        ...Object.fromEntries(
          Object.entries(jsonSchemas()).map(([file, text]) => [`schemas/${file}`, text]),
        ),
        'docs/tunings.md': tuningTable(root),
        'packages/tools/settings/keys.h': settingsHeader(),
      }
      const stale = Object.entries(made).filter(([file, text]) => {
        const path = join(root, file)
        return !existsSync(path) || readFileSync(path, 'utf8') !== text
      })
      if (options.check === true && stale.length > 0)
        throw new UserError(`${stale[0]![0]} is stale: run ./downbeat generate`)
      for (const [file, text] of stale) {
        mkdirSync(dirname(join(root, file)), { recursive: true })
        writeFileSync(join(root, file), text)
      }
      process.stdout.write(
        stale.length === 0
          ? 'everything generated is up to date\n'
          : `wrote ${stale.map(([file]) => file).join(', ')}\n`,
      )
    })
}
