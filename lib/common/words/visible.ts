// Controls (C0, DEL, C1), what turns the direction of text, what has no width, the separators of
// lines and paragraphs, and halves of a character (Unicode 15, chapter 23).
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/**
 * One line as a person may see it: what a terminal would obey, and what nobody would see, stands
 * there as an escape (`\u001b`). Labels of disks, names of files and what programs print come from
 * outside. JSON stays the same JSON.
 */
export const visible = (text: string): string =>
  text.replace(unseen, (found) => short[found] ?? [...units(found)].join(''))

function* units(found: string): Generator<string> {
  for (let i = 0; i < found.length; i++)
    yield `\\u${found.charCodeAt(i).toString(16).padStart(4, '0')}`
}
