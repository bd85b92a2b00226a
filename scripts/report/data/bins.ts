import type { WakeUps } from '../../../lib/prove/latency/wakeups.ts'

/** How many wake-ups were so late: at least `from` µs, and less than the next one's. */
export interface Bin {
  from: number
  count: number
}

/** Twice as late from one to the next: a realtime kernel and another differ by a thousand. */
const FROM = [0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] as const

/** From here on the histogram has no figures, and they are only counted. */
export const LOST_FROM_US = 2000

/** A histogram in bins that are twice as wide each, and last those that it has not. */
export function binsOf({ histogram, lost }: Pick<WakeUps, 'histogram' | 'lost'>): Bin[] {
  const counts = FROM.map(() => 0)
  for (const [us, count] of Object.entries(histogram)) {
    const at = FROM.findLastIndex((from) => from <= Number(us))
    counts[at] = (counts[at] ?? 0) + count
  }
  return [
    ...FROM.map((from, i) => ({ from, count: counts[i]! })),
    { from: LOST_FROM_US, count: lost },
  ]
}
