/** Each word once, sorted. */
export const sortedUnique = (words: readonly string[]): string[] => [...new Set(words)].sort()

/** One value for each key: the last of them, at the place of the first. */
export const uniqueBy = <T>(values: readonly T[], key: (value: T) => string): T[] => [
  ...new Map(values.map((value) => [key(value), value])).values(),
]
