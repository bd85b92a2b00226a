import { quote } from '../../lib/common/quote.ts'

/**
 * What templates say around a text that may be any line, such as the name of a sound card: `{{shell
 * soundcard.name}}`. The text becomes one word of the kind of file that it goes into. Values that
 * schemas allow no such letters need none.
 */
export const escapes: Readonly<Record<string, (text: string) => string>> = {
  shell: quote,
}
