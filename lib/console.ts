/** A root shell at the other end of a serial line. */
export interface Console {
  /** What was said until now. */
  readonly transcript: string
  /** New text from the line. */
  hear(text: string): void
  /** Waits until a pattern appears in what comes from now on. Fails after `seconds`, with the last lines that came. */
  waitFor(pattern: RegExp, seconds: number): Promise<void>
  /** Runs a POSIX shell command; gives what it printed and its exit status. */
  run(command: string, seconds: number): Promise<{ text: string; status: number }>
}

/** The far end said nothing of what was waited for. */
export class ConsoleTimeout extends Error {
  override name = 'ConsoleTimeout'
}

/** Talks to the shell through `write`. */
export function createConsole(write: (text: string) => void): Console {
  let transcript = ''
  let from = 0
  let wake: () => void = () => undefined
  let number = 0
  const tail = (): string => transcript.slice(from).split('\n').slice(-12).join('\n')
  const until = async <T>(look: () => T | undefined, seconds: number, what: string): Promise<T> => {
    const end = performance.now() + seconds * 1000
    for (;;) {
      const found = look()
      if (found !== undefined) return found
      const left = end - performance.now()
      if (left <= 0) throw new ConsoleTimeout(`no ${what} within ${seconds} s; the last lines of the console:\n${tail()}`)
      await new Promise<void>((done) => {
        const timer = setTimeout(done, Math.min(left, 1000))
        wake = () => (clearTimeout(timer), done())
      })
    }
  }
  return {
    get transcript() {
      return transcript
    },
    hear(text) {
      transcript += text.replaceAll('\r', '')
      wake()
    },
    async waitFor(pattern, seconds) {
      from = await until(
        () => {
          const found = pattern.exec(transcript.slice(from))
          return found ? from + found.index + found[0].length : undefined
        },
        seconds,
        pattern.source,
      )
    },
    async run(command, seconds) {
      // The marker is split in what is typed, so that an echo of the command is not taken for its answer.
      const mark = `${++number}`
      write(`echo "<<"${mark}; ( ${command}\n) </dev/null 2>&1; echo "$?>>"${mark}\n`)
      const answer = new RegExp(`<<${mark}\\n([^]*?)(\\d+)>>${mark}\\n`)
      const found = await until(() => answer.exec(transcript.slice(from)) ?? undefined, seconds, `answer to \`${command}\``)
      from += found.index + found[0].length
      return { text: found[1]!, status: Number(found[2]) }
    },
  }
}
