import { appendFileSync } from 'node:fs'
import type { Ora } from 'ora'
import type { Event } from '../../lib/engine/run/make.ts'
import { messageOf } from '../../lib/common/words/errors.ts'
import { visible } from '../../lib/common/words/visible.ts'
import { printable } from './print.ts'

/** Shows what happens: a line per stage, and everything the commands print in one log file. */
export interface Reporter {
  event: (event: Event) => void
  /** A line of its own, such as a result. */
  say(line: string): void
  /** Stops whatever moves on the screen. */
  end(): void
}

export interface ReporterOptions {
  logFile: string
  verbose: boolean
  quiet: boolean
  /** a terminal that a spinner may move on */
  terminal: boolean
  /** GitHub Actions: the lines of a stage folded into a group */
  groups: boolean
  out: NodeJS.WriteStream
}

const PROGRESS_EVERY_MS = 10_000

/** `1.4 s`, `2 min 5 s`. */
export const seconds = (s: number): string =>
  s < 59.95 ? `${s.toFixed(1)} s` : `${Math.floor(Math.round(s) / 60)} min ${Math.round(s) % 60} s`

export function createReporter(options: ReporterOptions): Reporter {
  const running = new Map<
    string,
    { about: string; since: number; progress?: string; said?: string }
  >()
  const lines = new Map<string, string[]>()
  const moving = options.terminal && !options.quiet && !options.verbose
  const spinner = spinnerOn(options.out)
  let unlogged = false
  const say = (...text: string[]): void => {
    spinner.clear()
    options.out.write(printable(text))
  }
  // tables and source text have tabs
  const log = (line: string): void => {
    try {
      appendFileSync(options.logFile, `${line.split('\t').map(visible).join('\t')}\n`)
    } catch (error) {
      // A build goes on without its log. What filled the disk is told by the stage that needs it.
      if (!unlogged) say(`! ${options.logFile}: lines are missing there (${messageOf(error)})`)
      unlogged = true
    }
  }
  const text = (): string =>
    [...running]
      .map(([stage, { about, since, progress }]) =>
        visible(`${stage}: ${progress ?? about} (${seconds((performance.now() - since) / 1000)})`),
      )
      .join('\n  ')
  const refresh = (): void => {
    if (!moving) return
    if (running.size === 0) spinner.stop()
    else spinner.show(text())
  }
  const show = (line: string): void => {
    if (!options.quiet) say(line)
  }
  // where nothing moves, a line now and then shows that something does, and where it has stopped
  const tell = (): void => {
    for (const [name, stage] of running) {
      if (stage.progress === undefined || stage.progress === stage.said) continue
      show(`  ${name}: ${stage.progress}`)
      stage.said = stage.progress
    }
  }
  const ticking = (
    moving ? setInterval(refresh, 500) : setInterval(tell, PROGRESS_EVERY_MS)
  ).unref()
  const group = (stage: string): void => {
    const kept = lines.get(stage) ?? [] // behind a mark: GitHub obeys lines that begin with ::
    lines.delete(stage)
    if (options.groups && kept.length > 0)
      say(`::group::what ${stage} printed`, ...kept.map((line) => `| ${line}`), '::endgroup::')
  }
  return {
    say,
    end: () => {
      clearInterval(ticking)
      spinner.stop()
    },
    event(event) {
      if (event.kind === 'progress') {
        const stage = running.get(event.stage)
        if (!stage) return
        stage.progress = event.text
        return refresh()
      }
      if (event.kind === 'line') {
        log(`${event.stage}| ${event.line}`)
        if (options.verbose) say(`${event.stage}| ${event.line}`)
        if (options.groups) lines.set(event.stage, [...(lines.get(event.stage) ?? []), event.line])
        return
      }
      log(
        `# ${new Date().toISOString()} ${event.stage} ${event.kind}${event.kind === 'broken' ? `: ${event.what}` : ''}`,
      )
      if (event.kind === 'started') {
        running.set(event.stage, { about: event.about, since: performance.now() })
        if (!moving) show(`- ${event.stage}: ${event.about}`)
      } else if (event.kind === 'verified') {
        show(`✔ ${event.stage}: every byte is as it was made`)
      } else if (event.kind === 'cached') {
        show(`✔ ${event.stage}: as it was`)
      } else if (event.kind === 'fetching') {
        running.set(event.stage, { about: 'looking for it elsewhere', since: performance.now() })
      } else if (event.kind === 'fetched') {
        running.delete(event.stage)
        if (event.entry)
          show(`✔ ${event.stage}: fetched (it took ${seconds(event.entry.wall_s)} to make)`)
      } else if (event.kind === 'built') {
        running.delete(event.stage)
        const { wall_s, usage } = event.entry
        show(
          `✔ ${event.stage}: made in ${seconds(wall_s)} (${seconds(usage.user + usage.system)} of processor time)`,
        )
        group(event.stage)
      } else if (event.kind === 'failed') {
        running.delete(event.stage)
        say(`✖ ${event.stage}: failed`)
        group(event.stage)
      } else if (event.kind === 'waiting') {
        show(`- ${event.stage}: another downbeat is making this just now; waiting for it`)
      } else {
        show(`! ${event.stage}: what is in the cache is damaged (${event.what}); making it anew`)
      }
      refresh()
    },
  }
}

/** One line that moves where a terminal lets it; elsewhere it is printed now and then. */
export function createStatusLine({
  terminal,
  out,
}: {
  terminal: boolean
  out: NodeJS.WriteStream
}): {
  show(text: string): void
  end(): void
} {
  const spinner = spinnerOn(out)
  let said = performance.now()
  return {
    show(text) {
      if (terminal) spinner.show(visible(text))
      else if (performance.now() - said >= PROGRESS_EVERY_MS) {
        said = performance.now()
        out.write(printable([`  ${text}`]))
      }
    },
    end: () => spinner.stop(),
  }
}

/**
 * Something that turns, with a text beside it. What turns it is loaded when there is a terminal for
 * it.
 */
function spinnerOn(stream: NodeJS.WriteStream): {
  show(text: string): void
  clear(): void
  stop(): void
} {
  let spinner: Ora | undefined
  let shown: string | undefined // undefined: it does not turn
  const start = async (): Promise<void> => {
    const { default: ora } = await import('ora')
    if (shown !== undefined) spinner ??= ora({ stream, discardStdin: false, text: shown }).start()
  }
  return {
    show(text) {
      shown = text
      if (spinner) spinner.text = text
      else void start()
    },
    clear: () => void spinner?.clear(),
    stop() {
      spinner?.stop()
      spinner = shown = undefined
    },
  }
}
