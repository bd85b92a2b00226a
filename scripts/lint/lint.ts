import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { quote } from '../../lib/common/quote.ts'
import { HostError } from '../../lib/common/words/errors.ts'
import { sandboxed } from '../../lib/engine/sandbox/sandbox.ts'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { linters } from '../../stages/linters.ts'
import { mirror, root, runStages } from '../session/session.ts'

/**
 * Looks at all shell, C and C++ of this repository, or puts its layout right. Gives the exit status
 * of look.sh. Errors: those of `runStages`; HostError: this is no clone.
 */
export async function lint(how: 'look' | 'write'): Promise<number> {
  const files = filesOfClone()
  const plan = resolve(openCatalogue(root), join(root, 'image.yaml'), [], {
    mirror: mirror(),
    alone: true,
  })
  const run = await runStages(plan, [linters], {})
  try {
    const [program, ...args] = sandboxed({
      toolbox: run.made.get(linters.name)!.outputs['root']!,
      cwd: root,
      writable: how === 'write' ? [root] : [],
      readable: how === 'write' ? [] : [root],
      network: false,
      mounts: false,
    })
    const script = ['bash', join(root, 'scripts/lint/look.sh'), root, how].map(quote).join(' ')
    const stdio = ['pipe', 'inherit', 'inherit'] as const
    return spawnSync(program!, [...args, script], { input: files, stdio: [...stdio] }).status ?? 1
  } finally {
    await run.end()
  }
}

/** The names of its files, each ended by a NUL. */
function filesOfClone(): Buffer {
  const words = ['ls-files', '--cached', '--others', '--exclude-standard', '-z']
  try {
    return execFileSync('git', words, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] })
  } catch {
    throw new HostError(`git lists no files of ${root}`, 'clone the repository, as its owner')
  }
}
