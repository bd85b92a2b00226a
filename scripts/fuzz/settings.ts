import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { compiled, countIn } from '../fuzzing/compiled.ts'
import { built, forms } from '../fuzzing/settings/built.ts'
import type { Bounds, Outcome, Target } from '../fuzzing/target.ts'

/** An input that takes so many seconds takes too many. */
const SLOW = 20

async function fuzz({ folder, seed, runs, ms, say, signal }: Bounds): Promise<Outcome> {
  const { outputs, inSandbox, end } = await compiled(built, folder)
  const corpus = join(folder, 'corpus')
  const before = new Set(readdirSync(folder))
  mkdirSync(corpus, { recursive: true })
  try {
    const options = {
      seed,
      max_len: 4096,
      timeout: SLOW,
      artifact_prefix: `${folder}/`,
      print_final_stats: 1,
      detect_leaks: 0, // a reader ends with its process
      ...(Number.isFinite(runs) ? { runs: Math.ceil(runs) } : {}),
      ...(Number.isFinite(ms) ? { max_total_time: Math.ceil(ms / 1000) } : {}),
    }
    const words = Object.entries(options).map(([name, value]) => `-${name}=${value}`)
    const [program, ...args] = inSandbox([outputs['program']!, ...words, corpus, outputs['seeds']!])
    const said = await output(program, args, say, signal)
    const found = readdirSync(folder).filter((name) => !before.has(name) && name !== 'corpus')
    return {
      inputs: countIn(/^stat::number_of_executed_units: (\d+)$/m.exec(said)),
      findings: found.map((name) => ({ file: asFile(join(folder, name)), why: whyOf(said) })),
    }
  } finally {
    await end()
  }
}

/** What was found, as the file of a boot partition; beside it. */
function asFile(found: string): string {
  const [first = 0, ...rest] = readFileSync(found)
  const file = join(`${found}.partition`, forms[first % forms.length]!)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, Buffer.from(rest))
  return file
}

/** What libFuzzer, a sanitizer or target.cc says of an input. */
const whyOf = (said: string): string =>
  said
    .split('\n')
    .filter((line) => /^wrong: |runtime error: |^SUMMARY: |^==\d+== ?ERROR: /.test(line))
    .slice(0, 3)
    .join('\n')

/** All that libFuzzer says, but for what it says of each new way; `say` is told how far it is. */
async function output(
  program: string,
  args: string[],
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], signal })
  const lines: string[] = []
  let [rest, told] = ['', 0]
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop()!
    for (const line of parts) {
      const count = Number(/^#(\d+)\s/.exec(line)?.[1] ?? -1)
      if (count < 0) lines.push(line)
      else if (count >= told + 10_000) say(`${(told = count)} inputs`)
    }
  })
  const { promise, resolve: done, reject } = Promise.withResolvers<void>()
  child
    .once('error', (error) => (signal.aborted ? done() : reject(error)))
    .once('close', () => done())
  await promise
  return [...lines, rest].join('\n')
}

export const target: Target = {
  about:
    'files of settings, in every form (libFuzzer, with sanitizers): no fault, no secret that stays',
  fuzz,
}
