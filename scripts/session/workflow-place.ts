import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { Node, YAMLMap } from 'yaml'

export type Environment = Readonly<Record<string, string | undefined>>

/** A place in the repository that is built. */
export interface Spot {
  file: string
  line: number
  column?: number
}

/**
 * Where the workflow that runs names an input of our action, or else where it uses the action.
 * Undefined: there is no such file, for example because the workflow is that of another repository.
 */
export function inWorkflow(input: string | undefined, environment: Environment): Spot | undefined {
  const { GITHUB_WORKFLOW_REF: ref, GITHUB_REPOSITORY: repository } = environment
  const workspace = environment['GITHUB_WORKSPACE']
  if (!ref || !repository || !workspace || !ref.startsWith(`${repository}/`)) return undefined
  const file = ref.slice(repository.length + 1).replace(/@.*$/, '')
  const path = join(workspace, file)
  if (!existsSync(path)) return undefined
  const lines = new LineCounter()
  const workflow = parseDocument(readFileSync(path, 'utf8'), { lineCounter: lines })
  const spot = (node: Node | undefined): Spot | undefined => {
    if (!node?.range) return undefined
    const { line, col } = lines.linePos(node.range[0])
    return { file, line, column: col }
  }
  const steps = stepsOf(workflow.get('jobs', true), environment['GITHUB_JOB'])
  const ours = steps.find((step) => /^\.\/?$|\/downbeat@/.test(String(step.get('uses'))))
  if (!ours) return { file, line: 1 }
  const given = ours.get('with', true)
  const named = input !== undefined && isMap(given) ? keyOf(given, input) : undefined
  return spot(named ?? keyOf(ours, 'uses')) ?? { file, line: 1 }
}

/** The steps of the job, or of all jobs where its name is not known. */
function stepsOf(jobs: unknown, job: string | undefined): YAMLMap[] {
  if (!isMap(jobs)) return []
  const one = job === undefined ? undefined : jobs.get(job, true)
  const some = one === undefined ? jobs.items.map(({ value }) => value) : [one]
  return some.flatMap((each) => {
    const steps = isMap(each) ? each.get('steps', true) : undefined
    return isSeq(steps) ? steps.items.filter(isMap) : []
  })
}

const keyOf = (map: YAMLMap, name: string): Node | undefined => {
  const key = map.items.find((pair) => isScalar(pair.key) && pair.key.value === name)?.key
  return isScalar(key) ? key : undefined
}
