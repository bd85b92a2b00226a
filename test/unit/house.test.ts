import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve as resolvePath } from 'node:path'
import { describe, expect, test } from 'vitest'
import { folders } from '../../lib/plan/catalogue/catalogue.ts'
import { Board } from '../../lib/plan/schema/board.ts'
import { Image } from '../../lib/plan/schema/image.ts'
import { Soundcard } from '../../lib/plan/schema/soundcard.ts'
import { catalogueAt, idsOf, repository } from './fixtures.ts'

// The rules of the house, docs and code in one: who may import whom, who may print, and that
// hardware is data.

const codeIn = (folder: string): string[] =>
  readdirSync(join(repository, folder), { recursive: true, withFileTypes: true })
    .filter((found) => found.isFile())
    .map((found) => relative(repository, join(found.parentPath, found.name)))
    .sort()
const textOf = (path: string): string => readFileSync(join(repository, path), 'utf8')
const typescript = (folder: string): string[] =>
  codeIn(folder).filter((path) => path.endsWith('.ts'))

/**
 * The same text without its comments: // and # to the end of a line, and /* … *\/. Line numbers
 * stay.
 */
const withoutComments = (path: string): string =>
  path.endsWith('.ts')
    ? textOf(path)
        .replaceAll(/\/\*[^]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ''))
        .replaceAll(/(^|\s)\/\/.*$/gm, '')
    : textOf(path).replaceAll(/(^|\s)#.*$/gm, '')

/** `file:line: text` of every line that matches. */
const linesWith = (paths: string[], pattern: RegExp): string[] =>
  paths.flatMap((path) =>
    withoutComments(path)
      .split('\n')
      .flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : [])),
  )

const importsOf = (path: string): string[] =>
  [...textOf(path).matchAll(/\b(?:from|import)\s*\(?\s*'(\.[^']*)'/g)].map(([, target]) =>
    relative(repository, resolvePath(join(repository, path), '..', target!)),
  )

// From which wings the files of a wing may import, and the rooms of each wing of lib in the order
// of their imports: a room may import from those before it. '' is the wing's own folder.
const wings: Record<string, { from: string[]; rooms?: string[] }> = {
  'lib/common': { from: [], rooms: ['words', 'files', 'disk', ''] },
  'lib/plan': {
    from: ['lib/common'],
    rooms: [
      'schema',
      'own',
      '',
      'catalogue',
      'choices',
      'tunings',
      'settings',
      'proofs',
      'parts',
      'resolve',
    ],
  },
  'lib/engine': {
    from: ['lib/common', 'lib/plan'],
    rooms: ['sandbox', 'shell', 'fetch', 'cache', 'remote', 'run'],
  },
  'lib/prove': {
    from: ['lib/common', 'lib/plan', 'lib/engine'],
    rooms: ['firmware', 'emulator', 'hearing', 'latency', 'cost', 'proof'],
  },
  stages: { from: ['lib/common', 'lib/plan', 'lib/engine', 'lib/prove'] },
  'lib/card': {
    from: ['lib/common', 'lib/plan'],
    rooms: ['drives', 'image-file', 'flash', 'personalize'],
  },
  scripts: { from: ['lib/common', 'lib/plan', 'lib/engine', 'lib/prove', 'lib/card', 'stages'] },
}
/** `lib/plan/schema/board.ts` is of the wing lib/plan, and there of the room schema. */
const homeOf = (path: string): { wing: string; room: string } => {
  const wing = Object.keys(wings).find((name) => path.startsWith(`${name}/`))
  if (wing === undefined) throw new Error(`${path} is in no wing`)
  return {
    wing,
    room: path
      .slice(wing.length + 1)
      .split('/')
      .slice(0, -1)
      .join('/'),
  }
}

describe('an import', () => {
  const all = ['lib', 'stages', 'scripts'].flatMap(typescript)

  test.each(Object.keys(wings))(
    'of %s leads to its own wing, or to one that it may know',
    (name) => {
      for (const path of all.filter((path) => homeOf(path).wing === name))
        for (const target of importsOf(path))
          expect([name, ...wings[name]!.from], `${path} imports ${target}`).toContain(
            homeOf(target).wing,
          )
    },
  )

  test.each(
    Object.entries(wings).flatMap(([name, { rooms }]) => (rooms ? [[name, rooms] as const] : [])),
  )('between rooms of %s leads one way', (name, rooms) => {
    for (const path of all.filter((path) => homeOf(path).wing === name)) {
      expect(rooms, path).toContain(homeOf(path).room)
      for (const target of importsOf(path).filter((target) => homeOf(target).wing === name))
        expect(rooms.indexOf(homeOf(target).room), `${path} imports ${target}`).toBeLessThanOrEqual(
          rooms.indexOf(homeOf(path).room),
        )
    }
  })

  test('of the plan is a type where it is in the engine', () => {
    for (const path of all.filter((path) => homeOf(path).wing === 'lib/engine'))
      expect(textOf(path), path).not.toMatch(/^import (?!type\b)[^;'"]*?from '[^']*\/plan\//m)
  })

  test('of a stage has the form that the key of the stage can follow', () => {
    // lib/engine/run/source-text.ts reads imports with a regular expression: what it does not see
    // would be missing in the key.
    const followed = /^import (type\b)?[^;'"]*?from '\.[^']+'$/gm
    for (const path of [...typescript('lib'), ...typescript('stages')]) {
      expect((textOf(path).match(followed) ?? []).length, path).toBe(importsOf(path).length)
    }
  })

  test('of a test that is none of unit leads to no fixture of unit, which have a cache of their own', () => {
    for (const path of typescript('test').filter((path) => !path.startsWith('test/unit/')))
      for (const target of importsOf(path)) expect(target, path).not.toBe('test/unit/fixtures.ts')
  })

  test('names its file with the ending, as Node wants it', () => {
    for (const path of ['lib', 'stages', 'scripts'].flatMap(typescript))
      for (const target of importsOf(path)) expect(target, path).toMatch(/\.ts$/)
  })
})

describe('only the command line', () => {
  const others = ['lib', 'stages'].flatMap(typescript)

  test('prints', () => {
    expect(
      linesWith(
        others,
        /\bprocess\.(stdout|stderr)\b|(?<!\.)\bconsole\.(log|error|warn|info|debug)\(/,
      ),
    ).toEqual([])
  })

  test('writes to a terminal in one place, where nothing is written that a terminal would obey', () => {
    const places = linesWith(
      typescript('scripts'),
      /\bprocess\.(stdout|stderr)\.write\b|(?<!\.)\bconsole\.\w+\(/,
    )
    expect(new Set(places.map((line) => line.split(':')[0]))).toEqual(
      new Set(['scripts/bench/download-memory.ts', 'scripts/session/print.ts']),
    )
  })

  test('exits', () => {
    expect(linesWith(others, /\bprocess\.(exit|abort|exitCode)\b/)).toEqual([])
  })

  test('reads the environment', () => {
    expect(linesWith(others, /\bprocess\.env\b/)).toEqual([])
  })
})

describe('no hardware is named in code:', () => {
  // A word that a schema itself offers as a choice, such as the bus "usb", is the word for a kind
  // of thing and may be named, even where a file has the same name; and so may a key of the
  // choices, such as `overclock`.
  const kinds = new Set<string>([
    ...Soundcard.shape.bus.options,
    ...Board.shape.soc.options,
    ...Object.keys(Image.shape),
  ])
  const word = (id: string): RegExp =>
    new RegExp(`(?<![\\w.-])${id.replaceAll(/[.+]/g, '\\$&')}(?![\\w.+-])`)
  const code = ['lib', 'stages', 'scripts'].flatMap(codeIn)
  // A device of QEMU has the name that QEMU gives it.
  const example = /'\\nExamples?:|such as variants\/|\['usb-audio', /

  test.each([
    ...Object.keys(folders).filter((folder) => folder !== 'kernel' && folder !== 'bases'),
    'variants',
  ])('nothing of %s/', (folder) => {
    const ids = idsOf(folder).filter((id) => !kinds.has(id))
    expect(ids.length).toBeGreaterThan(0)
    const named = ids
      .flatMap((id) => linesWith(code, word(id)))
      .filter((line) => !example.test(line))
    expect(named).toEqual([])
  })

  test('the examples that help texts and messages give can be typed', () => {
    const said = code.flatMap((path) => textOf(path).match(/variants\/[\w.+-]+\.yaml/g) ?? [])
    expect(said.length).toBeGreaterThan(0)
    for (const file of said)
      expect(idsOf('variants')).toContain(file.slice('variants/'.length, -'.yaml'.length))
  })
})

describe('in every file of code', () => {
  const all = ['lib', 'stages', 'scripts'].flatMap(typescript)

  test('nothing is exported without a name', () => {
    expect(linesWith(all, /^export default\b/)).toEqual([])
  })

  test('classes are errors, or a visitor of the parser that wants one', () => {
    expect(
      linesWith(all, /\bclass \w+/).filter(
        (line) => !/extends (Error|Failure|Handlebars\.Visitor)\b/.test(line),
      ),
    ).toEqual([])
  })

  test('each stage has the name of its file, and so of the folder beside it', () => {
    for (const path of typescript('stages').filter(
      (file) => !file.slice('stages/'.length).includes('/'),
    )) {
      expect(textOf(path), path).toContain(
        `  name: '${path.slice('stages/'.length, -'.ts'.length)}',\n`,
      )
    }
  })
})

test('every template that a tuning names is there, and no template lies where it would go nowhere', () => {
  const named = idsOf('tunings').flatMap(
    (id) => catalogueAt(repository).entry('tunings', id, 'test').value.change.files ?? [],
  )
  expect(codeIn('templates')).toEqual(
    expect.arrayContaining(named.map((path) => `templates/${path}`)),
  )
  // of two tunings that share one, the one that is off would take it from the other
  expect(named).toHaveLength(new Set(named).size)
  for (const path of codeIn('templates')) expect(path).toMatch(/^templates\/(boot|root)\/.+/)
})
