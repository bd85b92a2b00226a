import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { Interrupted, ProofError, UserError } from '../../lib/common/words/errors.ts'
import { didYouMean } from '../../lib/common/words/nearest.ts'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { say } from '../session/print.ts'
import { seconds } from '../session/report.ts'
import { root } from '../session/session.ts'

/**
 * A part of the tests: a title, and what to type for it, or the projects of vitest whose tests are
 * run and counted.
 */
type Part =
  | { title: string; run: string[] }
  | { title: string; projects: string[] }
  | { title: string; soundcards: string[] }

const bin = (name: string): string => join(root, 'node_modules', '.bin', name)
/** One worker a processor; one more where builds and boots wait for a disk, or for each other. */
const vitest = (projects: readonly string[]): string[] => [
  bin('vitest'),
  'run',
  `--maxWorkers=${availableParallelism() + (projects.includes('faults') ? 1 : 0)}`,
  ...projects.flatMap((name) => ['--project', name]),
  '--reporter=default',
  '--reporter=json',
]

/** The tests that each file of soundcards/ has, for some of these files alone. */
const ofSoundcards: string[] = [
  bin('vitest'),
  'run',
  '--project',
  'unit',
  'test/unit/each-soundcard.test.ts',
  '--reporter=default',
  '--reporter=json',
]
const SOUNDCARDS = 'soundcards/'

const built: Part = {
  title: 'the image, booted and heard',
  run: [join(root, 'downbeat'), 'build', '--boot'],
}

/** In the order in which they run: what is quick to fail comes first. */
const parts: Record<string, Part[]> = {
  check: [
    { title: 'types', run: [bin('tsc'), '-p', root] },
    {
      title: 'lint',
      run: [bin('oxlint'), '--type-aware', '--deny-warnings', 'lib', 'stages', 'scripts', 'test'],
    },
    { title: 'format, shell and C', run: [join(root, 'downbeat'), 'format', '--check'] },
    { title: 'dead code', run: [bin('knip')] },
    { title: 'generated files', run: [join(root, 'downbeat'), 'generate', '--check'] },
  ],
  unit: [
    { title: 'unit tests', projects: ['unit'] },
    { title: 'golden files', projects: ['golden'] },
  ],
  image: [built, { title: 'what the image promises', projects: ['image'] }],
  faults: [built, { title: 'faults and reproducibility', projects: ['faults'] }],
  long: [built, { title: 'exhaustive tests', projects: ['long'] }],
}

/**
 * What is left out unless it is named: the exhaustive forms of tests that the other parts have,
 * too.
 */
const LONG = 'long'

/** What came of a part. */
interface Result {
  title: string
  passed: number
  failed: number
  skipped: number
  seconds: number
}

export function testCommand(): Command {
  const usual = Object.keys(parts).filter((name) => name !== LONG)
  return new Command('test')
    .argument(
      '[parts...]',
      `${usual.join(', ')} (all of these when left out), or ${LONG}: their exhaustive forms, for hours; or a file of soundcards/: its own tests alone, in seconds`,
    )
    .addHelpText(
      'after',
      `\nExamples:\n  ./downbeat test unit\n  ./downbeat test ${SOUNDCARDS}my-card`,
    )
    .action(test)
}

async function test(asked: string[]): Promise<void> {
  const names = Object.keys(parts)
  const cards = asked.filter((name) => name.startsWith(SOUNDCARDS))
  if (cards.length > 0 && cards.length < asked.length)
    throw new UserError(
      `files of ${SOUNDCARDS} are tested alone: ./downbeat test ${cards.join(' ')}`,
    )
  for (const name of asked.filter((one) => !cards.includes(one)))
    if (!names.includes(name))
      throw new UserError(`there is no part "${name}" of the tests${didYouMean(name, names)}`)
  const wanted =
    asked.length === 0
      ? names.filter((name) => name !== LONG)
      : names.filter((name) => asked.includes(name))
  const reports = mkdtempSync(join(tmpdir(), 'downbeat-test-'))
  const results: Result[] = []
  let bad: string | undefined
  try {
    const its: Part[] = cards.length === 0 ? partsOf(wanted) : [partOf(cards)]
    for (const part of its) {
      const { result, passed } = await runPart(part, join(reports, `${results.length}.json`))
      results.push(result)
      if (!passed)
        bad =
          result.failed === 0 && result.skipped > 0
            ? `${part.title} (${result.skipped} skipped)`
            : part.title
      if (bad !== undefined) break
    }
  } finally {
    rmSync(reports, { recursive: true, force: true })
  }
  say('', ...table(results).split('\n'))
  if (bad !== undefined) throw new ProofError(`the tests failed: ${bad}`)
}

/** The tests of some files of soundcards/. Throws UserError for one that does not load. */
function partOf(cards: readonly string[]): Part {
  const catalogue = openCatalogue(root)
  const ids = cards.map((path) => path.slice(SOUNDCARDS.length).replace(/\.yaml$/, ''))
  for (const id of ids) catalogue.entry('soundcards', id, 'test')
  return { title: `tests of ${ids.join(', ')}`, soundcards: ids }
}

/**
 * What is to be run for some names. The tests that need the image are run together: their boots and
 * builds share the processors better.
 */
function partsOf(names: readonly string[]): Part[] {
  const both = ['image', 'faults'].every((name) => names.includes(name))
  const together: Part = { title: 'its promises, and faults', projects: ['image', 'faults'] }
  return [
    ...new Set(
      names.flatMap((name) =>
        both && name === 'image'
          ? [built, together]
          : both && name === 'faults'
            ? []
            : parts[name]!,
      ),
    ),
  ]
}

async function runPart(part: Part, report: string): Promise<{ result: Result; passed: boolean }> {
  const started = performance.now()
  say('', `== ${part.title}`)
  const json = `--outputFile.json=${report}`
  const status =
    'soundcards' in part
      ? await run([...ofSoundcards, json], { DOWNBEAT_SOUNDCARDS: part.soundcards.join(',') })
      : await run('projects' in part ? [...vitest(part.projects), json] : part.run)
  const counted = !('run' in part)
    ? count(report)
    : { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 }
  const result: Result = {
    title: part.title,
    ...counted,
    seconds: (performance.now() - started) / 1000,
  }
  const passed = status === 0 && counted.skipped === 0
  say(`== ${part.title}: ${passed ? 'passed' : 'FAILED'} in ${seconds(result.seconds)}`)
  return { result, passed }
}

/** What each part had, a line each, and all of them together. */
export function table(results: readonly Result[]): string {
  const sum = (key: 'passed' | 'failed' | 'skipped' | 'seconds'): number =>
    results.reduce((all, result) => all + result[key], 0)
  const all = {
    title: 'all',
    passed: sum('passed'),
    failed: sum('failed'),
    skipped: sum('skipped'),
    seconds: sum('seconds'),
  }
  const row = (
    title: string,
    passed: string,
    failed: string,
    skipped: string,
    time: string,
  ): string =>
    [
      title.padEnd(30),
      ...[passed, failed, skipped].map((word) => word.padStart(8)),
      time.padStart(14),
    ].join('')
  return [
    row('part', 'passed', 'failed', 'skipped', 'time'),
    ...[...results, all].map((one) =>
      row(one.title, `${one.passed}`, `${one.failed}`, `${one.skipped}`, seconds(one.seconds)),
    ),
  ].join('\n')
}

/** Shows what a command prints, lets Ctrl-C through to it, and hands a polite kill on. */
function run(argv: string[], more: Record<string, string> = {}): Promise<number> {
  return new Promise((done, fail) => {
    // this Node, for the tools of npm
    const path = `${join(process.execPath, '..')}:${process.env['PATH'] ?? ''}`
    const child = spawn(argv[0]!, argv.slice(1), {
      stdio: ['ignore', 'inherit', 'inherit'],
      cwd: root,
      env: { ...process.env, ...more, PATH: path },
    })
    const ignore = (): void => undefined // the child has it too: it decides how to end
    const handOn = (signal: NodeJS.Signals): void => void child.kill(signal)
    process.on('SIGINT', ignore)
    process.on('SIGTERM', handOn)
    child.once('error', fail)
    child.once('exit', (code, signal) => {
      process.off('SIGINT', ignore)
      process.off('SIGTERM', handOn)
      if (signal === 'SIGINT' || signal === 'SIGTERM' || code === 130)
        fail(new Interrupted('stopped'))
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
  return {
    passed: said.numPassedTests,
    failed: said.numFailedTests,
    skipped: said.numPendingTests + said.numTodoTests,
  }
}
