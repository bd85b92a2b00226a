import { readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { $ as zx, quote } from 'zx'

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

/** Runs a bash script (errexit, nounset, pipefail). Values are quoted, lists become several words, as in zx. */
export interface Shell {
  (pieces: TemplateStringsArray, ...values: unknown[]): Promise<void>
  /** The same, and gives back what it printed, without the last line end. */
  text(pieces: TemplateStringsArray, ...values: unknown[]): Promise<string>
}

export interface ShellOptions {
  /** argv in front of the script; empty: on the host */
  wrap: string[]
  /** a line that a command printed */
  onLine: (line: string) => void
  signal: AbortSignal
  /** added to with every command */
  usage: Usage
  /** a file for GNU time's figures */
  timeFile: string
  env?: Record<string, string>
}

const sandbox = fileURLToPath(new URL('sandbox/', import.meta.url))

/** Namespaces in which an ordinary user is root; see lib/sandbox/enter.sh. */
export const enter = (network: boolean): string[] => ['bash', `${sandbox}enter.sh`, ...(network ? [] : ['--no-network'])]

/** The same, with a root of its own in which only the toolbox and these paths exist; see lib/sandbox/inside.sh. */
export const insideToolbox = (options: { root: string; toolbox: string; cwd: string; writable: string[]; readable: string[]; network: boolean }): string[] => [
  ...enter(options.network),
  'sh',
  `${sandbox}inside.sh`,
  options.root,
  options.toolbox,
  options.cwd,
  options.writable.join('\n'),
  options.readable.join('\n'),
]

/** Puts values into a script, quoted. The text between them is taken as it is written, backslashes too, but for \\${ and \\`. */
export function script(pieces: TemplateStringsArray, values: unknown[]): string {
  const words = values.map((value) => (Array.isArray(value) ? value.map((one) => quote(String(one))).join(' ') : quote(String(value))))
  return pieces.raw.map((piece, i) => piece.replace(/\\(?=\$\{|`)/g, '') + (words[i] ?? '')).join('')
}

// Nothing of the caller's environment reaches a command: it could change a byte.
const cleanEnv = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC0', HOME: '/root' }

/** A Shell whose children die with this process, whatever way it dies (setpriv --pdeathsig). */
export function createShell(options: ShellOptions): Shell {
  const run = async (pieces: TemplateStringsArray, values: unknown[], keep: (line: string) => void): Promise<void> => {
    if (options.signal.aborted) throw new CommandError('stopped')
    const body = `set -euo pipefail; umask 022\n${script(pieces, values)}`
    const dying = ['setpriv', '--pdeathsig', 'KILL']
    const argv = [...dying, 'time', '-q', '-o', options.timeFile, '-f', '%U %S %M', ...dying, ...(options.wrap.length > 0 ? options.wrap : ['bash', '-c']), body]
    const child = zx({ quiet: true, nothrow: true, detached: true, env: { ...cleanEnv, ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] })`exec ${argv}`
    const stop = (): void => killGroup(child.pid)
    options.signal.addEventListener('abort', stop)
    const out = lines(keep)
    const err = lines(options.onLine)
    child.stdout.on('data', out.push)
    child.stderr.on('data', err.push)
    const result = await child.finally(() => options.signal.removeEventListener('abort', stop))
    out.end()
    err.end()
    addUsage(options.usage, options.timeFile)
    if (options.signal.aborted) throw new CommandError('stopped')
    if (result.exitCode !== 0) throw new CommandError(result.signal ? `ended by ${result.signal}` : `exit status ${result.exitCode}`)
  }
  const shell = (pieces: TemplateStringsArray, ...values: unknown[]): Promise<void> => run(pieces, values, options.onLine)
  const text = async (pieces: TemplateStringsArray, ...values: unknown[]): Promise<string> => {
    const printed: string[] = []
    await run(pieces, values, (line) => printed.push(line))
    return printed.join('\n')
  }
  return Object.assign(shell, { text })
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL') // the namespaces' first process, and so everything in them, dies with it
  } catch {
    // already gone
  }
}

/** Cuts a stream into lines; a last one without its end counts too. */
function lines(take: (line: string) => void): { push: (chunk: Buffer | string) => void; end: () => void } {
  let rest = ''
  const decoder = new TextDecoder()
  return {
    push: (chunk) => {
      const parts = (rest + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))).split('\n')
      rest = parts.pop() ?? ''
      parts.forEach(take)
    },
    end: () => {
      if (rest !== '') take(rest)
      rest = ''
    },
  }
}

function addUsage(usage: Usage, file: string): void {
  try {
    const [user, system, peak] = readFileSync(file, 'utf8').trim().split('\n').at(-1)!.split(' ').map(Number)
    usage.user += user ?? 0
    usage.system += system ?? 0
    usage.peak_kib = Math.max(usage.peak_kib, peak ?? 0)
    rmSync(file)
  } catch {
    // killed before it could say
  }
}
