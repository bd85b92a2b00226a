/** Compares two series of Linux, such as 6.12 and 7.3; below 0: `a` is the older one. */
export function compareSeries(a: string, b: string): number {
  const [majorA, minorA] = a.split('.').map(Number) as [number, number]
  const [majorB, minorB] = b.split('.').map(Number) as [number, number]
  return majorA - majorB || minorA - minorB
}
