/** How far a download is. Bytes, bytes per second, seconds. */
export interface Progress {
  bytes: number
  total?: number
  rate: number
  /** seconds that are left at this rate */
  left?: number
}

/** `524.9 MB`: of a million bytes, as servers and disks count. */
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

/**
 * Tells how far it is, at most twice a second and at the end; the rate is that of the last five
 * seconds. `had` bytes were there before, and have no rate. Times are milliseconds.
 */
export function createMeter(
  had: number,
  tell: (progress: Progress) => void,
  now: () => number = () => performance.now(),
) {
  const seen = [{ at: now(), bytes: had }]
  return (bytes: number, total?: number): void => {
    const at = now()
    if (at - seen.at(-1)!.at < 500 && bytes !== total) return
    seen.push({ at, bytes })
    while (seen.length > 2 && at - seen[0]!.at > 5000) seen.shift()
    const rate = ((bytes - seen[0]!.bytes) / Math.max(1, at - seen[0]!.at)) * 1000
    tell({
      bytes,
      rate,
      ...(total === undefined
        ? {}
        : { total, ...(rate > 0 ? { left: (total - bytes) / rate } : {}) }),
    })
  }
}

/** `120 of 525 MB, 4.1 MB/s, 99 s left`. */
export function progressInWords({ bytes, total, rate, left }: Progress): string {
  const mb = (n: number): string => (n / 1e6).toFixed(n < 1e7 ? 1 : 0)
  return [
    `${total === undefined ? mb(bytes) : `${mb(bytes)} of ${mb(total)}`} MB`,
    `${mb(rate)} MB/s`,
    ...(left === undefined ? [] : [`${Math.ceil(left)} s left`]),
  ].join(', ')
}
