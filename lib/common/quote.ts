/** One word for any POSIX shell (zx's quote writes $'…', which dash does not know). */
export const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`

/** The same, in quotes only where it needs them. */
export const typedWord = (word: string): string =>
  /^[\w@%+=:,./…-]+$/.test(word) ? word : quote(word)
