import { visible } from '../../lib/common/words/visible.ts'

// Everything that a person reads is written here, or by the reporter: a test looks for other places.
// A line end inside of a line is data, and shown as such: no label of a disk has a line of its own.

/** As it may be written to a terminal, with the line ends that belong to it. */
export const printable = (lines: readonly string[]): string =>
  lines.map((line) => `${visible(line)}\n`).join('')

/** Results, a line each. */
export const say = (...lines: string[]): void => void process.stdout.write(printable(lines))

/** The same as JSON, for programs. */
export const sayJson = (value: unknown): void => say(...JSON.stringify(value, null, 2).split('\n'))

/** What is no result, a line each. */
export const sayBeside = (...lines: string[]): void => void process.stderr.write(printable(lines))

/** A question, behind which the answer is typed. */
export const askWith = (text: string): void => void process.stdout.write(visible(text))

const visibleText = (text: string): string => text.split('\n').map(visible).join('\n')

/** How commander writes. What it says has in it what was typed; its line ends are all its own. */
export const ofCommander = {
  writeOut: (text: string): void => void process.stdout.write(visibleText(text)),
  writeErr: (text: string): void => void process.stderr.write(visibleText(text)),
}
