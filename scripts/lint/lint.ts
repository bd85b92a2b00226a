import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { quote } from '../../lib/common/quote.ts'
import { insideToolbox } from '../../lib/engine/sandbox/sandbox.ts'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { linters } from '../../stages/linters.ts'
import { mirror, root, runStages } from '../session/session.ts'

// node scripts/lint/lint.ts [--write]: looks at all shell, C and C++ of this repository, or puts
// its layout right.

const write = process.argv.includes('--write')
const plan = resolve(openCatalogue(root), join(root, 'image.yaml'), [], { mirror: mirror() })
const run = await runStages(plan, [linters], {})
const files = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '-z'],
  { cwd: root },
)
const empty = mkdtempSync(join(tmpdir(), 'downbeat-lint-'))
try {
  const inside = insideToolbox({
    root: empty,
    toolbox: run.made.get(linters.name)!.outputs['root']!,
    cwd: root,
    writable: write ? [root] : [],
    readable: write ? [] : [root],
    network: false,
  })
  const [program, ...args] = inside
  const script = `bash ${quote(join(root, 'scripts/lint/look.sh'))} ${quote(root)} ${write ? 'write' : 'look'}`
  process.exitCode =
    spawnSync(program!, [...args, script], { input: files, stdio: ['pipe', 'inherit', 'inherit'] })
      .status ?? 1
} finally {
  rmSync(empty, { recursive: true })
  await run.end()
}
