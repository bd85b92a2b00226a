import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { UserError } from '../lib/errors.ts'
import { jsonSchemas } from '../lib/json-schemas.ts'
import { root } from './session.ts'

export function schemasCommand(): Command {
  return new Command('schemas')
    .description('write schemas/*.json, with which editors check and complete the YAML files')
    .option('--check', 'only say whether they are up to date')
    .addHelpText('after', '\nExample:\n  ./downbeat schemas')
    .action((options: { check?: true }) => {
      mkdirSync(join(root, 'schemas'), { recursive: true })
      const stale = Object.entries(jsonSchemas()).filter(([file, text]) => {
        const path = join(root, 'schemas', file)
        return !existsSync(path) || readFileSync(path, 'utf8') !== text
      })
      if (options.check === true && stale.length > 0) throw new UserError(`schemas/${stale[0]![0]} is stale: run ./downbeat schemas`)
      for (const [file, text] of stale) writeFileSync(join(root, 'schemas', file), text)
      process.stdout.write(
        stale.length === 0 ? 'schemas/ is up to date\n' : `wrote ${stale.map(([file]) => `schemas/${file}`).join(', ')}\n`,
      )
    })
}
