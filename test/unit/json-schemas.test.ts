import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { jsonSchemas } from '../../lib/json-schemas.ts'
import { choiceFiles, idsOf, repository } from './fixtures.ts'

const folders = { boards: 'board', soundcards: 'soundcard', tunings: 'tuning', bases: 'base', kernel: 'kernel' }

describe('schemas/, with which editors check and complete the YAML files,', () => {
  test('is what ./downbeat schemas would write', () => {
    const folder = join(repository, 'schemas')
    const written = Object.fromEntries(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')]))
    expect(written).toEqual(jsonSchemas())
  })

  test('says in each schema what the file is, and accepts no unknown key', () => {
    for (const text of Object.values(jsonSchemas()))
      expect(JSON.parse(text)).toMatchObject({ type: 'object', additionalProperties: false, description: expect.any(String) })
  })

  test('asks only for what has no default', () => {
    expect(JSON.parse(jsonSchemas()['image.json']!)).toMatchObject({ required: ['board', 'soundcard'] })
  })
})

test.each([
  ...choiceFiles.map((file) => [file, 'image'] as const),
  ...Object.entries(folders).flatMap(([folder, schema]) => idsOf(folder).map((id) => [`${folder}/${id}.yaml`, schema] as const)),
])('%s tells editors its schema', (file, schema) => {
  const up = file.includes('/') ? '../' : './'
  expect(readFileSync(join(repository, file), 'utf8').split('\n')[0]).toBe(`# yaml-language-server: $schema=${up}schemas/${schema}.json`)
})
