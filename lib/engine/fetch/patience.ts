import { setTimeout as sleep } from 'node:timers/promises'
import { HostError, Interrupted } from '../../common/words/errors.ts'
import { megabytes } from '../../common/words/meter.ts'

/** How patient a fetch is with a network that fails. All times are milliseconds. */
export interface Patience {
  /**
   * the pause before each new try. If the last of these tries fails too, the fetch is over. A try
   * that brought new bytes starts the list again
   */
  pauses: readonly number[]
  /** the longest pause that a server may ask for */
  longest: number
  /** the longest time without a single byte */
  silence: number
  sleep: (ms: number, signal: AbortSignal) => Promise<unknown>
  /** calls `ring` after `ms`, unless the function that it returns is called before */
  alarm: (ms: number, ring: () => void) => () => void
}

export const defaultPatience: Patience = {
  pauses: [1000, 2000, 4000, 8000, 16_000],
  longest: 60_000,
  silence: 30_000,
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
  alarm: (ms, ring) => {
    const timer = setTimeout(ring, ms)
    return () => clearTimeout(timer)
  },
}

/** A try failed, and another may do better. `pause_ms` is what the server asks for. */
export class Lost extends Error {
  override name = 'Lost'
  readonly pause_ms: number
  constructor(message: string, pause_ms = 0) {
    super(message)
    this.pause_ms = pause_ms
  }
}

/**
 * Tries until it works. Only a Lost is tried again; when `reached` (bytes) has grown meanwhile, the
 * count of failures starts anew. Throws HostError at the end of all patience, and Interrupted.
 */
export async function persist<Result>(
  attempt: () => Promise<Result>,
  options: {
    name: string
    patience: Patience
    signal: AbortSignal
    onLine?: ((line: string) => void) | undefined
    reached?: () => number
  },
): Promise<Result> {
  const { name, patience, signal, reached = () => 0 } = options
  let failures = 0
  let best = reached()
  for (;;) {
    try {
      if (isStopped(signal)) throw new Interrupted('stopped')
      return await attempt()
    } catch (error) {
      if (isStopped(signal)) throw new Interrupted('stopped')
      if (!(error instanceof Lost)) throw error
      if (reached() > best) failures = 0
      best = Math.max(best, reached())
      const what = `${name}: ${error.message}${reached() > 0 ? `, after ${megabytes(reached())}` : ''}`
      const pause = patience.pauses[failures++]
      if (pause === undefined) {
        throw new HostError(
          failures === 1 ? what : `${what} (${failures} times in a row)`,
          'see whether the network is there (http_proxy, https_proxy and no_proxy are heeded), then run the same command again',
        )
      }
      const ms = Math.max(pause, Math.min(error.pause_ms, patience.longest))
      options.onLine?.(`${what}; trying again in ${ms / 1000} s`)
      await patience.sleep(ms, signal).catch(() => undefined) // stopped: seen above
    }
  }
}

// a function, because it may change while we wait
const isStopped = (signal: AbortSignal): boolean => signal.aborted
