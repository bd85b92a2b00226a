import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { Interrupted, ProofError, UserError } from '../lib/errors.ts'
import { didYouMean } from '../lib/nearest.ts'
import { seconds } from '../lib/report.ts'
import { root } from './session.ts'

/** A part of the tests: a title, and what to type for it. `vitest` parts count their tests. */
interface Part {
  title: string
  run: string[]
  vitest?: true
}

const bin = (name: string): string => join(root, 'node_modules', '.bin', name)
const project = (name: string): string[] => [bin('vitest'), 'run', '--project', name]

/** In the order in which they run: what is quick to fail comes first. */
const parts: Record<string, Part[]> = {
  check: [
    { title: 'types', run: [bin('tsc'), '-p', root] },
    { title: 'lint', run: [bin('oxlint'), '--type-aware', '--deny-warnings', 'lib', 'stages', 'scripts', 'test'] },
    { title: 'format', run: [bin('oxfmt'), '--check', '.'] },
    { title: 'dead code', run: [bin('knip')] },
    { title: 'generated files', run: [join(root, 'downbeat'), 'generate', '--check'] },
  ],
  unit: [
    { title: 'unit tests', run: project('unit'), vitest: true },
    { title: 'golden files', run: project('golden'), vitest: true },
  ],
  image: [
    { title: 'the image, booted and heard', run: [join(root, 'downbeat'), 'build', '--boot'] },
    { title: 'what the image promises', run: project('image'), vitest: true },
  ],
  faults: [{ title: 'faults and reproducibility', run: project('faults'), vitest: true }],
}

export function testCommand(): Command {
  return new Command('test')
    .argument('[parts...]', `${Object.keys(parts).join(', ')} (all of them when left out)`)
    .addHelpText('after', '\nExample:\n  ./downbeat test unit')
    .action(test)
}

async function test(wanted: string[]): Promise<void> {
  const names = Object.keys(parts)
  for (const name of wanted)
    if (!names.includes(name)) throw new UserError(`there is no part "${name}" of the tests${didYouMean(name, names)}`)
  const results = mkdtempSync(join(tmpdir(), 'downbeat-test-'))
  const total = { passed: 0, failed: 0, skipped: 0 }
  const bad: string[] = []
  try {
    for (const [i, part] of names
      .filter((name) => wanted.length === 0 || wanted.includes(name))
      .flatMap((name) => parts[name]!)
      .entries()) {
      const report = join(results, `${i}.json`)
      const started = performance.now()
      process.stdout.write(`\n== ${part.title}\n`)
      const status = await run([
        ...part.run,
        ...(part.vitest === true ? ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`] : []),
      ])
      const counted = part.vitest === true ? count(report) : { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 }
      for (const key of ['passed', 'failed', 'skipped'] as const) total[key] += counted[key]
      process.stdout.write(`== ${part.title}: ${status === 0 ? 'passed' : 'FAILED'} in ${seconds((performance.now() - started) / 1000)}\n`)
      if (status !== 0 || counted.skipped > 0) bad.push(status === 0 ? `${part.title} (${counted.skipped} skipped)` : part.title)
      if (bad.length > 0) break
    }
  } finally {
    rmSync(results, { recursive: true, force: true })
  }
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`)
  if (bad.length > 0) throw new ProofError(`the tests failed: ${bad.join(', ')}`)
}

/** Shows what a command prints, and lets Ctrl-C through to it. */
function run(argv: string[]): Promise<number> {
  return new Promise((done, fail) => {
    const path = `${join(process.execPath, '..')}:${process.env['PATH'] ?? ''}` // this Node, for the tools of npm
    const child = spawn(argv[0]!, argv.slice(1), {
      stdio: ['ignore', 'inherit', 'inherit'],
      cwd: root,
      env: { ...process.env, PATH: path },
    })
    const ignore = (): void => undefined // the child has it too: it decides how to end
    process.on('SIGINT', ignore)
    child.once('error', fail)
    child.once('exit', (code, signal) => {
      process.off('SIGINT', ignore)
      if (signal === 'SIGINT' || code === 130) fail(new Interrupted('stopped'))
      else done(code ?? 1)
    })
  })
}

function count(file: string): { passed: number; failed: number; skipped: number } {
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 }
  const said = JSON.parse(readFileSync(file, 'utf8')) as {
    numPassedTests: number
    numFailedTests: number
    numPendingTests: number
    numTodoTests: number
  }
  return { passed: said.numPassedTests, failed: said.numFailedTests, skipped: said.numPendingTests + said.numTodoTests }
}
