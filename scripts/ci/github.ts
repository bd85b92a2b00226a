import { randomUUID } from 'node:crypto'
import { appendFileSync, readFileSync } from 'node:fs'
import { say } from '../session/print.ts'

// What GitHub Actions tells a step, and what a step tells it: docs.github.com, "Workflow commands for
// GitHub Actions" and "Variables reference". Where no GITHUB_* is set, the same is printed for people.

const variable = (name: string): string | undefined => process.env[name] || undefined

/** Values that later steps, and whoever uses the action, can read. */
export function setOutputs(values: Readonly<Record<string, string>>): void {
  const file = variable('GITHUB_OUTPUT')
  if (file === undefined) {
    for (const [name, value] of Object.entries(values)) say(...`${name}=${value}`.split('\n'))
    return
  }
  // A value may have any line in it, but not this end: nobody can guess it.
  const end = `end-${randomUUID()}`
  const texts = Object.entries(values).map(([name, value]) => `${name}<<${end}\n${value}\n${end}\n`)
  appendFileSync(file, texts.join(''))
}

/** Lines of Markdown for the page of the run. */
export function addSummary(lines: readonly string[]): void {
  const file = variable('GITHUB_STEP_SUMMARY')
  if (file === undefined) say(...lines)
  else appendFileSync(file, `${lines.join('\n')}\n`)
}

/** The tag that this run is for, if it is for one. */
export const tag = (): string | undefined =>
  variable('GITHUB_REF_TYPE') === 'tag' ? variable('GITHUB_REF_NAME') : undefined

/** Below this address the files of the release of a tag are served. */
export const releaseAddress = (name: string): string | undefined => {
  const [server, repository] = [variable('GITHUB_SERVER_URL'), variable('GITHUB_REPOSITORY')]
  return server === undefined || repository === undefined
    ? undefined
    : `${server}/${repository}/releases/download/${encodeURIComponent(name)}/`
}

/** Whether somebody else's repository asks to have its changes taken: its code is not ours. */
export function isFork(): boolean {
  const file = variable('GITHUB_EVENT_PATH')
  if (file === undefined) return false
  const event = JSON.parse(readFileSync(file, 'utf8')) as {
    pull_request?: { head?: { repo?: { full_name?: string } | null } }
  }
  if (event.pull_request === undefined) return false
  return event.pull_request.head?.repo?.full_name !== variable('GITHUB_REPOSITORY')
}
