import { Interrupted } from '../../lib/common/words/errors.ts'

/**
 * Does something that Ctrl-C, or a polite kill, stops by the signal instead of ending the process.
 */
export async function stoppable<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const abort = (): void => stop.abort()
  process.on('SIGINT', abort).on('SIGTERM', abort)
  try {
    return await work(stop.signal)
  } finally {
    process.off('SIGINT', abort).off('SIGTERM', abort)
  }
}

/**
 * For work that writes nothing if it fails, or that says itself what it leaves behind
 * (Interrupted). Ctrl-C also reaches the programs that the work has started, and they may fail in
 * their own way. So once the work was stopped, only that is reported, and not the errors of those
 * programs.
 */
export async function orStopped<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (signal.aborted && !(error instanceof Interrupted))
      throw new Interrupted('stopped', 'nothing was written')
    throw error
  }
}
