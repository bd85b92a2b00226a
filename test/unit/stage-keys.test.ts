import { execFileSync } from 'node:child_process'
import { appendFileSync, cpSync, readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { SURROUNDINGS, WITHOUT, sourceText } from '../../lib/engine/run/source-text.ts'
import { repository, temporaryFolder } from './fixtures.ts'

// What a stage's key must not forget is what Node loads for the stage: asked of Node itself, and
// not of what makes the key.

const stages = readdirSync(join(repository, 'stages')).filter((name) => name.endsWith('.ts'))
const pathOf = (url: string): string => relative(repository, fileURLToPath(url))

/** Each file below lib/ and stages/ with the files that it loads. */
const loads = new Map<string, Set<string>>()
const said = execFileSync(process.execPath, [
  join(import.meta.dirname, 'loads.ts'),
  ...stages.map((name) => join(repository, 'stages', name)),
])
for (const [from, to] of JSON.parse(said.toString()) as [string, string][])
  if (/^(lib|stages)\//.test(pathOf(to)))
    loads.set(pathOf(from), (loads.get(pathOf(from)) ?? new Set()).add(pathOf(to)))

/**
 * Everything that a stage loads, other stages and what these load included, but for what only rooms
 * load that are left out of keys.
 */
function reached(stage: string): Set<string> {
  const seen = new Set<string>()
  const visit = (path: string): void => {
    if (seen.has(path)) return
    seen.add(path)
    if (dirname(path) in WITHOUT) return
    for (const next of loads.get(path) ?? []) visit(next)
  }
  visit(`stages/${stage}`)
  return seen
}

const filesOf = (folder: string): string[] =>
  readdirSync(join(repository, folder), { recursive: true, withFileTypes: true })
    .filter((found) => found.isFile())
    .map((found) => relative(repository, join(found.parentPath, found.name)))

const reach = new Map(
  stages.map((stage) => {
    const files = [...reached(stage)]
    const rooms = files
      .filter((path) => /^stages\/[^/]+\.ts$/.test(path))
      .map((path) => path.slice(0, -'.ts'.length))
    const beside = filesOf('stages').filter((path) =>
      rooms.some((room) => path.startsWith(`${room}/`)),
    )
    return [stage, new Set([...files, ...beside, ...filesOf(SURROUNDINGS)])]
  }),
)
const all = [...new Set(Array.from(reach.values(), (files) => Array.from(files)).flat())].sort()

/**
 * For each stage of a copy of the repository the texts behind its key: its own, and those of the
 * stages that it loads.
 */
function texts(root: string): Map<string, string> {
  const own = new Map(
    stages.map((stage) => [
      stage,
      JSON.stringify(sourceText(pathToFileURL(join(root, 'stages', stage)).href)),
    ]),
  )
  return new Map(
    stages.map((stage) => [
      stage,
      stages
        .filter((other) => reach.get(stage)!.has(`stages/${other}`))
        .map((other) => own.get(other))
        .join('\n'),
    ]),
  )
}

test('what stages load is more than a few files, and of every wing that they may use', () => {
  expect(all.length).toBeGreaterThan(50)
  for (const wing of ['lib/common/', 'lib/engine/', 'lib/prove/', 'stages/'])
    expect(all.filter((path) => path.startsWith(wing))).not.toEqual([])
})

test('a change of any file that stages can reach changes the keys of just those stages', () => {
  const root = temporaryFolder()
  for (const name of ['lib', 'stages', 'package.json'])
    cpSync(join(repository, name), join(root, name), { recursive: true })
  let before = texts(root)
  for (const path of all) {
    appendFileSync(join(root, path), path.endsWith('.ts') ? '// changed\n' : '\n')
    const after = texts(root)
    const changed = stages.filter((stage) => after.get(stage) !== before.get(stage))
    const meant =
      dirname(path) in WITHOUT ? [] : stages.filter((stage) => reach.get(stage)!.has(path))
    expect({ path, changed }).toEqual({ path, changed: meant })
    before = after
  }
})

test('every room that is left out of keys is there, and has a reason', () => {
  for (const [room, why] of Object.entries(WITHOUT)) {
    expect(filesOf(room), room).not.toEqual([])
    expect(why.length, room).toBeGreaterThan(20)
  }
})
