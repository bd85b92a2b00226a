import { join } from 'node:path'
import { Command } from 'commander'
import { UserError } from '../../lib/common/words/errors.ts'
import { didYouMean } from '../../lib/common/words/nearest.ts'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { addRecord } from '../proven/add.ts'
import { say } from '../session/print.ts'
import { out, root, shown } from '../session/session.ts'

interface Options {
  by?: string
  board?: string
}

export function provenCommand(): Command {
  return new Command('proven')
    .argument('<step>', 'add')
    .argument(
      '<what...>',
      'what downbeat-doctor --report has written on a real board; or the folder of an image that was built here',
    )
    .option('--by <name>', 'who has tried it on the board: a name that all may see')
    .option('--board <id>', 'of boards that call themselves the same, the one that it is')
    .addHelpText(
      'after',
      `
Writes a record of what was really tried into proven/, of which docs/proven.md is made. On a real board:

  sudo downbeat-doctor --report report.json

Examples:
  ./downbeat proven add report.json --by your-name
  ./downbeat proven add out/images/downbeat      # after ./downbeat build --boot
  ./downbeat generate                            # renews docs/proven.md`,
    )
    .action((step: string, what: string[], { by, board }: Options) => {
      if (step !== 'add')
        throw new UserError(`there is no step "${step}" of proven${didYouMean(step, ['add'])}`)
      const catalogue = openCatalogue(root)
      const today = new Date().toISOString().slice(0, 10)
      const images = join(out, 'images')
      for (const one of what)
        say(`wrote ${addRecord(catalogue, { what: one, by, board, images, shown, today })}`)
      say('then: ./downbeat generate')
    })
}
