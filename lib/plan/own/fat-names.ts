/** The firmware's own folder on the boot partition. */
const OVERLAYS = 'overlays'

/**
 * Why a path cannot be on the boot partition, which is FAT; undefined: it can. Microsoft's fatgen103,
 * "FAT Long Directory Entries".
 */
export function whyNotOnFat(path: string): string | undefined {
  const names = path.split('/')
  if (names.some((name) => /["*:<>?|]/.test(name) || /[. ]$/.test(name)))
    return 'FAT has no such names: without "*:<>?| in them, and without a dot or a space at their end'
  const [first] = names
  return first!.toLowerCase() === OVERLAYS && first !== OVERLAYS
    ? `FAT takes ${first} for ${OVERLAYS}: call it so`
    : undefined
}
