/**
 * The number of single-letter edits (insert, delete, replace, swap of neighbours) between two
 * words.
 */
export function distance(a: string, b: string): number {
  const rows: number[][] = Array.from({ length: a.length + 1 }, (_, i) => [i])
  for (let j = 1; j <= b.length; j++) rows[0]![j] = j
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const replace = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      let best = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, replace)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, rows[i - 2]![j - 2]! + 1)
      rows[i]![j] = best
    }
  }
  return rows[a.length]![b.length]!
}

/** The word that was probably meant, if one is near enough to be worth saying. */
export function nearest(word: string, words: Iterable<string>): string | undefined {
  let best: string | undefined
  let limit = (word.length <= 3 ? 1 : Math.max(2, Math.floor(word.length / 3))) + 1
  for (const candidate of words) {
    if (Math.abs(word.length - candidate.length) >= limit) continue // so many edits at least
    // Of two that are as near, the one that goes on where the word ends: "pi4" is rather "pi4b"
    // than "pi0".
    const goesOn = candidate.toLowerCase().startsWith(word.toLowerCase())
    const edits = distance(word.toLowerCase(), candidate.toLowerCase()) - (goesOn ? 0.5 : 0)
    if (edits < limit && !otherNumber(word, candidate)) [best, limit] = [candidate, edits]
  }
  return best
}

/**
 * Whether two words say different numbers, without a digit in common: "pi5" is no slip of the
 * finger for "pi0".
 */
function otherNumber(word: string, candidate: string): boolean {
  const digits = candidate.replaceAll(/\D/g, '')
  return /\d/.test(word) && digits !== '' && !digits.split('').some((digit) => word.includes(digit))
}

/**
 * ` (did you mean "pi4b"?)`, or nothing: for a message that names all there is to choose from
 * anyway.
 */
export function perhaps(word: string, words: readonly string[]): string {
  const guess = nearest(word, words)
  return guess === undefined ? '' : ` (did you mean "${guess}"?)`
}

/** The same; where no word is near, what there is to choose from, unless that is a page full. */
export function didYouMean(word: string, words: readonly string[]): string {
  return (
    perhaps(word, words) ||
    (words.length > 0 && words.length <= 24 ? ` (there is: ${words.join(', ')})` : '')
  )
}
