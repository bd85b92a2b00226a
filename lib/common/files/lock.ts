import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import type { Socket } from 'node:net'
import { dirname } from 'node:path'
import { HostError } from '../words/errors.ts'

/** Held until it is released or this process ends, which it keeps from nothing. */
export interface Lock {
  release(): void
  /** settles when others may have it */
  released: Promise<void>
}

/**
 * Takes a lock on a file with flock(1), which the kernel frees when its holder dies: there are no
 * stale locks. `wait: false` gives undefined at once when another process has it; `onWait` is told
 * before waiting for one.
 */
export async function lock(
  file: string,
  options: { shared?: boolean; wait?: boolean; onWait?: () => void; signal?: AbortSignal } = {},
): Promise<Lock | undefined> {
  mkdirSync(dirname(file), { recursive: true })
  const kind = options.shared === true ? '--shared' : '--exclusive'
  const now = await hold([kind, '--nonblock', file], options.signal)
  if (now || options.wait === false || isStopped(options.signal)) return now
  options.onWait?.()
  const later = await hold([kind, file], options.signal)
  if (!later && !isStopped(options.signal))
    throw new HostError(
      `${file} cannot be locked`,
      'see whether its disk allows flock(1), and try again',
    )
  return later
}

// a function, because it may change while we wait
const isStopped = (signal: AbortSignal | undefined): boolean => signal?.aborted === true

/** A child holds the lock until its input ends, which it does even when this process is killed. */
function hold(args: string[], signal: AbortSignal | undefined): Promise<Lock | undefined> {
  return new Promise((done, fail) => {
    const child = spawn('flock', [...args, 'sh', '-c', 'echo; exec cat'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true,
    })
    const stop = (): void => void child.kill()
    if (signal?.aborted === true) stop()
    signal?.addEventListener('abort', stop)
    const released = new Promise<void>((gone) => child.once('exit', () => gone()))
    child.once('error', fail)
    child.stdout.once('data', () => {
      signal?.removeEventListener('abort', stop) // from now on only release() ends it
      const release = (): void => {
        child.ref()
        child.stdin.end()
      }
      for (const one of [child, child.stdin as Socket, child.stdout as Socket]) one.unref()
      done({ release, released })
    })
    child.once('exit', () => {
      signal?.removeEventListener('abort', stop)
      done(undefined)
    })
  })
}
