/** A root shell at the other end of a serial line. */
export interface Console {
  /** What was said until now. */
  readonly transcript: string
  /** New text from the line. */
  hear(text: string): void
  /** Nothing more will come: whoever waits for something is told why. */
  lose(why: string): void
  /**
   * Waits until a pattern appears in what comes from now on. Fails with the last lines that came
   * when it never does.
   */
  waitFor(pattern: RegExp): Promise<void>
  /**
   * Runs a POSIX shell command; gives what it printed, without what others say to the console, and
   * its exit status. Fails when it never ends.
   */
  run(command: string): Promise<{ text: string; status: number }>
}

/**
 * Seconds after which what has not come will never come. An answer that takes three seconds took
 * three minutes from an emulated board on a busy machine: this is many times that, and is spent
 * only where something hangs.
 */
const PATIENCE = 1800

/** The last words of a kernel that has stopped for good: nobody need wait for more. */
const PANIC = /end (Kernel panic - .*) \]---/

/**
 * What journald forwards to the console, such as the words of the first boot: it may stand anywhere
 * between the lines of an answer. A line of dmesg has no `[pid]`, and one of journalctl has a host
 * name before it.
 */
const FORWARDED = /^\[ *\d+\.\d+\] [^\s[\]]+\[\d+\]: .*\n/gm

/** The far end said nothing of what was waited for, and will not. */
export class NoAnswer extends Error {
  override name = 'NoAnswer'
}

/** Talks to the shell through `write`. `patience`: seconds until what has not come is given up. */
export function createConsole(write: (text: string) => void, patience = PATIENCE): Console {
  let transcript = ''
  let from = 0
  let lost: string | undefined
  let wake: () => void = () => undefined
  let number = 0
  const tail = (): string => transcript.slice(from).split('\n').slice(-12).join('\n')
  const until = async <T>(look: () => T | undefined, what: string): Promise<T> => {
    let late: string | undefined
    const giveUp = (): void => ((late = `nothing of it within ${patience} s`), wake())
    const timer = setTimeout(giveUp, patience * 1000)
    try {
      for (;;) {
        const found = look()
        if (found !== undefined) return found
        const why = PANIC.exec(transcript.slice(from))?.[1] ?? lost ?? late
        if (why !== undefined)
          throw new NoAnswer(`no ${what}: ${why}; the last lines of the console:\n${tail()}`)
        await new Promise<void>((done) => (wake = done))
      }
    } finally {
      clearTimeout(timer)
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
    lose(why) {
      lost = why
      wake()
    },
    async waitFor(pattern) {
      from = await until(() => {
        const found = pattern.exec(transcript.slice(from))
        return found ? from + found.index + found[0].length : undefined
      }, pattern.source)
    },
    async run(command) {
      // The marker is split in what is typed, so that an echo of the command is not taken for its
      // answer.
      const mark = `${++number}`
      write(`echo "<<"${mark}; ( ${command}\n) </dev/null 2>&1; echo "$?>>"${mark}\n`)
      const answer = new RegExp(`<<${mark}\\n([^]*?)(\\d+)>>${mark}\\n`)
      const found = await until(
        () => answer.exec(transcript.slice(from)) ?? undefined,
        `answer to \`${command}\``,
      )
      from += found.index + found[0].length
      return { text: found[1]!.replaceAll(FORWARDED, ''), status: Number(found[2]) }
    },
  }
}
