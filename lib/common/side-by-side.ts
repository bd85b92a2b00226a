/** Works on all of these, so many at once, in their order; begins no more once `stopped` says so. */
export async function sideBySide<T>(
  all: readonly T[],
  most: number,
  work: (one: T) => Promise<void>,
  stopped: () => boolean = () => false,
): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < all.length && !stopped()) await work(all[next++]!)
  }
  await Promise.all(Array.from({ length: Math.min(most, all.length) }, worker))
}
