import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { Command } from 'commander'
import { ProofError } from '../../lib/common/words/errors.ts'
import { lint } from '../lint/lint.ts'
import { root } from '../session/session.ts'

export function formatCommand(): Command {
  return new Command('format')
    .option('--check', 'change nothing, and fail where something is to be put right')
    .addHelpText('after', '\nExample:\n  ./downbeat format')
    .action(async ({ check }: { check?: true }) => {
      const oxfmt = [join(root, 'node_modules/.bin/oxfmt'), ...(check ? ['--check'] : []), '.']
      const { status } = spawnSync(process.execPath, oxfmt, { cwd: root, stdio: 'inherit' })
      if (status !== 0 || (await lint(check ? 'look' : 'write')) !== 0)
        throw new ProofError('the layout is not right, or shellcheck found something')
    })
}
