/**
 * How late a realtime thread wakes up, as cyclictest (rt-tests 2) has seen it. The clock of the machine
 * counts instructions: 2 ns each, which is a processor of 500 MIPS.
 */
export interface WakeUps {
  /** release and version of the kernel */
  kernel: string
  /** how often the thread had to wake up */
  count: number
  /** µs at 500 MIPS: the latest one, and the mean */
  worst_us: number
  mean_us: number
  /** those that were more than 2 ms late, which the histogram has not */
  lost: number
  /** µs → how many were so late; those that nobody was are left out */
  histogram: Record<number, number>
}

/** What the machine has said, read; undefined: nothing of a measurement is in it. */
export function wakeUpsOf(said: string): WakeUps | undefined {
  const one = (pattern: RegExp): string | undefined => pattern.exec(said)?.[1]?.trim()
  const number = (pattern: RegExp): number => Number(one(pattern) ?? Number.NaN)
  const histogram = Object.fromEntries(
    [...said.matchAll(/^(\d{6,}) (\d{6,})\s*$/gm)].map(([, us, times]) => [
      Number(us),
      Number(times),
    ]),
  )
  const seen: WakeUps = {
    kernel: one(/^kernel: (.*)$/m) ?? '',
    count: number(/^# Total: *(\d+)/m),
    worst_us: number(/^# Max Latencies: *(\d+)/m),
    mean_us: number(/^# Avg Latencies: *(\d+)/m),
    lost: number(/^# Histogram Overflows: *(\d+)/m),
    histogram,
  }
  return [seen.count, seen.worst_us, seen.mean_us, seen.lost].some(Number.isNaN) ? undefined : seen
}
