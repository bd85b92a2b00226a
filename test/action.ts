import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

// What a runner of GitHub does with action.yml: its steps in their order, the expressions in them,
// and the files that a step writes to. The actions of others are not run. What they were given is
// kept, for a test to look at.

const repository = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')

interface Step {
  id?: string
  if?: string
  run?: string
  shell?: string
  uses?: string
  with?: Record<string, string>
  env?: Record<string, string>
}

interface Action {
  inputs: Record<string, { description: string; default: string }>
  outputs: Record<string, { description: string; value: string }>
  runs: { using: string; steps: Step[] }
}

export const action = parse(readFileSync(join(repository, 'action.yml'), 'utf8')) as Action

/** One step that was come to. */
export interface Came {
  /** `ci build`, or the name of an action of somebody else */
  what: string
  with: Record<string, string>
  status: number | null
}

interface Ran {
  came: Came[]
  /** those of the action */
  outputs: Record<string, string>
  summary: string
  /** all that was printed */
  said: string
  annotations: string[]
  failed: boolean
}

/** Runs the action as a step of a workflow. `workspace`: where the repository was checked out. */
export function runAction(options: {
  workspace: string
  /** a folder of the test, for the files of the runner */
  temporary: string
  inputs?: Record<string, string>
  environment?: Record<string, string>
  /** the token of the job */
  token?: string
  around?: string[]
}): Ran {
  const { workspace, temporary, token = 'a-token', around = [] } = options
  mkdirSync(temporary, { recursive: true })
  const inputs = Object.fromEntries(
    Object.entries(action.inputs).map(([name, input]) => [
      name,
      options.inputs?.[name] ?? input.default,
    ]),
  )
  const steps: Record<string, Record<string, string>> = {}
  const summary = join(temporary, 'summary')
  writeFileSync(summary, '')
  const ran: Ran = { came: [], outputs: {}, summary: '', said: '', annotations: [], failed: false }
  const valueOf = (expression: string): string =>
    evaluate(expression, { inputs, steps, token, ran })
  const filled = (text: string): string =>
    text.replaceAll(/\$\{\{(.*?)\}\}/g, (_, expression: string) => valueOf(expression))
  for (const [i, step] of action.runs.steps.entries()) {
    const condition = step.if ?? 'success()'
    const mayFail = /\b(always|failure)\(\)/.test(condition)
    if ((ran.failed && !mayFail) || valueOf(condition) !== 'true') continue
    const all = (texts: Record<string, string> = {}): Record<string, string> =>
      Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, filled(text)]))
    if (step.uses !== undefined) {
      ran.came.push({ what: step.uses.replace(/@.*/, ''), with: all(step.with), status: 0 })
      if (step.id !== undefined) steps[step.id] = { 'cache-hit': '' } // nothing is kept yet
      continue
    }
    const output = join(temporary, `output-${i}`)
    writeFileSync(output, '')
    const script = join(temporary, `step-${i}.sh`)
    writeFileSync(script, filled(step.run!))
    const command = [...around, 'bash', '--noprofile', '--norc', '-eo', 'pipefail', script]
    const { status, stdout, stderr } = spawnSync(command[0]!, command.slice(1), {
      cwd: workspace,
      encoding: 'utf8',
      maxBuffer: 1 << 26,
      env: {
        PATH: process.env['PATH'],
        HOME: temporary,
        LANG: 'C.UTF-8',
        CI: 'true',
        GITHUB_ACTIONS: 'true',
        GITHUB_ACTION_PATH: repository,
        GITHUB_WORKSPACE: workspace,
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: summary,
        GITHUB_SERVER_URL: 'https://github.com',
        GITHUB_REPOSITORY: 'somebody/music',
        GITHUB_WORKFLOW_REF: 'somebody/music/.github/workflows/image.yml@refs/heads/main',
        GITHUB_JOB: 'image',
        GITHUB_EVENT_NAME: 'push',
        GITHUB_REF_TYPE: 'branch',
        GITHUB_REF_NAME: 'main',
        RUNNER_OS: 'Linux',
        RUNNER_ARCH: 'X64',
        RUNNER_TEMP: temporary,
        ...options.environment,
        ...all(step.env),
      },
    })
    ran.said += `${stdout}${stderr}`
    ran.came.push({
      what: step.run!.replace(/^.*downbeat" /, ''),
      with: {},
      status,
    })
    if (step.id !== undefined) steps[step.id] = outputsIn(readFileSync(output, 'utf8'))
    if (status !== 0) ran.failed = true
  }
  for (const [name, { value }] of Object.entries(action.outputs)) ran.outputs[name] = filled(value)
  ran.summary = readFileSync(summary, 'utf8')
  ran.annotations = ran.said.split('\n').filter((line) => /^::(error|warning|notice)/.test(line))
  return ran
}

/** The few forms of expressions that action.yml may have: a step's condition is a value. */
function evaluate(
  expression: string,
  known: {
    inputs: Record<string, string>
    steps: Record<string, Record<string, string>>
    token: string
    ran: Ran
  },
): string {
  const text = expression.trim()
  if (text.includes(' && '))
    return String(text.split(' && ').every((part) => evaluate(part, known) === 'true'))
  const [, left, operator, right] = /^(.*) (==|!=) '(.*)'$/.exec(text) ?? []
  if (left !== undefined) return String((evaluate(left, known) === right) === (operator === '=='))
  if (text === 'success()') return String(!known.ran.failed)
  if (text === 'always()') return 'true'
  if (text === 'failure()') return String(known.ran.failed)
  if (text === 'github.token') return known.token
  const [, input] = /^inputs\.([\w-]+)$/.exec(text) ?? []
  if (input !== undefined && input in known.inputs) return known.inputs[input]!
  const [, step, output] = /^steps\.(\w+)\.outputs\.([\w-]+)$/.exec(text) ?? []
  if (step === undefined || output === undefined) throw new Error(`what is ${text}?`)
  return known.steps[step]?.[output] ?? ''
}

/** What a step wrote to its GITHUB_OUTPUT: `name=value`, or lines up to an end that it names. */
function outputsIn(text: string): Record<string, string> {
  const outputs: Record<string, string> = {}
  const lines = text.split('\n')
  while (lines.length > 1) {
    const [, name, end] = /^([\w-]+)<<(.+)$/.exec(lines[0]!) ?? []
    if (name === undefined) throw new Error(`no output: ${lines[0]}`)
    const last = lines.indexOf(end!, 1)
    outputs[name] = lines.slice(1, last).join('\n')
    lines.splice(0, last + 1)
  }
  return outputs
}
