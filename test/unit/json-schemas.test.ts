import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { folders as catalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { jsonSchemas } from '../../scripts/generate/json-schemas.ts'
import { choiceFiles, idsOf, repository } from './fixtures.ts'

const folders = {
  boards: 'board',
  soundcards: 'soundcard',
  tunings: 'tuning',
  profiles: 'profile',
  bases: 'base',
  kernel: 'kernel',
  packages: 'package',
}

describe('schemas/, with which editors check and complete the YAML files,', () => {
  test('is what ./downbeat schemas would write', () => {
    const folder = join(repository, 'schemas')
    const written = Object.fromEntries(
      readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
    )
    expect(written).toEqual(jsonSchemas())
  })

  test('says in each schema what the file is, and accepts no unknown key', () => {
    for (const text of Object.values(jsonSchemas())) {
      const schema = JSON.parse(text) as { description?: string; oneOf?: object[] }
      expect(schema.description).toEqual(expect.any(String))
      for (const one of schema.oneOf ?? [schema])
        expect(one).toMatchObject({ type: 'object', additionalProperties: false })
    }
  })

  test('asks only for what has no default', () => {
    expect(JSON.parse(jsonSchemas()['image.json']!)).toMatchObject({
      required: ['board', 'soundcard'],
    })
  })
})

test('each kind of data file has a schema', () => {
  expect(Object.keys(folders)).toEqual(Object.keys(catalogue))
})

test.each([
  ...choiceFiles.map((file) => [file, 'image'] as const),
  ['driverless.yaml', 'driverless'] as const,
  ['imager.yaml', 'imager'] as const,
  ['priorities.yaml', 'priorities'] as const,
  ['docs/checklist.yaml', 'checklist'] as const,
  ...Object.entries(folders).flatMap(([folder, schema]) =>
    idsOf(folder).map((id) => [`${folder}/${id}.yaml`, schema] as const),
  ),
])('%s tells editors its schema', (file, schema) => {
  const path =
    /^# yaml-language-server: \$schema=(\S+)\n/.exec(
      readFileSync(join(repository, file), 'utf8'),
    )?.[1] ?? 'nothing'
  expect(join(dirname(file), path)).toBe(`schemas/${schema}.json`)
})
