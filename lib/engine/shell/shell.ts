import { readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import type * as Zx from 'zx/core'
import type { ProcessPromise } from 'zx/core'
import { ENVIRONMENT, PRELUDE } from '../sandbox/surroundings.ts'
import { lines } from './lines.ts'

/** user + system seconds, children included, and the largest single process in KiB. */
export interface Usage {
  user: number
  system: number
  peak_kib: number
}

/** A command that ended badly; its last lines are in the log. */
export class CommandError extends Error {
  override name = 'CommandError'
}

/**
 * Runs a bash script (errexit, nounset, pipefail). Values are quoted, lists become several words,
 * as in zx.
 */
export interface Shell {
  (pieces: TemplateStringsArray, ...values: unknown[]): Promise<void>
  /** The same, and gives back what it printed, without the last line end. */
  text(pieces: TemplateStringsArray, ...values: unknown[]): Promise<string>
  /** Starts a script to talk to: its output comes to `onText` as it is written. */
  start(
    onText: (text: string) => void,
  ): (pieces: TemplateStringsArray, ...values: unknown[]) => Conversation
}

/** A running script. */
export interface Conversation {
  write(text: string): void
  /** Says that nothing more will be said: its input ends. */
  end: () => void
  /** Ends it and everything it started. */
  kill: () => void
  /** Settles when it has ended; fails as a command does, but not when it was killed by `kill`. */
  ended: Promise<void>
}

export interface ShellOptions {
  /** argv in front of the script; empty: on the host */
  wrap: string[]
  /** a line that a command printed */
  onLine: (line: string) => void
  signal: AbortSignal
  /** added to with every command */
  usage: Usage
  /** where files for GNU time's figures begin, one for each command */
  timeFile: string
  env?: Record<string, string>
}

// Loaded when there is something to run, which most builds have not.
const load = createRequire(import.meta.url)
const zx = (): typeof Zx => load('zx/core') as typeof Zx

/**
 * Puts values into a script, quoted. The text between them is taken as it is written, backslashes
 * too, but for \\${ and \\`.
 */
export function script(pieces: TemplateStringsArray, values: unknown[]): string {
  const { quote } = zx()
  const words = values.map((value) =>
    Array.isArray(value) ? value.map((one) => quote(String(one))).join(' ') : quote(String(value)),
  )
  return pieces.raw
    .map((piece, i) => piece.replace(/\\(?=\$\{|`)/g, '') + (words[i] ?? ''))
    .join('')
}

/** A command that runs, and the file in which it will say what it cost. */
interface Begun {
  child: ProcessPromise
  timeFile: string
}

/** A Shell whose children die with this process, whatever way it dies (setpriv --pdeathsig). */
export function createShell(options: ShellOptions): Shell {
  let commands = 0
  const begin = (
    pieces: TemplateStringsArray,
    values: unknown[],
    input: 'ignore' | 'pipe',
  ): Begun => {
    if (options.signal.aborted) throw new CommandError('stopped')
    const timeFile = `${options.timeFile}-${(commands += 1)}`
    const body = `${PRELUDE}${script(pieces, values)}`
    const dying = ['setpriv', '--pdeathsig', 'KILL']
    const argv = [
      ...dying,
      'time',
      '-q',
      '-o',
      timeFile,
      '-f',
      '%U %S %M',
      ...dying,
      ...(options.wrap.length > 0 ? options.wrap : ['bash', '-c']),
      body,
    ]
    const child = zx().$({
      quiet: true,
      nothrow: true,
      detached: true,
      env: { ...ENVIRONMENT, ...options.env },
      stdio: [input, 'pipe', 'pipe'],
    })`exec ${argv}`
    return { child, timeFile }
  }
  const finish = async ({ child, timeFile }: Begun): Promise<void> => {
    const stop = (): void => killGroup(child.pid)
    options.signal.addEventListener('abort', stop)
    const err = lines(options.onLine)
    child.stderr.on('data', err.push)
    const result = await child.finally(() => options.signal.removeEventListener('abort', stop))
    err.end()
    addUsage(options.usage, timeFile)
    if (options.signal.aborted) throw new CommandError('stopped')
    if (result.exitCode !== 0)
      throw new CommandError(
        result.signal ? `ended by ${result.signal}` : `exit status ${result.exitCode}`,
      )
  }
  const run = async (
    pieces: TemplateStringsArray,
    values: unknown[],
    take: (line: string) => void,
  ): Promise<void> => {
    const begun = begin(pieces, values, 'ignore')
    const out = lines(take)
    begun.child.stdout.on('data', out.push)
    await finish(begun).finally(out.end)
  }
  const shell = (pieces: TemplateStringsArray, ...values: unknown[]): Promise<void> =>
    run(pieces, values, options.onLine)
  const text = async (pieces: TemplateStringsArray, ...values: unknown[]): Promise<string> => {
    const printed: string[] = []
    await run(pieces, values, (line) => printed.push(line))
    return printed.join('\n')
  }
  const start =
    (onText: (text: string) => void) =>
    (pieces: TemplateStringsArray, ...values: unknown[]): Conversation => {
      const begun = begin(pieces, values, 'pipe')
      const { child } = begun
      const decoder = new TextDecoder()
      child.stdout.on('data', (chunk: Buffer) => onText(decoder.decode(chunk, { stream: true })))
      child.stdin.on('error', () => undefined) // it may end while we write
      let killed = false
      const ended = finish(begun).catch((error: unknown) => {
        if (!killed) throw error
      })
      ended.catch(() => undefined) // whoever awaits it hears of it
      return {
        write: (said) => void child.stdin.write(said),
        end: () => void child.stdin.end(),
        kill: () => {
          killed = true
          killGroup(child.pid)
        },
        ended,
      }
    }
  return Object.assign(shell, { text, start })
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL') // the namespaces' first process, and so everything in them, dies with it
  } catch {
    // already gone
  }
}

function addUsage(usage: Usage, file: string): void {
  try {
    const [user, system, peak] = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .at(-1)!
      .split(' ')
      .map(Number)
    usage.user += user ?? 0
    usage.system += system ?? 0
    usage.peak_kib = Math.max(usage.peak_kib, peak ?? 0)
    rmSync(file)
  } catch {
    // killed before it could say
  }
}
