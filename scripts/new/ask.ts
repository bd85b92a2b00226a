import { createInterface } from 'node:readline/promises'
import type { Readable, Writable } from 'node:stream'
import { Interrupted, UserError } from '../../lib/common/words/errors.ts'
import { visible } from '../../lib/common/words/visible.ts'

// A line is asked and a line is typed. Nothing but the line that is being typed is drawn anew, and
// there are no colours and no keys but those of a line: it is the same in a narrow window, on a serial console and for a screen reader.

/** One thing that is asked. */
export interface Question<Value> {
  /** what is asked, without a sign behind it */
  ask: string
  /** what an empty line stands for; undefined: something has to be typed */
  usual?: string | undefined
  /** lines that `?` shows */
  help: () => readonly string[]
  /** what the Tab key completes */
  words?: readonly string[]
  /** the value of what was typed; UserError: why not, and it is asked again */
  read: (typed: string) => Value
}

/** Asks until an answer is good. Ctrl-C and the end of the input stop: nothing was written. */
export type Ask = <Value>(question: Question<Value>) => Promise<Value>

/** Asks a person at a terminal. */
export function askAt(
  input: Readable,
  output: Writable,
  terminal: boolean,
): { ask: Ask; close: () => void } {
  let words: readonly string[] = []
  const prompt = createInterface({
    input,
    output,
    terminal,
    completer: (line: string): [string[], string] => [
      words.filter((word) => word.startsWith(line)),
      line,
    ],
  })
  const stop = new AbortController()
  prompt.once('SIGINT', () => stop.abort()).once('close', () => stop.abort())
  const lines: string[] = []
  let waiting: ((line: string) => void) | undefined
  // what is typed ahead, or comes from a pipe, is an answer to a later question
  prompt.on('line', (line) => {
    if (waiting === undefined) lines.push(line)
    else waiting(line)
  })
  const nextLine = (): Promise<string> =>
    new Promise((given, failed) => {
      const line = lines.shift()
      if (line !== undefined) return given(line)
      if (stop.signal.aborted) return failed(new Interrupted('stopped', 'nothing was written'))
      const stopped = (): void => failed(new Interrupted('stopped', 'nothing was written'))
      stop.signal.addEventListener('abort', stopped, { once: true })
      waiting = (typed) => {
        waiting = undefined
        stop.signal.removeEventListener('abort', stopped)
        given(typed)
      }
    })
  const say = (line: string): void => void output.write(`${visible(line)}\n`)
  const ask: Ask = async ({ ask: what, usual, help, words: all, read }) => {
    words = all ?? []
    for (;;) {
      prompt.setPrompt(visible(`${what}${usual === undefined ? '' : ` [${usual}]`}: `))
      prompt.prompt()
      const line = await nextLine()
      const typed = line.trim()
      if (typed === '?') {
        for (const said of help()) say(`  ${said}`)
        continue
      }
      if (typed === '' && usual === undefined) {
        say('  something has to be typed here; ? shows what')
        continue
      }
      try {
        return read(typed === '' ? usual! : typed)
      } catch (error) {
        if (!(error instanceof UserError)) throw error
        for (const said of error.message.split('\n')) say(`  ${said}`)
      }
    }
  }
  return { ask, close: () => prompt.close() }
}
