import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { compiled, countIn } from '../fuzzing/compiled.ts'
import { built } from '../fuzzing/ext2tar/built.ts'
import type { Bounds, Outcome, Target } from '../fuzzing/target.ts'
import { root } from '../session/session.ts'

const scripts = join(root, 'scripts/fuzzing/ext2tar')

async function fuzz({ folder, seed, runs, ms, say, signal }: Bounds): Promise<Outcome> {
  const { outputs, inSandbox, end } = await compiled(built, folder, [scripts])
  const before = new Set(readdirSync(folder))
  try {
    const finite = (number: number): string =>
      String(Number.isFinite(number) ? Math.ceil(number) : 0)
    const files = [join(scripts, 'run.sh'), outputs['program']!, outputs['seeds']!, folder]
    const bounds = [finite(runs), finite(ms / 1000), String(seed)]
    say('AFL++ tries it')
    const [program, ...args] = inSandbox(['bash', ...files, ...bounds])
    const said = await output(program, args, signal)
    const found = readdirSync(folder).filter((name) => !before.has(name))
    return {
      inputs: countIn(/^inputs (\d+)$/m.exec(said)),
      findings: found.map((name) => ({
        file: join(folder, name),
        why: name.includes('hang') ? 'takes too much work' : 'ends in a fault of memory or of C',
      })),
    }
  } finally {
    await end()
  }
}

/** What a command prints. Whatever else it says is for people. */
async function output(program: string, args: string[], signal: AbortSignal): Promise<string> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], signal })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (more: string) => (text += more))
  const { promise, resolve: done, reject } = Promise.withResolvers<number | null>()
  child.once('error', (error) => (signal.aborted ? done(0) : reject(error))).once('close', done)
  if ((await promise) !== 0 && !signal.aborted)
    throw new Error('the fuzzer ended badly (its words are above)')
  return text
}

export const target: Target = {
  about: 'a file system of somebody else (AFL++, with sanitizers): no fault, and not too much work',
  fuzz,
}
