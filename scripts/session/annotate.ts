import { statSync } from 'node:fs'
import { relative } from 'node:path'
import { fileOf } from '../../lib/common/files/file-name.ts'
import { Failure, UserError } from '../../lib/common/words/errors.ts'
import { inWorkflow } from './workflow-place.ts'
import type { Environment, Spot } from './workflow-place.ts'

// GitHub shows a message at the line of the file that it is about, if a command on a line of its own
// says so: docs.github.com, "Workflow commands for GitHub Actions".

/** In the text of a message only these three would end it, or begin an escape. */
const ofText = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')

/** In a property, what ends properties, too. */
const ofProperty = (text: string): string =>
  ofText(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

/**
 * A command that shows a message. A place without a file is that of the run as a whole.
 */
export function annotation(
  kind: 'error' | 'warning' | 'notice',
  text: string,
  spot?: Spot,
): string {
  const at = spot === undefined ? {} : { file: spot.file, line: spot.line, col: spot.column }
  const properties = Object.entries({ ...at, title: 'downbeat' }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${ofProperty(String(value))}`],
  )
  return `::${kind} ${properties.join(',')}::${ofText(text)}`
}

/**
 * What shows an error in GitHub Actions: a command for each mistake, at its file and line. `root`:
 * the folder of this repository. A mistake in no file of the repository that is built is shown at the
 * step of its workflow.
 */
export function annotations(error: unknown, root: string, environment: Environment): string[] {
  // every line of it is a mistake of its own
  if (error instanceof UserError)
    return error.message
      .split('\n')
      .map((line) => annotation('error', line, spotOf(line, root, environment)))
  const told =
    error instanceof Failure
      ? error.told().join('\n').trim().replace(/^✖ /, '')
      : `downbeat has a fault: ${error instanceof Error ? error.message : String(error)}`
  return [annotation('error', told, inWorkflow(undefined, environment))]
}

const isFile = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() === true

/** The place that a mistake names, or that of the input of the workflow which brought it. */
function spotOf(mistake: string, root: string, environment: Environment): Spot | undefined {
  const place = /^([^\s:]+)(?::(\d+):(\d+))?:? /.exec(mistake)
  const workspace = environment['GITHUB_WORKSPACE']
  if (place && workspace !== undefined) {
    const [, name, line, column] = place
    const path = fileOf(name!, root)
    const file = relative(workspace, path)
    if (isFile(path) && !file.startsWith('../'))
      return { file, line: Number(line ?? 1), column: Number(column ?? 1) }
  }
  const [, input, option] = /^(?:input ([\w-]+)|--([\w-]+))/.exec(mistake) ?? []
  return inWorkflow(input ?? option, environment)
}
