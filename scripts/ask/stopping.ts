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
 * For work that has written nothing when it fails, or says itself what it leaves behind
 * (Interrupted): however it ends once it was stopped, that is what is told, and not what became of
 * the programs that Ctrl-C has reached, too.
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
