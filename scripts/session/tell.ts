import { readFileSync } from 'node:fs'
import { fileOf } from '../../lib/common/files/file-name.ts'
import { Failure } from '../../lib/common/words/errors.ts'

const WIDTH = 100

/**
 * What is printed of whatever went wrong, in lines. Below a mistake in a YAML file stands the line
 * of the file, with a mark below the place. Only a fault of downbeat itself shows where in downbeat
 * it happened. `root`: where relative paths start.
 */
export function tell(error: unknown, root: string): string[] {
  if (!(error instanceof Failure))
    return [
      'downbeat has a fault; please report it with these lines:',
      ...(error instanceof Error ? (error.stack ?? error.message) : String(error)).split('\n'),
    ]
  return error.told().flatMap((line) => [line].concat(lineOfFile(line, root)))
}

/** `image.yaml:3:8 board: …` has a line 3 to be shown. */
function lineOfFile(told: string, root: string): string[] {
  const place = /^(?:✖ )?(\S+\.yaml):(\d+):(\d+):? /.exec(told)
  if (!place) return []
  const [, file, row, column] = place
  const text = textOf(fileOf(file!, root))?.split('\n')[Number(row) - 1]
  const at = Number(column) - 1
  // A long line would be torn by the screen, and what has no letters is no help.
  if (
    text === undefined ||
    text.trim() === '' ||
    text.length > WIDTH ||
    at >= text.length ||
    /\p{Cc}/u.test(text)
  )
    return []
  return [`  ${row} | ${text}`, `  ${' '.repeat(row!.length)} | ${' '.repeat(at)}^`]
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
