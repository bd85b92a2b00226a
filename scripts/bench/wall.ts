/** Seconds that it takes. */
export function wall(work: () => void): number {
  const started = performance.now()
  work()
  return (performance.now() - started) / 1000
}
