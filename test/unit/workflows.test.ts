import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { repository } from './fixtures.ts'

// The form of action.yml and of the workflows, as docs.github.com has it ("Workflow syntax for GitHub
// Actions", "Metadata syntax reference"), and rules of our own. Only what we use may be there: GitHub
// itself would tell a wrong key after a push.

const text = z.union([z.string(), z.number(), z.boolean()])
const values = z.record(z.string(), text)
const permission = z.enum(['read', 'write', 'none'])
/** A step is either a script or an action. */
const Step = z
  .strictObject({
    id: z.string().optional(),
    if: z.string().optional(),
    name: z.string().optional(),
    run: z.string().optional(),
    shell: z.literal('bash').optional(),
    uses: z.string().optional(),
    with: values.optional(),
    env: values.optional(),
  })
  .refine(({ run, uses }) => (run === undefined) !== (uses === undefined))
type Step = z.infer<typeof Step>

const permissions = z.union([
  z.strictObject({}),
  z.strictObject({
    contents: permission.optional(),
    actions: permission.optional(),
    'id-token': permission.optional(),
    attestations: permission.optional(),
  }),
])

const Workflow = z.strictObject({
  name: z.string(),
  on: z.strictObject({
    push: z
      .strictObject({
        branches: z.array(z.string()).optional(),
        tags: z.array(z.string()).optional(),
      })
      .optional(),
    pull_request: z.null().optional(),
    workflow_dispatch: z.null().optional(),
    schedule: z.array(z.strictObject({ cron: z.string().regex(/^(\S+ ){4}\S+$/) })).optional(),
  }),
  permissions,
  concurrency: z.strictObject({ group: z.string(), 'cancel-in-progress': z.boolean() }).optional(),
  jobs: z.record(
    z.string(),
    z.strictObject({
      'runs-on': z.enum(['ubuntu-24.04', 'ubuntu-24.04-arm']),
      'timeout-minutes': z.number().max(360).optional(),
      needs: z.string().optional(),
      if: z.string().optional(),
      permissions: permissions.optional(),
      outputs: values.optional(),
      env: values.optional(),
      strategy: z
        .strictObject({ 'fail-fast': z.boolean(), matrix: z.record(z.string(), z.unknown()) })
        .optional(),
      steps: z.array(Step),
    }),
  ),
})

const Action = z.strictObject({
  name: z.string(),
  description: z.string().max(125),
  branding: z.strictObject({ icon: z.string(), color: z.string() }),
  inputs: z.record(
    z.string().regex(/^[a-z][a-z0-9-]*$/),
    z.strictObject({ description: z.string(), default: z.string() }),
  ),
  outputs: z.record(z.string(), z.strictObject({ description: z.string(), value: z.string() })),
  runs: z.strictObject({ using: z.literal('composite'), steps: z.array(Step) }),
})

const read = (path: string): unknown => parse(readFileSync(join(repository, path), 'utf8'))
const workflows = ['.github/workflows', 'examples/my-image/.github/workflows'].flatMap((folder) =>
  readdirSync(join(repository, folder)).map((name) => `${folder}/${name}`),
)
const action = Action.parse(read('action.yml'))
const inputs = Object.keys(action.inputs)

const stepsOf = (path: string): Step[] =>
  path === 'action.yml'
    ? action.runs.steps
    : Object.values(Workflow.parse(read(path)).jobs).flatMap(({ steps }) => steps)

test('the action has the form that GitHub reads, and each script a shell', () => {
  for (const { run, shell } of action.runs.steps)
    expect(shell, run).toBe(run === undefined ? undefined : 'bash')
})

test.each(workflows)('%s has the form that GitHub reads', (path) => {
  expect(Workflow.safeParse(read(path)).error?.issues ?? []).toEqual([])
})

describe.each(['action.yml', ...workflows])('in %s', (path) => {
  test('an action of others is pinned by its commit, with its version beside it', () => {
    const lines = readFileSync(join(repository, path), 'utf8').match(/\buses: .*/g) ?? []
    expect(lines).toHaveLength(stepsOf(path).filter(({ uses }) => uses !== undefined).length)
    for (const line of lines)
      if (!/^uses: (\.\/|OWNER\/downbeat@v1)$/.test(line))
        expect(line).toMatch(/^uses: [\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })

  test('no value that others decide is a part of a script', () => {
    for (const { run = '' } of stepsOf(path)) expect(run).not.toContain('${{')
  })

  test('our own action is given only inputs that it has', () => {
    for (const { uses = '', with: given = {} } of stepsOf(path))
      if (/^\.\/|\/downbeat@/.test(uses))
        expect(inputs).toEqual(expect.arrayContaining(Object.keys(given)))
  })

  test('what was checked out keeps no token', () => {
    for (const { uses = '', with: given = {} } of stepsOf(path))
      if (uses.startsWith('actions/checkout@')) expect(given['persist-credentials']).toBe(false)
  })
})

test.each(workflows)('%s may only read, but for a job that releases', (path) => {
  const { permissions, jobs } = Workflow.parse(read(path))
  expect(Object.values(permissions)).not.toContain('write')
  const writing = Object.entries(jobs).filter(([, job]) => job.permissions !== undefined)
  for (const [name, job] of writing)
    expect(
      job.steps.some(
        ({ run, with: given }) =>
          run === './downbeat ci release' ||
          given?.['release'] === true ||
          // it signs, and changes nothing of the repository
          (given?.['attest'] !== undefined && job.permissions?.contents === 'read'),
      ),
      name,
    ).toBe(true)
})
