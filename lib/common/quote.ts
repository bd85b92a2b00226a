/** One word for any POSIX shell (zx's quote writes $'…', which dash does not know). */
export const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`
